package page

import (
	"slices"
	"strings"
	"testing"

	"dpolab/core/dpo"
)

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

func TestTrainingTakesWhatIsStillBeingTyped(t *testing.T) {
	p, e, _ := opened(t)
	p.Type("learning-rate", "0.001")
	p.Press(Train)
	want(t, "train", e.take(), "learning-rate=0.001, press 0")
}

func TestOnlySettingsThatTheLossUsesAreShown(t *testing.T) {
	p, e, _ := opened(t)
	shown := func(name string) bool { return slices.Contains(p.OtherSettings(true), name) }
	if !shown("label-smoothing") || shown("gamma") || slices.Contains(p.OtherSettings(true), "beta") || slices.Contains(p.OtherSettings(false), "loss") {
		t.Errorf("sigmoid shows %v", p.OtherSettings(true))
	}
	p.Enter("label-smoothing", "0.1")
	e.take()
	p.Enter("loss", "simpo")
	want(t, "sent", e.take(), "loss=simpo, label-smoothing=0")
	if shown("label-smoothing") || !shown("gamma") {
		t.Errorf("simpo shows %v", p.OtherSettings(true))
	}
	p.Enter("loss", "0.5*sigmoid + sft")
	want(t, "a sum", e.take(), "loss=0.5*sigmoid+sft")
	options := p.Control("loss").Options
	if last := options[len(options)-1]; !last.Chosen || last.Value != "0.5*sigmoid+sft" {
		t.Errorf("the list of losses ends with %+v", last)
	}
	p.Enter("loss", "nonsense")
	want(t, "nonsense", e.take(), "")
	if p.Control("loss").Error == "" {
		t.Error("a loss that there is not is not refused")
	}
}

// Every loss of the list can be chosen, and is shown with its formula.
func TestEveryLossCanBeChosen(t *testing.T) {
	for _, k := range dpo.Losses {
		p, e, _ := opened(t)
		p.Enter("loss", k.Name)
		got := e.take()
		if k.Name != "sigmoid" && !strings.Contains(got, "loss="+k.Name) {
			t.Errorf("%s: the trainer hears %q; %s", k.Name, got, p.Control("loss").Error)
		}
		f := p.Formulas()
		if len(f) != 1 || f[0].Title != k.Title || strings.Count(f[0].Loss, "<m") < 5 {
			t.Errorf("%s: formula %+v", k.Name, f)
		}
	}
}

func TestFormulas(t *testing.T) {
	for _, tc := range []struct{ formula, want string }{
		{"−½ log σ(−βs_w)", `<mo form="prefix">−</mo><mn>½</mn><mi>log</mi><mspace width=".17em"/><mi>σ</mi><mo stretchy="false">(</mo>` +
			`<mo form="prefix">−</mo><mi>β</mi><msub class="chosen"><mi>s</mi><mi>w</mi></msub><mo stretchy="false">)</mo>`},
		{"π_ref(y_l|x) − 1", `<msub class="reference"><mi>π</mi><mtext>ref</mtext></msub><mo stretchy="false">(</mo><msub class="rejected"><mi>y</mi><mi>l</mi></msub>` +
			`<mo stretchy="false" lspace="0" rspace="0">|</mo><mi>x</mi><mo stretchy="false">)</mo><mo stretchy="false">−</mo><mn>1</mn>`},
		{"m e^(−z)", `<mi>m</mi><mi>e</mi><msup><mrow/><mrow><mo form="prefix">−</mo><mi>z</mi></mrow></msup>`},
	} {
		want(t, tc.formula, mathML(tc.formula), `<math display="block"><mrow>`+tc.want+`</mrow></math>`)
	}
	p, _, _ := opened(t)
	want(t, "what the letters of DPO stand for", strings.Join(p.Formulas()[0].Where, "\n"),
		strings.Join([]string{mathML("z = βΔ"), mathML("Δ = a − b"),
			mathML("a = log π_θ(y_w|x) − log π_ref(y_w|x)"), mathML("b = log π_θ(y_l|x) − log π_ref(y_l|x)")}, "\n"))
}
