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
	before := p.Data("fingerprint", "value")
	p.Click("train")
	p.Until("the first update", run, func() bool { return steps(p) >= 1 })
	first := p.Value("loss")
	phase(p, run, "done")
	last, accuracy := p.Value("loss"), p.Value("accuracy")
	want := (count(p.Text("tab-train")) + 7) / 8
	if got := steps(p); got != want || total(p) != want {
		t.Errorf("step %d of %d, want %d: one epoch of %s in batches of 8", got, total(p), want, p.Text("tab-train"))
	}
	// Written so that NaN fails.
	if !(math.Abs(first-math.Ln2) < 0.1) || !(last < first-0.05) {
		t.Errorf("loss %v at the first step, %v at the end; want ln 2 and clearly less", first, last)
	}
	if !(accuracy > 0.8) {
		t.Errorf("accuracy %v at the end, want nearly 1: the set is easy", accuracy)
	}
	if margin := p.Value("margin"); !(margin > 0) {
		t.Errorf("margin %v at the end, want positive", margin)
	}
	if after := p.Data("fingerprint", "value"); after == before || len(after) != 64 {
		t.Errorf("fingerprint %q before, %q after; want another SHA-256", before, after)
	}
	p.NoErrors()
}

// TestPauseStepReset: a pause holds, a step is one step, a reset is the base model.
func TestPauseStepReset(t *testing.T) {
	p := open(t)
	setUp(t, p)
	p.Until("the fingerprint", moment, func() bool { return len(p.Data("fingerprint", "value")) == 64 })
	base := p.Data("fingerprint", "value")

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
	p.Until("the base model's fingerprint", moment, func() bool { return p.Data("fingerprint", "value") == base })
	p.NoErrors()
}
