package page

import (
	"fmt"
	"strings"
	"testing"

	"dpolab/core/pref"
)

// engine is a trainer that only writes down what it is asked.
type engine struct{ said []string }

func (e *engine) log(format string, a ...any) { e.said = append(e.said, fmt.Sprintf(format, a...)) }

func (e *engine) Start(preset string) { e.log("start %s", preset) }
func (e *engine) SetPairs(revision int, s Set) {
	e.log("pairs %d: %d+%d", revision, len(s.Train), len(s.Heldout))
}
func (e *engine) Configure(v []Setting) {
	for _, s := range v {
		e.log("%s=%s", s.Name, s.Value)
	}
}
func (e *engine) Control(a Action)       { e.log("press %d", a) }
func (e *engine) Sample(r SampleRequest) { e.log("sample %d %q", r.Request, r.Prompt) }
func (e *engine) Stop(request int)       { e.log("stop %d", request) }
func (e *engine) Judge(r JudgeRequest)   { e.log("judge %d of %d", r.Request, r.Prompts) }
func (e *engine) MakePairs(r MakeRequest) {
	e.log("make %d: %d+%d %s noise %g flip %g gap %g seed %d", r.Request, r.Size, r.Heldout, r.Label, r.Noise, r.Flip, r.Gap, r.Seed)
}
func (e *engine) AskExact(r ExactRequest) { e.log("exact %d %q β %g", r.Request, r.Prompt, r.Beta) }
func (e *engine) Save(what string)        { e.log("save %s", what) }
func (e *engine) Kept(restore bool)       { e.log("kept %v", restore) }
func (e *engine) Ping(number int)         { e.log("ping %d", number) }
func (e *engine) Respawn()                { e.log("respawn") }

// take returns what was asked since the last take.
func (e *engine) take() string {
	s := strings.Join(e.said, ", ")
	e.said = nil
	return s
}

func pairs(n int) []pref.Pair {
	out := make([]pref.Pair, n)
	for i := range out {
		out[i] = pref.Pair{Prompt: fmt.Sprintf("prompt %d", i), Chosen: " good", Rejected: " bad"}
	}
	return out
}

// opened is a page whose model and 50+5 pairs are loaded, with a clock.
func opened(t *testing.T) (*Page, *engine, *float64) {
	t.Helper()
	e, clock := &engine{}, new(float64)
	p := New(e, func() float64 { return *clock })
	p.Open()
	p.Heard()
	p.Ready(Ready{Preset: "sentiment", Name: "m", Parameters: 1e6, HasReward: true, Fingerprint: "abcdef0123456789"})
	p.Pairs(Pairs{Set: Set{Name: "s", Train: pairs(50), Heldout: pairs(5)}})
	p.State(State{Phase: Idle, Total: 60})
	if got, want := e.take(), `respawn, start sentiment, sample 1 "prompt 0"`; got != want {
		t.Fatalf("opening asks %s, want %s", got, want)
	}
	return p, e, clock
}

func want(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func attr(p *Page, id, name string) string {
	for _, a := range p.Board.Node(id).Attrs {
		if a.Name == name {
			return a.Value
		}
	}
	return "(none)"
}
