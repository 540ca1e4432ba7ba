package ui

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"dpolab/core/pref"
	"dpolab/ui/page"

	"github.com/vugu/vugu"
	"github.com/vugu/vugu/js"
	"github.com/vugu/vugu/staticrender"
)

// deaf is a trainer that does nothing.
type deaf struct{}

func (deaf) Start(string)               {}
func (deaf) SetPairs(int, page.Set)     {}
func (deaf) Configure([]page.Setting)   {}
func (deaf) Control(page.Action)        {}
func (deaf) Sample(page.SampleRequest)  {}
func (deaf) Stop(int)                   {}
func (deaf) Judge(page.JudgeRequest)    {}
func (deaf) MakePairs(page.MakeRequest) {}
func (deaf) AskExact(page.ExactRequest) {}
func (deaf) Save(string)                {}
func (deaf) Kept(bool)                  {}
func (deaf) Ping(int)                   {}
func (deaf) Respawn()                   {}

func opened() *page.Page {
	p := page.New(deaf{}, func() float64 { return 0 })
	p.Open()
	p.Heard()
	p.Ready(page.Ready{Preset: "sentiment", Name: "small", Parameters: 1_000_000, HasReward: true, SIMD: true})
	set := page.Set{Name: "mine"}
	for i := range 30 {
		set.Train = append(set.Train, pref.Pair{Prompt: fmt.Sprintf("<b>%d", i), Chosen: "good & kind", Rejected: "bad"})
	}
	p.Pairs(page.Pairs{Set: set})
	return p
}

// markup renders the page as HTML, live elements left out.
func markup(t *testing.T, p *page.Page) string {
	t.Helper()
	root := &Root{P: p, Mount: func(string, js.Value) {}}
	env, err := vugu.NewBuildEnv()
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := staticrender.New(&buf).Render(env.RunBuild(root)); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

func TestEveryPromisedElementIsThere(t *testing.T) {
	p := opened()
	html := markup(t, p)
	for _, id := range []string{"train", "step", "reset", "preset", "import", "pairs", "add-pair", "beta", "learning-rate",
		"batch-size", "epochs", "seed", "step-count", "loss", "accuracy", "eval-accuracy", "margin", "tokens-per-second",
		"prompt", "sample", "answer-policy", "answer-reference", "download", "download-policy", "status", "fingerprint",
		"model", "loss-setting", "look", "open-make", "pair-row", "delete-pair", "undo", "judge", "reward-policy", "reward-reference"} {
		live := false
		if n := p.Board.Node(id); n != nil {
			for _, a := range n.Attrs {
				live = live || a.Name == "data-testid" && a.Value == id
			}
		}
		if !live && !strings.Contains(html, `data-testid="`+id+`"`) {
			t.Errorf("there is no %s", id)
		}
	}
	if n := strings.Count(html, `data-testid="pair-row"`); n != page.PageSize {
		t.Errorf("%d pairs are in the document, want %d of 30", n, page.PageSize)
	}
	if strings.Contains(html, "<b>0") {
		t.Error("a pair's text is taken for markup")
	}
}

func TestWhatMayBeAbsentIsAbsentAndThere(t *testing.T) {
	p := opened()
	for _, tc := range []struct {
		id string
		do func()
	}{
		{"pause", func() { p.State(page.State{Phase: page.Training, Step: 1, Total: 9}) }},
		{"error", func() { p.Failed("train", "no pairs") }},
		{"restore", func() { p.State(page.State{Phase: page.Paused}); p.KeptRun(page.KeptRun{Step: 4, Total: 9}) }},
		{"edit-prompt", func() { p.Edit(0) }},
		{"restore-set", func() {
			p.Choose("f", 9)
			p.Pairs(page.Pairs{Problems: []pref.Problem{{Line: 3, Field: "chosen", Reason: "is empty"}}})
		}},
		{"preset-menu", func() { p.ToggleMenu() }},
		{"make-go", func() { p.CloseMenu(); p.ToggleMake() }},
		{"make-cancel", func() { p.Make() }},
		{"made", func() {
			p.Made(page.Made{Request: 2, Finished: true, Train: []pref.Pair{{Prompt: "a", Chosen: "b", Rejected: "c"}}})
		}},
		{"exact-prompt", func() { p.Ready(page.Ready{Preset: "sentiment", Exact: true}) }},
		{"loss-sum", func() { p.Show(page.SettingsSheet) }},
		{"start-again", func() { p.Gone("over") }},
	} {
		is := `data-testid="` + tc.id + `"`
		if strings.Contains(markup(t, p), is) {
			t.Errorf("%s is there before its time", tc.id)
		}
		tc.do()
		if !strings.Contains(markup(t, p), is) {
			t.Errorf("there is no %s", tc.id)
		}
	}
}
