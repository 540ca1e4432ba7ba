package dpo

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// golden is the part of testdata/dpo_losses.json that this package implements so
// far; origin and version stand in the file's description.
type golden struct {
	Inputs map[string]struct {
		PolicyChosen      []float64 `json:"policy_chosen"`
		PolicyRejected    []float64 `json:"policy_rejected"`
		ReferenceChosen   []float64 `json:"reference_chosen"`
		ReferenceRejected []float64 `json:"reference_rejected"`
	}
	Cases []struct {
		Input    string
		LossType string `json:"loss_type"`
		Params   map[string]any
		Loss     []float64
		Grad     struct{ Chosen, Rejected []float64 } `json:"grad_mean_wrt_policy"`
	}
}

func TestSigmoidAgainstTRL(t *testing.T) {
	raw, err := os.ReadFile("testdata/dpo_losses.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(raw, &g); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, c := range g.Cases {
		if c.LossType != "sigmoid" || len(c.Params) != 1 {
			continue
		}
		seen++
		in, n := g.Inputs[c.Input], float64(len(c.Loss))
		l := Sigmoid{Beta: c.Params["beta"].(float64)}
		for i, want := range c.Loss {
			got, grad := l.Pair(Pair{PolicyChosen: in.PolicyChosen[i], PolicyRejected: in.PolicyRejected[i],
				ReferenceChosen: in.ReferenceChosen[i], ReferenceRejected: in.ReferenceRejected[i]})
			if math.Abs(got-want) > 1e-9 {
				t.Errorf("%s %v pair %d: loss %.12f, TRL has %.12f", c.Input, c.Params, i, got, want)
			}
			if math.Abs(grad.Chosen/n-c.Grad.Chosen[i]) > 1e-6 || math.Abs(grad.Rejected/n-c.Grad.Rejected[i]) > 1e-6 {
				t.Errorf("%s %v pair %d: gradient %+v of n=%v, TRL has %v and %v", c.Input, c.Params, i, grad, n, c.Grad.Chosen[i], c.Grad.Rejected[i])
			}
		}
	}
	if seen == 0 {
		t.Fatal("the golden file has no sigmoid case: this test compares nothing")
	}
}

// The numbers of METHOD, "Numbers that must come out".
func TestClosedForms(t *testing.T) {
	if got, _ := (Sigmoid{Beta: 0.1}).Pair(Pair{PolicyChosen: -3, ReferenceChosen: -3, PolicyRejected: -7, ReferenceRejected: -7}); got != math.Ln2 {
		t.Errorf("loss at policy = reference is %v, want ln 2", got)
	}
	loss, g := Sigmoid{Beta: 0.1}.Pair(Pair{PolicyChosen: 6})
	if math.Abs(loss-0.437488) > 5e-7 || math.Abs(g.Chosen+0.035434) > 5e-7 {
		t.Errorf("margin 6, β 0.1: loss %v, slope %v, want .437488 and -.035434", loss, g.Chosen)
	}
	z := 2.197225
	loss, g = Sigmoid{Beta: 1, LabelSmoothing: 0.1}.Pair(Pair{PolicyChosen: z})
	if math.Abs(loss-0.325083) > 5e-7 || math.Abs(g.Chosen) > 1e-6 {
		t.Errorf("conservative DPO at z = %v: loss %v, slope %v, want the minimum .325083", z, loss, g.Chosen)
	}
}

func TestGradientAgainstDifferences(t *testing.T) {
	const h = 1e-5
	for _, l := range []Sigmoid{{Beta: 0.1}, {Beta: 1}, {Beta: 0.5, LabelSmoothing: 0.2}, {Beta: 5, LabelSmoothing: 0.4}} {
		for _, p := range []Pair{{}, {PolicyChosen: -3, PolicyRejected: -2, ReferenceChosen: -4}, {PolicyChosen: -30, ReferenceChosen: -10, PolicyRejected: -5}} {
			_, g := l.Pair(p)
			hi, lo := p, p
			hi.PolicyChosen += h
			lo.PolicyChosen -= h
			a, _ := l.Pair(hi)
			b, _ := l.Pair(lo)
			if want := (a - b) / (2 * h); math.Abs(g.Chosen-want) > 1e-8*(1+math.Abs(want)) || g.Rejected != -g.Chosen {
				t.Errorf("%+v at %+v: gradient %+v, central difference %v", l, p, g, want)
			}
		}
	}
}

func TestExtremeInputsStayFinite(t *testing.T) {
	for _, a := range []float64{-1000, -100, 100, 1000} {
		l := Sigmoid{Beta: 1, LabelSmoothing: 0.1}
		p := Pair{PolicyChosen: a, PolicyRejected: -a}
		loss, g := l.Pair(p)
		if math.IsNaN(loss) || math.IsInf(loss, 0) || math.IsNaN(g.Chosen) || math.IsNaN(l.Weight(p)) {
			t.Errorf("log-ratio %v: loss %v, gradient %+v, weight %v", a, loss, g, l.Weight(p))
		}
	}
}

func TestWeightIsSigmoidOfMinusMargin(t *testing.T) {
	l := Sigmoid{Beta: 0.3}
	p := Pair{PolicyChosen: -4, PolicyRejected: -9, ReferenceChosen: -5, ReferenceRejected: -6}
	chosen, rejected := l.Rewards(p)
	if want := SigmoidOf(-(chosen - rejected)); math.Abs(l.Weight(p)-want) > 1e-15 {
		t.Errorf("weight %v, want σ(−margin) = %v", l.Weight(p), want)
	}
}
