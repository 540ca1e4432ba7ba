package bridge

import "dpolab/core/pref"

// What the page asks of the trainer.

// Start loads a preset of core/preset by name: its world's base model, its pairs with
// its share of labels turned round, and its settings, which replace those in force.
// The first message. Answered by Ready, Pairs and Settings, or Failed "start".
type Start struct{ Preset string }

func (m *Start) code(c *coder) { c.text(&m.Preset) }

// Import hands over a file that the user dropped or chose: preference pairs, or a
// run's checkpoint, told apart by content. Answered by Pairs (and, for a run, by
// Ready, Settings, State and Metrics) or Failed.
type Import struct {
	Name string
	Data []byte
}

func (m *Import) code(c *coder) {
	c.text(&m.Name)
	c.bytes(&m.Data)
}

// SetPairs replaces the pairs after the user edited them. Answered by Pairs with
// the same Revision and what cannot be used. In a run the new set is used from the
// next step on.
type SetPairs struct {
	Revision int // positive, counts up
	Name     string
	Train    []pref.Pair
	Heldout  []pref.Pair
}

func (m *SetPairs) code(c *coder) {
	c.integer(&m.Revision)
	c.text(&m.Name)
	list(c, &m.Train, pair)
	list(c, &m.Heldout, pair)
}

// Configure changes settings by name. Answered by Settings.
type Configure struct{ Values []Setting }

func (m *Configure) code(c *coder) { list(c, &m.Values, setting) }

// Action is a button of the run.
type Action int

const (
	Train Action = iota // start or go on
	Pause               // takes effect within 50 ms, within a step too
	Step                // one update, then pause
	Reset               // back to step 0
)

// Control presses a button. Answered by State.
type Control struct{ Action Action }

func (m *Control) code(c *coder) {
	a := int(m.Action)
	c.integer(&a)
	m.Action = Action(a)
}

// Sample asks policy and reference for answers to the same prompt with the same
// seed. Answered by Tokens, while training goes on.
type Sample struct {
	Request     int
	Prompt      string
	Temperature float64 // 0: greedy
	TopP        float64 // in (0,1]
	MaxTokens   int
	Seed        int
}

func (m *Sample) code(c *coder) {
	c.integer(&m.Request)
	c.text(&m.Prompt)
	c.number(&m.Temperature)
	c.number(&m.TopP)
	c.integer(&m.MaxTokens)
	c.integer(&m.Seed)
}

// StopSample ends what a Sample, Judge, MakePairs or AskExact of that request does.
type StopSample struct{ Request int }

func (m *StopSample) code(c *coder) { c.integer(&m.Request) }

// Judge samples one answer of policy and reference for each of Prompts fresh
// prompts and measures their true reward. Answered by Judged, more than once.
type Judge struct {
	Request     int
	Prompts     int
	Temperature float64
	Seed        int
}

func (m *Judge) code(c *coder) {
	c.integer(&m.Request)
	c.integer(&m.Prompts)
	c.number(&m.Temperature)
	c.integer(&m.Seed)
}

// What decides which of two answers is preferred: MakePairs.Label.
const (
	LabelReward = "reward" // the higher true reward
	LabelLonger = "longer" // the longer one, of answers that are about equally good
	LabelNear   = "near"   // the higher true reward, of answers that differ in few words
)

// MakePairs samples preference pairs of the preset's world: 4 answers a prompt, of
// every two one is preferred. Answered by Made, more than once; the run's pairs stay
// as they are until the page sends the made ones with SetPairs.
type MakePairs struct {
	Request int
	Who     Who     // answers: the policy as it is now, or the reference
	Size    int     // training pairs, 1 to 20,000
	Heldout int     // held-out pairs on prompts of their own, never noisy, 0 to 20,000
	Label   string  // one of the Label constants; empty is LabelReward
	Noise   float64 // Bradley-Terry temperature: P(i over j) = σ((reward i - reward j)/Noise); 0: always the higher reward
	Flip    float64 // share of training labels that are turned round, 0 to 0.5
	Gap     float64 // least difference of true reward that makes a preference, 0 to 1
	Seed    int
}

func (m *MakePairs) code(c *coder) {
	c.integer(&m.Request)
	who(c, &m.Who)
	c.integer(&m.Size)
	c.integer(&m.Heldout)
	c.text(&m.Label)
	c.number(&m.Noise)
	c.number(&m.Flip)
	c.number(&m.Gap)
	c.integer(&m.Seed)
}

// AskExact asks for what can be summed exactly over every answer that a prompt of a
// finite world has (Ready.Exact). Answered by one ExactTable, while training goes on.
type AskExact struct {
	Request int
	Prompt  string  // empty: the world's first
	Beta    float64 // of the optimum; positive
}

func (m *AskExact) code(c *coder) {
	c.integer(&m.Request)
	c.text(&m.Prompt)
	c.number(&m.Beta)
}

// What can be saved.
const (
	SaveRun    = "run"    // everything: one file that goes on exactly where it stood
	SavePolicy = "policy" // the trained model as a Hugging Face folder, zipped
)

// Save asks for a File.
type Save struct{ What string }

func (m *Save) code(c *coder) { c.text(&m.What) }

// Kept restores or forgets the run that KeptRun told of.
type Kept struct{ Restore bool }

func (m *Kept) code(c *coder) { c.boolean(&m.Restore) }

// Ping asks whether the trainer is alive. Answered by Pong at once.
type Ping struct{ Number int }

func (m *Ping) code(c *coder) { c.integer(&m.Number) }
