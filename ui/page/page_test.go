package page

import (
	"fmt"
	"math"
	"reflect"
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
func (e *engine) Save(what string)       { e.log("save %s", what) }
func (e *engine) Kept(restore bool)      { e.log("kept %v", restore) }
func (e *engine) Ping(number int)        { e.log("ping %d", number) }
func (e *engine) Respawn()               { e.log("respawn") }

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

func TestButtonsFollowThePhase(t *testing.T) {
	p, e, _ := opened(t)
	p.Press(Reset)
	p.Press(Pause)
	want(t, "buttons that mean nothing at step 0", e.take(), "")
	p.Toggle()
	want(t, "t at step 0", e.take(), "press 0")
	p.State(State{Phase: Training, Step: 3, Total: 60})
	p.Press(Step)
	want(t, "step while training", e.take(), "")
	p.Toggle()
	want(t, "t while training", e.take(), "press 1")
	p.State(State{Phase: Paused, Step: 3, Total: 60})
	p.Press(Step)
	p.Press(Reset)
	want(t, "step and reset while paused", e.take(), "press 2, stop 1, press 3")
	p.State(State{Phase: Idle, Total: 60})
	want(t, "once the run is reset", e.take(), `sample 2 "prompt 0"`)
	p.State(State{Phase: Paused, Step: 3, Total: 60})
	want(t, "status", attr(p, "status", "data-phase"), "paused")
	want(t, "step", attr(p, "step-count", "data-step")+" of "+attr(p, "step-count", "data-total"), "3 of 60")
}

func TestOnlyANewPhaseRenders(t *testing.T) {
	p, _, _ := opened(t)
	p.State(State{Phase: Training, Total: 60})
	if !p.TakeStale() {
		t.Error("a new phase asks for no render")
	}
	p.State(State{Phase: Training, Step: 1, StepFraction: 0.5, Total: 60})
	p.Metrics(Metrics{Names: []string{"loss"}, Steps: []int{1}, Values: []float64{0.5}})
	p.Token(Token{Request: 1, Text: "x"})
	if p.TakeStale() {
		t.Error("what streams asks for a render")
	}
	if !p.Board.Stale() {
		t.Error("what streams is not on the board")
	}
}

func TestSettingsAreCheckedAtOnceAndSentWhenTheyRest(t *testing.T) {
	p, e, clock := opened(t)
	p.Type("beta", "0")
	if c := p.Control("beta"); !strings.Contains(c.Error, "more than 0") || c.Value != "0" {
		t.Errorf("β 0 shows %+v", c)
	}
	*clock += 5000
	p.Tick(true)
	want(t, "a wrong β", strings.ReplaceAll(e.take(), "ping 1", ""), "")
	p.Type("beta", "0.2")
	*clock += commitAfter - 100
	p.Tick(true)
	want(t, "β before it rests", e.take(), "")
	*clock += 200
	p.Tick(true)
	want(t, "β after it rests", e.take(), "beta=0.2")
	p.Enter("epochs", " 3 ")
	want(t, "epochs by Enter", e.take(), "epochs=3")
	p.Enter("epochs", "3")
	want(t, "the same again", e.take(), "")
	p.Settings(Settings{Values: []Setting{{"beta", "0.1"}}, Errors: []Setting{{"batch-size", "batch-size: too large"}}, Waits: []string{"seed"}})
	want(t, "β in force", p.Control("beta").Value, "0.1")
	want(t, "refused", p.Control("batch-size").Note(), "too large")
	want(t, "waits", p.Control("seed").Note(), "takes hold at reset")
}

func TestARefusedValueStaysWithItsReason(t *testing.T) {
	p, e, clock := opened(t)
	p.Enter("eval-pairs", "97")
	want(t, "sent", e.take(), "eval-pairs=97")
	p.Settings(Settings{Values: []Setting{{"eval-pairs", "48"}}, Errors: []Setting{{"eval-pairs", "eval-pairs: the set has 50 pairs"}}})
	*clock += 5 * commitAfter
	p.Tick(true)
	if got := e.take(); strings.Contains(got, "eval-pairs") {
		t.Errorf("the refused value is sent again: %s", got)
	}
	c := p.Control("eval-pairs")
	want(t, "shown", c.Value+": "+c.Error, "97: the set has 50 pairs")
	p.Enter("eval-pairs", "48")
	c = p.Control("eval-pairs")
	want(t, "mended", c.Value+": "+c.Error, "48: ")
}

func TestABatchIsNotLargerThanTheSet(t *testing.T) {
	p, e, _ := opened(t)
	p.Enter("batch-size", "51")
	want(t, "sent", e.take(), "")
	want(t, "why", p.Control("batch-size").Error, "there are 50 pairs to train on: at most that many")
	p.Enter("batch-size", "50")
	want(t, "sent", e.take(), "batch-size=50")
	p.Delete(0)
	want(t, "when the set shrinks", p.Control("batch-size").Error, "there are 49 pairs to train on: at most that many")
}

func TestARunThatIsDoneGoesOnWhenMadeLonger(t *testing.T) {
	p, e, _ := opened(t)
	p.State(State{Phase: Done, Step: 60, Total: 60})
	if p.CanPress(Train) || p.TrainLabel() != "Train" {
		t.Error("a run that is done can be trained on")
	}
	p.TakeStale()
	p.State(State{Phase: Done, Step: 60, Total: 120})
	if !p.TakeStale() || p.TrainLabel() != "Go on" {
		t.Errorf("a longer run says %s", p.TrainLabel())
	}
	p.Press(Train)
	want(t, "train", e.take(), "press 0")
}

func TestTrainingTakesWhatIsStillBeingTyped(t *testing.T) {
	p, e, _ := opened(t)
	p.Type("learning-rate", "0.001")
	p.Press(Train)
	want(t, "train", e.take(), "learning-rate=0.001, press 0")
}

func TestEditsReachTheTrainerAndComeBack(t *testing.T) {
	p, e, _ := opened(t)
	p.Edit(2)
	p.SetDraft(ChosenField, " better")
	p.Edit(2) // closes, and takes the draft
	want(t, "an edit", e.take(), "pairs 1: 50+5")
	want(t, "the pair", p.Rows()[2].Pair.Chosen, " better")
	p.Delete(0)
	want(t, "a deletion", e.take(), "pairs 2: 49+5")
	p.Add()
	want(t, "an empty pair", e.take(), "")
	p.Write(0, PromptField, "new")
	want(t, "its prompt", e.take(), "pairs 3: 50+5")
	for range 4 {
		p.Undo()
	}
	if !reflect.DeepEqual(p.data.set.Train, pairs(50)) || p.CanUndo() {
		t.Errorf("after undoing everything: %d pairs, first %+v", len(p.data.set.Train), p.data.set.Train[0])
	}
}

func TestPagesAndSearch(t *testing.T) {
	p, _, _ := opened(t)
	if n := len(p.Rows()); n != PageSize {
		t.Errorf("%d rows are shown, want %d", n, PageSize)
	}
	p.Turn(1)
	p.Turn(1)
	want(t, "last page", p.Place(), "41–50 of 50")
	if p.CanTurn(1) || !p.CanTurn(-1) {
		t.Error("the last page turns forward, or not back")
	}
	p.Find("PROMPT 4")
	want(t, "found", p.Place(), "1–11 of 11")
	p.Find("nothing like it")
	if !strings.Contains(p.Empty(), "nothing like it") {
		t.Errorf("nothing found says %q", p.Empty())
	}
	p.Find("")
	p.Tab(true)
	want(t, "held-out", p.Place(), "1–5 of 5")
}

func TestLongPairsAreNotEdited(t *testing.T) {
	p, _, _ := opened(t)
	p.Pairs(Pairs{Set: Set{Train: []pref.Pair{{Prompt: strings.Repeat("β", 20_000), Chosen: "a", Rejected: "b"}}}})
	p.Edit(0)
	if r := p.Rows()[0]; r.Open || r.Editable || len(Brief(r.Pair.Prompt)) > 1000 {
		t.Errorf("a prompt of 40 KB is open %v, editable %v, shown with %d bytes", r.Open, r.Editable, len(Brief(r.Pair.Prompt)))
	}
}

// One attribute or text of 16 KB would end Vugu's program.
func TestNothingTooLongReachesATemplate(t *testing.T) {
	p, _, _ := opened(t)
	long := strings.Repeat("<", 100_000)
	p.SetPrompt(long)
	p.Edit(0)
	p.SetDraft(ChosenField, long)
	p.Type("beta", long)
	p.SetKnob(topP, long)
	p.Find(long)
	p.Failed("save", long)
	texts := map[string]string{"prompt": p.PromptText(), "draft": p.Draft(ChosenField), "knob": p.Knobs()[topP].Value,
		"sampling": p.SampleProblem(), "query": p.Query(), "empty": p.Empty(), "failure": p.Failure(), "beta": p.Control("beta").Value,
		"beta's note": p.Control("beta").Note(), "problem": p.ProblemText(pref.Problem{Reason: long})}
	p.Gone(long)
	texts["lost"] = p.LostText()
	for name, s := range texts {
		if len(s) > 2*MaxLength {
			t.Errorf("%s has %d bytes", name, len(s))
		}
	}
	p.Pairs(Pairs{Set: Set{Name: long, Heldout: []pref.Pair{{Prompt: long}, {Prompt: "short"}}}})
	if len(p.SetName()) > MaxLength || p.firstPrompt() != "short" {
		t.Errorf("a set's name has %d bytes; the first prompt %d", len(p.SetName()), len(p.firstPrompt()))
	}
}

func TestImportAndRestore(t *testing.T) {
	p, e, _ := opened(t)
	if p.Choose("big.jsonl", 65<<20) || !strings.Contains(p.Failure(), "65.0 MiB") || !strings.Contains(p.Failure(), "64 MiB") {
		t.Errorf("65 MiB: %q", p.Failure())
	}
	if p.Choose("empty.json", 0) {
		t.Error("an empty file is read")
	}
	if !p.Choose("mine.jsonl", 1000) || p.Importing() != "mine.jsonl" {
		t.Fatalf("a small file is not read: %q", p.Failure())
	}
	problems := make([]pref.Problem, 250)
	for i := range problems {
		problems[i] = pref.Problem{Line: i + 1, Field: "chosen", Reason: "is empty"}
	}
	p.Pairs(Pairs{Set: Set{Name: "mine.jsonl", Train: pairs(7), Heldout: pairs(1)}, Problems: problems, Rows: 258})
	want(t, "notice", p.Notice(), "8 pairs loaded, 250 rows not used")
	shown, more := p.Problems()
	if len(shown) != MaxProblems || more != 50 {
		t.Errorf("%d problems are shown and %d counted", len(shown), more)
	}
	want(t, "a problem", p.ProblemText(shown[2]), "line 3: chosen: is empty")
	e.take()
	p.RestoreSet()
	want(t, "restore", e.take(), "pairs 1: 50+5")
	p.Pairs(Pairs{Revision: 1})
	if !strings.Contains(p.Notice(), "55 pairs") || p.CanRestore() {
		t.Errorf("after the restore: %q", p.Notice())
	}
}

func TestEditedProblemsComeAndGo(t *testing.T) {
	p, _, _ := opened(t)
	p.Write(0, ChosenField, "")
	p.Pairs(Pairs{Revision: 1, Problems: []pref.Problem{{Line: 1, Field: "chosen", Reason: "is empty"}}})
	shown, _ := p.Problems()
	want(t, "problem", p.ProblemText(shown[0]), "pair 1: chosen: is empty")
	p.Undo()
	p.Pairs(Pairs{Revision: 1}) // late: of the former edit
	if p.Notice() == "" {
		t.Error("an answer to an older edit counts")
	}
	p.Pairs(Pairs{Revision: 2})
	want(t, "notice when mended", p.Notice(), "")
}

func TestAnswersStream(t *testing.T) {
	p, e, _ := opened(t)
	p.Token(Token{Request: 1, Text: " Hello"})
	p.Token(Token{Request: 1, Reference: true, Text: " Bye"})
	p.Token(Token{Request: 9, Text: "stale"})
	want(t, "policy", p.Board.Node("answer-policy").Content, "Hello")
	want(t, "reference", p.Board.Node("answer-reference").Content, "Bye")
	want(t, "done", attr(p, "answer-policy", "data-done"), "false")
	p.Token(Token{Request: 1, Done: true, Reason: "length"})
	p.Token(Token{Request: 1, Reference: true, Done: true, Reason: "end of text"})
	want(t, "done", attr(p, "answer-policy", "data-done"), "true")
	if p.Sampling() || len(p.History()) != 1 {
		t.Errorf("sampling %v, history %v", p.Sampling(), p.History())
	}
	p.State(State{Phase: Training, Step: 9, Total: 60})
	p.Metrics(Metrics{Names: []string{"eval_loss"}, Steps: []int{10}, Values: []float64{0.6}})
	want(t, "after an evaluation", e.take(), `sample 2 "prompt 0"`)
	p.SetAgain(false)
	p.Token(Token{Request: 2, Done: true, Reason: "stopped"})
	p.Token(Token{Request: 2, Reference: true, Done: true, Reason: "stopped"})
	p.Metrics(Metrics{Names: []string{"eval_loss"}, Steps: []int{20}, Values: []float64{0.6}})
	want(t, "after an evaluation, turned off", e.take(), "")
	p.SetKnob(temperature, "hot")
	p.SampleNow()
	if p.SampleProblem() == "" || e.take() != "" {
		t.Errorf("a temperature of “hot”: %q", p.SampleProblem())
	}
}

func TestRowsKeepWhatThereIs(t *testing.T) {
	p, _, _ := opened(t)
	nan := math.NaN()
	p.Metrics(Metrics{Names: []string{"learning_rate", "loss", "eval_loss"}, Steps: []int{0, 1, 2},
		Values: []float64{nan, nan, 0.7, 1e-3, 0.6, nan, 1e-3, nan, nan}})
	s := p.rows.get("loss")
	if len(s.X) != 2 || !math.IsNaN(s.Y[1]) {
		t.Errorf("loss is %v at %v, want 0.6 and the NaN of step 2", s.Y, s.X)
	}
	want(t, "JSON", p.MetricsJSON(), `[[0,"eval_loss",0.7],[1,"learning_rate",0.001],[2,"learning_rate",0.001],[1,"loss",0.6],[2,"loss","NaN"]]`)
	want(t, "shown loss", p.Board.Node("loss").Content, "NaN")
	p.Metrics(Metrics{Clear: true})
	want(t, "after a reset", p.MetricsJSON(), "[]")
	want(t, "shown loss", attr(p, "loss", "data-value"), "")
}

func TestJudgedOnceWhenDone(t *testing.T) {
	p, e, _ := opened(t)
	p.State(State{Phase: Training, Step: 59, Total: 60})
	p.State(State{Phase: Done, Step: 60, Total: 60})
	want(t, "done", e.take(), "judge 2 of 100")
	p.Judged(Judged{Request: 2, Done: 50, Of: 100, Step: 60, Policy: Estimate{Mean: 0.7}})
	if !p.Judging() || attr(p, "reward-policy", "data-value") != "0.7" {
		t.Errorf("half way: judging %v, reward %s", p.Judging(), attr(p, "reward-policy", "data-value"))
	}
	p.Judged(Judged{Request: 2, Done: 100, Of: 100, Finished: true, Step: 60, Policy: Estimate{Mean: 0.8}})
	p.State(State{Phase: Done, Step: 60, Total: 60})
	want(t, "the same again", e.take(), "")
	if p.Judging() {
		t.Error("judges for ever")
	}
}

func TestSilenceIsALoss(t *testing.T) {
	p, e, clock := opened(t)
	p.Write(0, ChosenField, " mine")
	p.Enter("beta", "0.3")
	e.take()
	for range 30 {
		*clock += 300
		p.Tick(true)
	}
	if p.Phase() != Lost || !strings.Contains(p.LostText(), "8 seconds") {
		t.Fatalf("9 s of silence: phase %s, %q", p.Phase(), p.LostText())
	}
	e.take()
	p.StartAgain()
	p.Ready(Ready{Preset: "sentiment", HasReward: true})
	p.Pairs(Pairs{Set: Set{Train: pairs(9)}})
	got := e.take()
	for _, w := range []string{"respawn, start sentiment", "beta=0.3", "pairs 2: 50+5"} {
		if !strings.Contains(got, w) {
			t.Errorf("a fresh trainer is told %s, want %s in it", got, w)
		}
	}
	p.KeptRun(KeptRun{Step: 40, Total: 60, SavedAt: *clock - 3*60_000})
	want(t, "offer", p.KeptText(), "A run of step 40 of 60 from 3 minutes ago is kept.")
	p.Kept(true)
	want(t, "restore", e.take(), "kept true")
	want(t, "offer when taken", p.KeptText(), "")
}

func TestAPresetThatDoesNotLoadCanBeTriedAgain(t *testing.T) {
	e := &engine{}
	p := New(e, func() float64 { return 0 })
	p.Open()
	p.Failed("start", "config.json: 404")
	if p.Phase() != Lost || !strings.Contains(p.LostText(), "config.json: 404") {
		t.Errorf("phase %s, %q", p.Phase(), p.LostText())
	}
	e.take()
	p.StartAgain()
	want(t, "again", e.take(), "respawn, start sentiment")
}

func TestSleepAndHiddenTabsAreNoLoss(t *testing.T) {
	p, _, clock := opened(t)
	*clock += 60_000 // the machine slept
	p.Tick(true)
	for range 40 {
		*clock += 1000
		p.Tick(false)
	}
	if p.Phase() == Lost {
		t.Error("a page that slept takes its trainer for lost")
	}
}

func TestChartsFollowRowsAndCursor(t *testing.T) {
	p, _, _ := opened(t)
	p.Resize("loss", 300, 150)
	p.Metrics(Metrics{Names: []string{"loss", "learning_rate"}, Steps: []int{1, 2}, Values: []float64{0.69, 1, 0.5, 1}})
	p.Frame()
	if svg := p.Board.Node("chart-loss").Content; !strings.Contains(svg, `<path class="line policy"`) {
		t.Errorf("no line in %s", svg)
	}
	if s := attr(p, "chart-loss", "aria-label"); !strings.Contains(s, "from 0.690 at step 1 to 0.500 at step 2") {
		t.Errorf("in words: %s", s)
	}
	p.Hover("loss", 0)
	p.Nudge(1)
	p.Frame()
	want(t, "read-out at step 1", p.Board.Node("readout-loss").Content, "step 1 · 0.690")
	p.Leave()
	p.Frame()
	want(t, "read-out", p.Board.Node("readout-loss").Content, "0.500")
	if p.Restless() && p.charts.dirty {
		t.Error("a frame leaves charts undrawn")
	}
}

func TestNumbers(t *testing.T) {
	for _, tc := range []struct{ got, want string }{
		{Number(0.6931), "0.693"}, {Number(-2.5), "−2.500"}, {Number(5e-5), "5e−05"}, {Number(1234.56), "1234.6"}, {Number(0), "0"},
		{Number(math.NaN()), "NaN"}, {Percent(0.875), "88 %"}, {Size(1_234_567), "1.23 M"}, {Size(900), "900"},
		{Duration(7.2), "8 s"}, {Duration(200), "3 min 20 s"}, {Duration(3700), "1 h 1 min"},
		{Ago(30_000), "a moment ago"}, {Ago(60_000), "1 minute ago"}, {Ago(7_300_000), "2 hours ago"}, {Ago(2 * 86_400_000), "2 days ago"},
		{Group(18234), "18\u202f234"}, {Group(999), "999"}, {Group(1234567), "1\u202f234\u202f567"},
	} {
		want(t, "formats", tc.got, tc.want)
	}
}

func TestShortcuts(t *testing.T) {
	p, e, _ := opened(t)
	if p.Shortcut("t", false, true, "set-beta") || p.Shortcut("t", true, false, "") {
		t.Error("a letter that is written, or typed with Ctrl, is a shortcut")
	}
	p.Shortcut("t", false, false, "")
	want(t, "t", e.take(), "press 0")
	p.Shortcut("?", false, false, "")
	if p.Sheet() != HelpSheet {
		t.Error("? opens no help")
	}
	p.Shortcut("Escape", false, false, "")
	if p.Sheet() != NoSheet || p.TakeFocus() != "open-help" {
		t.Error("Escape does not close help and go back to its button")
	}
	p.SetPrompt("mine")
	p.Shortcut("Enter", true, true, "prompt")
	want(t, "Ctrl+Enter", e.take(), `stop 1, sample 2 "mine"`)
}
