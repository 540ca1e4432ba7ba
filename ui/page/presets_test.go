package page

import (
	"strings"
	"testing"

	"dpolab/core/preset"
)

// second is a preset that is not the first.
func second(t *testing.T) preset.Preset {
	t.Helper()
	if len(preset.All) < 2 {
		t.Fatal("there is one preset only")
	}
	return preset.All[1]
}

func TestMenuListsEveryPresetOnce(t *testing.T) {
	p, _, _ := opened(t)
	n, current := 0, ""
	for _, g := range p.Menu() {
		for _, i := range g.Items {
			n++
			if i.Title == "" || i.Line == "" || i.Time != "measuring…" {
				t.Errorf("an item without a title, a line or a time: %+v", i)
			}
			if i.Current {
				current += i.Name
			}
		}
	}
	if n != len(preset.All) || current != "sentiment" {
		t.Errorf("the menu lists %d of %d presets, %q current", n, len(preset.All), current)
	}
	p.Speed(Speed{TrainTokensPerSecond: 9000, SampleTokensPerSecond: 4000, Parameters: 1049728})
	if got := p.Menu()[0].Items[0].Time; !strings.HasPrefix(got, "about ") || !strings.HasSuffix(got, " s here") {
		t.Errorf("a run of a minute or less is said to take %q", got)
	}
}

func TestTimesAreRounded(t *testing.T) {
	for _, tc := range []struct {
		seconds float64
		want    string
	}{{0, "–"}, {0.2, "1 s"}, {7.1, "8 s"}, {42, "40 s"}, {58, "1 min"}, {100, "2 min"}, {3000, "50 min"}, {9000, "3 h"}} {
		want(t, "About", About(tc.seconds), tc.want)
	}
}

func TestMenuByKeyboard(t *testing.T) {
	p, e, _ := opened(t)
	all := preset.All
	if !p.Shortcut("ArrowDown", false, false, "preset") || !p.MenuOpen() {
		t.Fatal("an arrow on the button does not open the menu")
	}
	want(t, "focus", p.TakeFocus(), "preset-"+all[0].Name)
	if p.Shortcut("t", false, false, "preset-"+all[0].Name) {
		t.Error("a letter in the menu is a shortcut of the page")
	}
	p.Shortcut("ArrowUp", false, false, "")
	want(t, "up from the first", p.TakeFocus(), "preset-"+all[len(all)-1].Name)
	p.Shortcut("Home", false, false, "")
	p.Shortcut("ArrowDown", false, false, "")
	want(t, "down from the first", p.TakeFocus(), "preset-"+all[1].Name)
	p.Shortcut("Escape", false, false, "")
	if p.MenuOpen() || p.TakeFocus() != "preset" {
		t.Error("Escape does not close the menu and go back to its button")
	}
	p.ToggleMenu()
	p.TakeFocus()
	if p.Shortcut("Tab", false, false, "") || p.MenuOpen() || p.TakeFocus() != "" {
		t.Error("Tab does not leave the menu")
	}
	want(t, "asked of the trainer", e.take(), "")
}

func TestChoosingAPreset(t *testing.T) {
	p, e, _ := opened(t)
	next := second(t)
	p.State(State{Phase: Paused, Step: 3, Total: 60})
	e.take()
	p.ToggleMenu()
	p.ChoosePreset(next.Name)
	want(t, "asked", e.take(), "stop 1, start "+next.Name)
	want(t, "phase", string(p.Phase()), "loading")
	want(t, "what to look for", p.Look(), next.Line)
	cfg := next.Config()
	want(t, "β", p.Control("beta").Value, beta(cfg.Beta))
	if p.MenuOpen() {
		t.Error("the menu stays open")
	}
	// What the old run still says changes nothing.
	p.State(State{Phase: Training, Step: 4, Total: 60})
	p.Pairs(Pairs{Set: Set{Train: pairs(3)}})
	p.Ready(Ready{Preset: "sentiment"})
	if p.Phase() != Loading || p.Preset() != next.Name {
		t.Errorf("after stray words of the old run: %s, %s", p.Phase(), p.Preset())
	}
	p.Ready(Ready{Preset: next.Name, HasReward: true})
	p.Pairs(Pairs{Set: Set{Name: "n", Train: pairs(7), Heldout: pairs(2)}})
	want(t, "then", e.take(), `sample 2 "prompt 0"`)
	want(t, "notice", p.Notice(), "")
	want(t, "what a screen reader says", p.Board.Node("announce").Content, next.Title+". "+next.Line)
	p.KeptRun(KeptRun{Step: 3, Total: 60, Preset: "sentiment"})
	if !strings.HasPrefix(p.KeptText(), "A run of “Film reviews”, at step 3 of 60") {
		t.Errorf("the run that was left is offered as %q", p.KeptText())
	}
	p.ChoosePreset(next.Name)
	want(t, "the same again", e.take(), "")
}

func TestOwnPairsSurviveAPreset(t *testing.T) {
	p, e, _ := opened(t)
	next := second(t)
	p.Write(0, ChosenField, " mine")
	p.ChoosePreset(next.Name)
	p.Ready(Ready{Preset: next.Name})
	p.Pairs(Pairs{Set: Set{Name: "n", Train: pairs(7)}})
	if !p.CanRestore() || !strings.Contains(p.Notice(), "Film reviews") {
		t.Fatalf("the user's pairs are not offered: %q", p.Notice())
	}
	e.take()
	p.RestoreSet()
	want(t, "going back", e.take(), "stop 2, start sentiment")
	p.Ready(Ready{Preset: "sentiment"})
	p.Pairs(Pairs{Set: Set{Name: "s", Train: pairs(50), Heldout: pairs(5)}})
	want(t, "back", p.Rows()[0].Pair.Chosen, " mine")
	if got := e.take(); !strings.Contains(got, "pairs 2: 50+5") {
		t.Errorf("the trainer hears %q of the user's pairs", got)
	}
}

// A kept run brings its pairs; what the user had made in between is not lost.
func TestOwnPairsSurviveAKeptRun(t *testing.T) {
	p, e, _ := opened(t)
	p.Write(0, ChosenField, " mine")
	p.KeptRun(KeptRun{Step: 3, Total: 60, Preset: "sentiment"})
	p.Kept(true)
	p.Ready(Ready{Preset: "sentiment"})
	p.Pairs(Pairs{Set: Set{Train: pairs(7)}})
	e.take()
	p.RestoreSet()
	want(t, "back", p.Rows()[0].Pair.Chosen, " mine")
}

func beta(v float64) string {
	p := New(&engine{}, func() float64 { return 0 })
	p.settings.config.Beta = v
	return p.Control("beta").Value
}
