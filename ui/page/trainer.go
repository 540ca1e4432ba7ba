package page

import "dpolab/core/pref"

// Trainer is what the page asks for; it never waits for an answer. Answers come
// as calls of the page's methods.
type Trainer interface {
	Start(preset string)
	SetPairs(revision int, set Set)
	Configure(values []Setting)
	Control(a Action)
	Sample(r SampleRequest)
	Stop(request int)
	Judge(r JudgeRequest)
	MakePairs(r MakeRequest)
	AskExact(r ExactRequest)
	Save(what string)
	Kept(restore bool)
	Ping(number int)
	Respawn() // gives up the worker there is, if any, and starts a fresh one
}

// Set is the pairs that are trained on and those that are held out.
type Set struct {
	Name           string
	Train, Heldout []pref.Pair
}

// Setting is a setting of core/train/config by name.
type Setting struct{ Name, Value string }

// Action is a button of the run.
type Action uint8

// What the buttons ask for.
const (
	Train Action = iota // start or go on
	Pause
	Step  // one update, then pause
	Reset // back to step 0
)

// What can be saved.
const (
	SaveRun    = "run"
	SavePolicy = "policy"
)

// SampleRequest asks policy and reference for answers to the same prompt.
type SampleRequest struct {
	Request     int
	Prompt      string
	Temperature float64 // 0: greedy
	TopP        float64
	MaxTokens   int
	Seed        int
}

// JudgeRequest asks for the true reward of answers to held-out prompts.
type JudgeRequest struct {
	Request, Prompts int
	Temperature      float64
	Seed             int
}

// MakeRequest asks the base model for preference pairs of the preset's world.
type MakeRequest struct {
	Request, Size, Heldout int     // training and held-out pairs
	Label                  string  // the rule that prefers: bridge's Label constants
	Noise                  float64 // Bradley-Terry temperature; 0: the higher reward always wins
	Flip                   float64 // share of labels turned round
	Gap                    float64 // least difference of reward that makes a preference
	Seed                   int
}

// ExactRequest asks for the exact table of a prompt, with the optimum at Beta.
type ExactRequest struct {
	Request int
	Prompt  string // empty: the world's first
	Beta    float64
}

// Ready says that the base model can answer.
type Ready struct {
	Preset, Title, Description string
	World                      string // of the preset's pairs; empty if there is none
	Name                       string // of the model
	Parameters, Layers, Hidden int
	Vocab, Context             int
	Fingerprint                string // SHA-256 of the weights, hex
	HasReward                  bool   // Judge and MakePairs work
	Exact                      bool   // AskExact works
	SIMD                       bool
}

// Pairs is a new set (Revision 0), or what cannot be used of an edited one.
type Pairs struct {
	Revision int
	Set      Set
	Problems []pref.Problem
	Rows     int // rows of the file
}

// Settings are those in force; refused ones are in Errors with their reason.
type Settings struct {
	Values, Errors []Setting
	Waits          []string // take hold at the next reset
}

// State says where the run stands. Phase is Idle, Training, Paused or Done.
type State struct {
	Phase           Phase
	Step, Total     int
	StepFraction    float64 // of the update under way
	Epoch           float64
	TokensPerSecond float64
	SecondsLeft     float64 // negative while unknown
	Task            string
	TaskFraction    float64
	Fingerprint     string
}

// Metrics are rows of numbers: Values holds len(Names) for each of Steps, NaN
// where a row lacks one. Clear drops the rows there were.
type Metrics struct {
	Clear  bool
	Names  []string
	Steps  []int
	Values []float64
}

// Token adds text to an answer of the policy, or of the reference.
type Token struct {
	Request   int
	Reference bool
	Text      string
	Done      bool
	Reason    string // why it ended
	Step      int    // of the policy
}

// Estimate is a mean with its 95 % interval over N samples.
type Estimate struct {
	Mean, Lo, Hi float64
	N            int
}

// Judged is the true reward of sampled answers, so far or at the end.
type Judged struct {
	Request, Done, Of           int
	Finished                    bool
	Policy, Reference           Estimate // 0 to 1
	WinRate, KL                 Estimate
	ParsePolicy, ParseReference float64
	Step                        int
}

// Made says how far the making of pairs has come, and brings them at the end. The
// shares are NaN before there is a pair.
type Made struct {
	Request                 int
	Done, Of, Prompts       int
	Ties, Degenerate, Unfit int // left out
	Longer, Likelier        float64
	Step                    int
	Finished                bool
	Error                   string // with Finished: why there are none
	Name                    string
	Train, Heldout          []pref.Pair
}

// ExactTable is what can be summed over every answer to a prompt. The four lists have
// the length of Answers.
type ExactTable struct {
	Request                            int
	Error                              string
	Step                               int
	Prompt                             string
	Beta                               float64
	Count                              int // answers there are
	Answers                            []string
	Reference, Policy, Optimum, Reward []float64
	Outside                            float64
	KLPolicy, RewardPolicy             float64
	KLOptimum, RewardOptimum           float64
	RewardReference                    float64
	Frontier                           [][2]float64 // KL, reward
}

// Speed is what this machine does with the model that is loaded, in tokens a second.
type Speed struct {
	TrainTokensPerSecond, SampleTokensPerSecond float64
	Parameters                                  int
}

// KeptRun is a run kept in this browser from before a reload or a crash.
type KeptRun struct {
	Step, Total int
	Preset      string
	SavedAt     float64 // milliseconds since 1970
	Gone        bool
}
