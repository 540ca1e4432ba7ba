package page

import (
	"testing"
)

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
