package e2e

import (
	"math"
	"testing"
	"time"
)

// TestTrain: a run lowers the loss, raises the accuracy and ends by itself.
func TestTrain(t *testing.T) {
	p := open(t)
	setUp(t, p)
	before := p.Weights()
	p.Click("train")
	phase(p, run, "done")
	losses, last, accuracy := p.Losses(), p.Value("loss"), p.Value("accuracy")
	want := (count(p.Text("tab-train")) + 7) / 8
	if got := steps(p); got != want || total(p) != want {
		t.Errorf("step %d of %d, want %d: one epoch of %s in batches of 8", got, total(p), want, p.Text("tab-train"))
	}
	// Written so that NaN fails.
	if len(losses) != want || !(math.Abs(losses[0]-math.Ln2) < 0.01) || !(last < 0.5) {
		t.Errorf("losses %v; want one a step, from ln 2 (policy and reference are one model) to below 0.5", losses)
	}
	if len(losses) > 0 && last != losses[len(losses)-1] {
		t.Errorf("the page shows the loss %v, the trainer said %v", last, losses[len(losses)-1])
	}
	if !(accuracy > 0.8) {
		t.Errorf("accuracy %v at the end, want nearly 1: the set is easy", accuracy)
	}
	if margin := p.Value("margin"); !(margin > 0) {
		t.Errorf("margin %v at the end, want positive", margin)
	}
	if p.Weights() == before {
		t.Error("the weights are those of before")
	}
	p.NoErrors()
}

// TestPauseStepReset: a pause holds, a step is one step, a reset is the base model.
func TestPauseStepReset(t *testing.T) {
	p := open(t)
	setUp(t, p)
	base := p.Weights()

	p.Click("train")
	p.Until("the second update", run, func() bool { return steps(p) >= 2 })
	clicked := time.Now()
	p.Click("pause")
	phase(p, moment, "paused")
	t.Logf("paused %v after the click, as seen from outside", time.Since(clicked).Round(time.Millisecond))
	at, loss := steps(p), p.Text("loss")
	time.Sleep(1500 * time.Millisecond)
	if got := steps(p); got != at || p.Text("loss") != loss {
		t.Errorf("1.5 s into a pause: step %d, loss %s; want them to stand at %d, %s", got, p.Text("loss"), at, loss)
	}

	for range 2 {
		before := steps(p)
		p.Click("step")
		p.Until("one more update", run, func() bool { return steps(p) > before })
		phase(p, moment, "paused")
		if got := steps(p); got != before+1 {
			t.Errorf("a step went from %d to %d", before, got)
		}
	}

	p.Click("reset")
	phase(p, moment, "idle")
	p.Until("step 0", moment, func() bool { return steps(p) == 0 })
	if got := p.Weights(); got != base {
		t.Errorf("weights %s after a reset, want the base model's %s", got, base)
	}
	p.NoErrors()
}
