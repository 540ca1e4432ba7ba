package e2e

import (
	"testing"

	table "dpolab/core/preset"
	"dpolab/wasm/e2e/internal/lab"

	"github.com/chromedp/chromedp/kb"
)

// TestPresetByKeyboard: a preset is chosen without a mouse, comes with its pairs and
// settings, and the run that was left can be gone back to.
func TestPresetByKeyboard(t *testing.T) {
	p := open(t)
	stepTo(p, 1)
	left := p.Weights()
	last := table.All[len(table.All)-1]
	first := table.All[0]

	p.Focus("preset")
	p.Key(kb.ArrowDown)
	focus := func(name string) {
		t.Helper()
		p.Until("the focus on "+name, moment, func() bool { return p.Focused() == "preset-"+name })
	}
	focus(first.Name)
	p.Key(kb.Escape)
	p.Until("the focus on the button", moment, func() bool { return p.Focused() == "preset" && !p.Has("preset-menu") })
	p.Key(kb.Enter)
	focus(first.Name)
	p.Key(kb.End)
	focus(last.Name)
	p.Key(kb.Enter)
	p.Until("the other preset", loading, func() bool { return p.Data("preset", "value") == last.Name })
	ready(p)
	if got := p.Text("look"); len(got) < len(last.Line) || got[len(got)-len(last.Line):] != last.Line {
		t.Errorf("what to look for is %q, want %q", got, last.Line)
	}
	p.Until("its settings", moment, func() bool {
		c := last.Config()
		return lab.Eval[float64](p, `+document.querySelector('[data-testid="learning-rate"]').value`) == c.LearningRate
	})
	p.Until("the run that was left to be offered", loading, func() bool { return p.Has("restore") })
	p.Click("restore")
	p.Until("that run", loading, func() bool { return steps(p) == 1 && p.Data("preset", "value") == first.Name })
	if got := p.Weights(); got != left {
		t.Errorf("the run that was left comes back with weights %s, want %s", got, left)
	}
	p.NoErrors()
}
