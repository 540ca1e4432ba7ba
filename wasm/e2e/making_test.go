package e2e

import (
	"math"
	"testing"

	"dpolab/wasm/bridge"
	"dpolab/wasm/e2e/internal/lab"
)

// TestMakePairs: pairs are sampled from the base model with progress, the making can be
// cancelled, and what was made is trained on.
func TestMakePairs(t *testing.T) {
	p := open(t)
	had := pairs(p)
	heldout := count(p.Text("tab-heldout"))
	p.Click("open-make")
	p.Until("the form", moment, func() bool { return p.Has("make-size") })
	p.Select("make-size", "1000")
	p.Click("make-go")
	p.Until("some of the pairs", run, func() bool { return count(p.Data("make-progress", "done")) > 0 })
	p.Click("make-cancel")
	p.Until("the making to end", moment, func() bool { return p.Has("make-go") })
	if got := pairs(p); got != had {
		t.Errorf("%d pairs after a cancelled making, want the %d there were", got, had)
	}

	p.Select("make-size", "200")
	p.Select("make-flip", "0.1")
	p.Click("make-go")
	p.Until("the pairs", run, func() bool { return p.Has("made") })
	if train, held := count(p.Text("tab-train")), count(p.Text("tab-heldout")); train != 200 || held != heldout {
		t.Errorf("%d pairs to train on and %d held out, want 200 made and the preset's %d", train, held, heldout)
	}
	made := lab.Heard[*bridge.Made](p)
	last := made[len(made)-1]
	if !last.Finished || last.Error != "" || last.Done != 200 || last.Prompts == 0 || math.IsNaN(last.Longer) || math.IsNaN(last.Likelier) {
		t.Errorf("the making ended with %+v", *last)
	}

	stepTo(p, 3)
	if losses := p.Losses(); len(losses) != 3 || !(math.Abs(losses[0]-math.Ln2) < 0.01) {
		t.Errorf("losses on the made pairs %v, want three, from ln 2", losses)
	}
	if got := p.Text("step-count"); total(p) != 13 {
		t.Errorf("%s, want 13 steps: one epoch of 200 pairs in batches of 16", got)
	}
	p.Click("restore-set")
	p.Until("the preset's pairs", moment, func() bool { return pairs(p) == had })
	p.NoErrors()
}
