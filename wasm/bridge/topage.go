package bridge

import "dpolab/core/pref"

// What the trainer tells the page.

// Ready says that the base model is loaded and can answer.
type Ready struct {
	Preset      string // name of the preset, as Start asked for it
	Title       string // of the preset, for people
	Description string
	Model       ModelInfo
	World       string // the built-in world of its pairs; empty if there is none
	HasReward   bool   // the preset's world knows the true reward: Judge and MakePairs work
	Exact       bool   // the world is finite: AskExact works
	SIMD        bool   // the fast kernels run
}

// ModelInfo describes the model that is trained.
type ModelInfo struct {
	Name        string
	Parameters  int
	Layers      int
	Hidden      int
	Vocab       int
	Context     int    // tokens
	Fingerprint string // SHA-256 of the weights, hex
}

func (m *ModelInfo) code(c *coder) {
	c.text(&m.Name)
	c.integer(&m.Parameters)
	c.integer(&m.Layers)
	c.integer(&m.Hidden)
	c.integer(&m.Vocab)
	c.integer(&m.Context)
	c.text(&m.Fingerprint)
}

func (m *Ready) code(c *coder) {
	c.text(&m.Preset)
	c.text(&m.Title)
	c.text(&m.Description)
	m.Model.code(c)
	c.text(&m.World)
	c.boolean(&m.HasReward)
	c.boolean(&m.Exact)
	c.boolean(&m.SIMD)
}

func pair(c *coder, p *pref.Pair) {
	c.text(&p.Prompt)
	c.text(&p.Chosen)
	c.text(&p.Rejected)
}

func problem(c *coder, p *pref.Problem) {
	c.integer(&p.Line)
	c.text(&p.Field)
	c.text(&p.Reason)
}

// Pairs gives the page a whole set: a preset's, an imported file's or a restored
// run's. In answer to SetPairs it carries that Revision and the Problems only.
type Pairs struct {
	Revision int // 0: a new set; otherwise the SetPairs this answers
	Name     string
	Train    []pref.Pair
	Heldout  []pref.Pair
	Problems []pref.Problem // Line: of the file; of edited pairs, the 1-based place in their list
	Rows     int            // rows of the file, usable or not
}

func (m *Pairs) code(c *coder) {
	c.integer(&m.Revision)
	c.text(&m.Name)
	list(c, &m.Train, pair)
	list(c, &m.Heldout, pair)
	list(c, &m.Problems, problem)
	c.integer(&m.Rows)
}

// Settings gives the page the settings in force (after a restore or Configure).
// Errors names the settings that were refused; they kept their former value.
type Settings struct {
	Values []Setting
	Errors []Setting // Name and what is wrong
	Waits  []string  // settings that take hold at the next reset
}

// Setting is one row of config.Fields by name.
type Setting struct{ Name, Value string }

func setting(c *coder, s *Setting) {
	c.text(&s.Name)
	c.text(&s.Value)
}

func name(c *coder, s *string) { c.text(s) }

func (m *Settings) code(c *coder) {
	list(c, &m.Values, setting)
	list(c, &m.Errors, setting)
	list(c, &m.Waits, name)
}

// Phase is what the trainer is doing with the run.
type Phase int

const (
	Idle     Phase = iota // at step 0, or a run stopped between steps by Reset
	Training              //
	Paused                // within or between steps
	Done                  // the last step was made
)

// String names the phase as data-phase shows it.
func (p Phase) String() string { return [...]string{"idle", "training", "paused", "done"}[p&3] }

// State says where the run stands; sent when the phase changes and with progress.
type State struct {
	Phase           Phase
	Step, Total     int     // updates made, updates of the whole run
	StepFraction    float64 // of the update under way, 0 to 1
	Epoch           float64 // epochs seen
	TokensPerSecond float64 // trained tokens, over the last seconds of training
	SecondsLeft     float64 // estimate; negative while unknown
	Task            string  // long work besides steps: "scoring held-out pairs", "reference"; or empty
	TaskFraction    float64
	Fingerprint     string // SHA-256 of the policy's weights, hex; when not Training
}

func (m *State) code(c *coder) {
	p := int(m.Phase)
	c.integer(&p)
	m.Phase = Phase(p)
	c.integer(&m.Step)
	c.integer(&m.Total)
	c.number(&m.StepFraction)
	c.number(&m.Epoch)
	c.number(&m.TokensPerSecond)
	c.number(&m.SecondsLeft)
	c.text(&m.Task)
	c.number(&m.TaskFraction)
	c.text(&m.Fingerprint)
}

// Metrics carries rows of the run's metrics under TRL's names (METHOD). Row i has
// Steps[i] and Values[i*len(Names):][:len(Names)], NaN where it has no such value.
// Clear says that the page's earlier rows belong to another run.
type Metrics struct {
	Clear  bool
	Names  []string
	Steps  []int
	Values []float64
}

func (m *Metrics) code(c *coder) {
	c.boolean(&m.Clear)
	list(c, &m.Names, name)
	list(c, &m.Steps, (*coder).integer)
	list(c, &m.Values, (*coder).number)
}

// Who answers.
type Who int

const (
	Policy Who = iota
	Reference
)

func who(c *coder, w *Who) {
	n := int(*w)
	c.integer(&n)
	*w = Who(n)
}

// Token adds text to an answer that Sample asked for.
type Token struct {
	Request int
	Who     Who
	Text    string // what this token adds; always whole UTF-8 characters
	Done    bool   // nothing more comes for Who
	Reason  string // with Done: "end of text", "length", "context", "stopped"
	Step    int    // of the policy that answered
}

func (m *Token) code(c *coder) {
	c.integer(&m.Request)
	who(c, &m.Who)
	c.text(&m.Text)
	c.boolean(&m.Done)
	c.text(&m.Reason)
	c.integer(&m.Step)
}

// Estimate is a mean with its 95 % interval over N samples.
type Estimate struct {
	Mean, Lo, Hi float64
	N            int
}

func (e *Estimate) code(c *coder) {
	c.number(&e.Mean)
	c.number(&e.Lo)
	c.number(&e.Hi)
	c.integer(&e.N)
}

// Judged reports the true reward of answers sampled on held-out prompts.
type Judged struct {
	Request           int
	Done, Of          int // answers sampled so far
	Finished          bool
	Policy, Reference Estimate // true reward, 0 to 1
	WinRate           Estimate // policy's answer beats the reference's on the same prompt; ties count half
	KL                Estimate // KL(policy‖reference) in nats per answer, on the policy's samples
	ParsePolicy       float64  // share of answers that the world's grammar derives
	ParseReference    float64
	Step              int
}

func (m *Judged) code(c *coder) {
	c.integer(&m.Request)
	c.integer(&m.Done)
	c.integer(&m.Of)
	c.boolean(&m.Finished)
	m.Policy.code(c)
	m.Reference.code(c)
	m.WinRate.code(c)
	m.KL.code(c)
	c.number(&m.ParsePolicy)
	c.number(&m.ParseReference)
	c.integer(&m.Step)
}

// Made reports pairs that are being made, at most a few times a second, and at the
// end the pairs.
type Made struct {
	Request        int
	Done, Of       int         // pairs, held-out ones included
	Prompts        int         // prompts answered
	Ties           int         // pairs left out: rewards equal, or closer than Gap
	Degenerate     int         // pairs left out: the same text twice, or an answer without a word
	Unfit          int         // pairs left out: they break the label's rule, or do not fit the context
	Longer         float64     // share of the pairs whose longer answer is chosen, equal lengths half; NaN before the first
	Likelier       float64     // share whose likelier answer under the model that sampled them is chosen; NaN before the first
	Step           int         // of the policy that answered
	Finished       bool        // nothing more comes
	Error          string      // with Finished: why there are no pairs, "stopped" after StopSample; otherwise empty
	Name           string      // of the finished set, for people
	Train, Heldout []pref.Pair // of the finished set
}

func (m *Made) code(c *coder) {
	c.integer(&m.Request)
	c.integer(&m.Done)
	c.integer(&m.Of)
	c.integer(&m.Prompts)
	c.integer(&m.Ties)
	c.integer(&m.Degenerate)
	c.integer(&m.Unfit)
	c.number(&m.Longer)
	c.number(&m.Likelier)
	c.integer(&m.Step)
	c.boolean(&m.Finished)
	c.text(&m.Error)
	c.text(&m.Name)
	list(c, &m.Train, pair)
	list(c, &m.Heldout, pair)
}

// ExactTable is what AskExact asked for: distributions over every answer to Prompt, any
// other text being one more outcome, of reward 0. The optimum is that of eq. 4 of the
// DPO paper at Beta.
type ExactTable struct {
	Request int
	Error   string // why there is no table, "stopped" after StopSample; everything else is empty then
	Step    int    // of the policy
	Prompt  string
	Beta    float64
	Count   int      // answers there are
	Answers []string // those among the likeliest of any of the three, the optimum's likeliest first
	// Of each of Answers: probability under reference, policy and optimum, and true reward.
	Reference, Policy, Optimum, Reward []float64
	Outside                            float64 // probability under the policy of any other text
	// KL(·‖reference) in nats, and expected true reward.
	KLPolicy, RewardPolicy   float64
	KLOptimum, RewardOptimum float64
	RewardReference          float64
	Frontier                 [][2]float64 // (KL, reward) of the optimum from large β to small: the best that any policy can do
}

func (m *ExactTable) code(c *coder) {
	c.integer(&m.Request)
	c.text(&m.Error)
	c.integer(&m.Step)
	c.text(&m.Prompt)
	c.number(&m.Beta)
	c.integer(&m.Count)
	list(c, &m.Answers, name)
	for _, v := range []*[]float64{&m.Reference, &m.Policy, &m.Optimum, &m.Reward} {
		list(c, v, (*coder).number)
	}
	for _, v := range []*float64{&m.Outside, &m.KLPolicy, &m.RewardPolicy, &m.KLOptimum, &m.RewardOptimum, &m.RewardReference} {
		c.number(v)
	}
	list(c, &m.Frontier, func(c *coder, p *[2]float64) {
		c.number(&p[0])
		c.number(&p[1])
	})
}

// Speed tells how fast this machine trains and samples the model that is loaded, once
// the page has been idle for a moment after its first answers. Preset.Seconds makes a
// time of it. 0 is a speed that could not be measured.
type Speed struct {
	TrainTokensPerSecond  float64 // as State counts them
	SampleTokensPerSecond float64 // tokens drawn, answers side by side
	Parameters            int     // of the model that was timed
}

func (m *Speed) code(c *coder) {
	c.number(&m.TrainTokensPerSecond)
	c.number(&m.SampleTokensPerSecond)
	c.integer(&m.Parameters)
}

// File is something to download.
type File struct {
	Name string
	Type string // media type
	Data []byte
}

func (m *File) code(c *coder) {
	c.text(&m.Name)
	c.text(&m.Type)
	c.bytes(&m.Data)
}

// KeptRun tells of a run that is kept in this browser from before a reload or a
// crash; the page offers it.
type KeptRun struct {
	Step, Total int
	Preset      string
	SavedAt     float64 // milliseconds since 1970, by the worker's clock
	Gone        bool    // there is none any more
}

func (m *KeptRun) code(c *coder) {
	c.integer(&m.Step)
	c.integer(&m.Total)
	c.text(&m.Preset)
	c.number(&m.SavedAt)
	c.boolean(&m.Gone)
}

// Failed says that something asked for did not happen. Nothing was lost.
type Failed struct {
	What string // "start", "import", "settings", "train", "sample", "judge", "pairs", "exact", "save", "keep", "message"
	Text string // what is wrong, where, and what to do
}

func (m *Failed) code(c *coder) {
	c.text(&m.What)
	c.text(&m.Text)
}

// Pong answers Ping.
type Pong struct{ Number int }

func (m *Pong) code(c *coder) { c.integer(&m.Number) }
