package comment

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// level is n values of v.
func level(v float64, n int) []float64 { return slices.Repeat([]float64{v}, n) }

func TestRules(t *testing.T) {
	moving := Facts{Step: 30, Total: 60, Loss: level(0.5, 30), Chosen: level(0.3, 30), Rejected: level(-0.4, 30)}
	with := func(f func(*Facts)) Facts { g := moving; f(&g); return g }
	for _, tc := range []struct {
		name  string
		facts Facts
		want  string
		warn  bool
	}{
		{"loading", Facts{Loading: true}, "on its way", false},
		{"before the first step", Facts{Total: 60}, "ln 2", false},
		{"first steps", Facts{Step: 3, Loss: level(0.69, 3)}, "warms up", false},
		{"margin", moving, "leads by 0.70", false},
		{"margin, held-out", with(func(f *Facts) { f.EvalAccuracy = []float64{0, 0.8} }), "80 %", false},
		{"displacement", with(func(f *Facts) { f.Chosen, f.Rejected = level(-0.2, 30), level(-0.9, 30) }), "likelihood displacement", true},
		{"memorises", with(func(f *Facts) { f.Loss, f.EvalLoss = level(0.1, 30), []float64{0.69, 0.4, 0.6} }), "by heart", true},
		{"held-out behind, still falling", with(func(f *Facts) { f.EvalLoss = []float64{0.69, 0.65, 0.62} }), "leads by", false},
		{"still", Facts{Step: 20, Loss: level(0.692, 20), Chosen: level(0, 20), Rejected: level(0, 20)}, "too small", true},
		{"rises", with(func(f *Facts) { f.Loss = level(1.4, 30) }), "above ln 2", true},
		{"rises, another loss", with(func(f *Facts) { f.Other, f.Loss = true, append([]float64{1}, level(1.4, 30)...) }), "from 1.00, where it began", true},
		{"another loss, before the first step", Facts{Total: 60, Other: true}, "every reward is 0, whatever", false},
		{"another loss above ln 2", with(func(f *Facts) { f.Other, f.Loss = true, level(1, 30) }), "leads by", false},
		{"no number", with(func(f *Facts) { f.Loss = append(level(0.5, 3), math.NaN()) }), "no longer a number", true},
		{"worked", with(func(f *Facts) { f.Judged, f.Apart, f.Reward, f.Base, f.KL = true, true, 0.8, 0.5, 3 }), "from 0.50 to 0.80", false},
		{"harmed", with(func(f *Facts) { f.Judged, f.Below, f.Reward, f.Base = true, true, 0.3, 0.5 }), "fell from 0.50 to 0.30", true},
		{"judged, no difference", with(func(f *Facts) { f.Judged, f.Reward, f.Base = true, 0.49, 0.5 }), "within the noise", false},
		{"imitates", Facts{Imitates: true, Step: 4, Loss: level(2, 4)}, "imitates", false},
	} {
		got, warn := On(tc.facts)
		if !strings.Contains(got, tc.want) || warn != tc.warn {
			t.Errorf("%s: %q (warns %v), want one with %q (warns %v)", tc.name, got, warn, tc.want, tc.warn)
		}
		if strings.Contains(got, "%!") {
			t.Errorf("%s: verbs and values do not match: %q", tc.name, got)
		}
	}
}
