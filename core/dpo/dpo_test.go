package dpo

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"
)

// golden is testdata/dpo_losses.json; origin and version stand in its description.
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
		Params   struct {
			Beta, LS float64
			FDiv     string
		}
		Lengths struct{ LC, LR []int }
		Loss    []float64
		Grad    struct{ Chosen, Rejected []float64 } `json:"grad_mean_wrt_policy"`
	}
	Conservative []float64 `json:"conservative_dpo_eps0.1_beta0.1"`
}

func readGolden(t *testing.T) (g golden) {
	t.Helper()
	raw, err := os.ReadFile("testdata/dpo_losses.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

func (g golden) pairs(input string, chosen, rejected []int) (pairs []Pair) {
	in := g.Inputs[input]
	for i := range in.PolicyChosen {
		p := Pair{PolicyChosen: in.PolicyChosen[i], PolicyRejected: in.PolicyRejected[i],
			ReferenceChosen: in.ReferenceChosen[i], ReferenceRejected: in.ReferenceRejected[i]}
		if chosen != nil {
			p.ChosenTokens, p.RejectedTokens = chosen[i], rejected[i]
		}
		pairs = append(pairs, p)
	}
	return pairs
}

// defaults are settings of some size for every loss.
func defaults(beta float64) Settings {
	return Settings{Beta: beta, LabelSmoothing: 0.1, DivergenceAlpha: 0.5, Tau: 0.05, DPOPLambda: 50, RDPOAlpha: 0.05,
		CPOAlpha: 1, ORPOLambda: 0.1, Gamma: 0.5, UnlikelihoodAlpha: 0.5, KTODesirable: 1, KTOUndesirable: 1.3, KL: 0.2, Delta: 0.3}
}

func build(t *testing.T, name string, s Settings) Loss {
	t.Helper()
	k, ok := Named(name)
	if !ok {
		t.Fatalf("there is no loss %q", name)
	}
	return k.New(s)
}

func TestAgainstTRL(t *testing.T) {
	g := readGolden(t)
	seen := map[string]bool{}
	for _, c := range g.Cases {
		s := defaults(c.Params.Beta)
		s.LabelSmoothing, s.Divergence, s.Delta = c.Params.LS, c.Params.FDiv, 0
		pairs := g.pairs(c.Input, c.Lengths.LC, c.Lengths.LR)
		losses, grads := build(t, c.LossType, s).Batch(pairs)
		seen[c.LossType+" "+c.Params.FDiv] = true
		n := float64(len(c.Loss))
		for i, want := range c.Loss {
			if math.Abs(losses[i]-want) > 1e-9 {
				t.Errorf("%s %+v pair %d: loss %.12f, TRL has %.12f", c.LossType, c.Params, i, losses[i], want)
			}
			if w, r := grads[i].Chosen/n, grads[i].Rejected/n; math.Abs(w-c.Grad.Chosen[i]) > 1e-6 || math.Abs(r-c.Grad.Rejected[i]) > 1e-6 {
				t.Errorf("%s %+v pair %d: gradient %v and %v, TRL has %v and %v", c.LossType, c.Params, i, w, r, c.Grad.Chosen[i], c.Grad.Rejected[i])
			}
		}
	}
	if len(seen) != 17 {
		t.Errorf("%d losses and divergences compared, want 17: %v", len(seen), seen)
	}
	losses, _ := build(t, "sigmoid", Settings{Beta: 0.1, LabelSmoothing: 0.1}).Batch(g.pairs("A", nil, nil))
	for i, want := range g.Conservative {
		if math.Abs(losses[i]-want) > 1e-12 {
			t.Errorf("conservative DPO, pair %d: %v, want %v", i, losses[i], want)
		}
	}
}

// The numbers of METHOD, "Numbers that must come out", and closed forms beside them.
func TestClosedForms(t *testing.T) {
	sixth := []Pair{{PolicyChosen: 6, ChosenTokens: 1, RejectedTokens: 1}}
	log := math.Log
	for _, tc := range []struct {
		loss        string
		s           Settings
		pairs       []Pair
		want, slope float64
	}{
		{"sigmoid", Settings{Beta: 0.1}, sixth, log(1 + math.Exp(-0.6)), -0.1 / (1 + math.Exp(0.6))},
		{"hinge", Settings{Beta: 0.1}, sixth, 0.4, -0.1},
		{"ipo", Settings{Beta: 0.1}, sixth, 1, 2},
		{"ipo_sum", Settings{Beta: 0.1}, sixth, 1, 2},
		{"ipo_sum", Settings{Beta: 0.1}, []Pair{{PolicyChosen: 5}}, 0, 0},
		{"sigmoid", Settings{Beta: 1, LabelSmoothing: 0.1}, []Pair{{PolicyChosen: log(9)}}, -0.9*log(0.9) - 0.1*log(0.1), 0},
		{"robust", Settings{Beta: 1, LabelSmoothing: 0.1}, []Pair{{}}, log(2), -0.5 / 0.8},
		{"exo_pair", Settings{Beta: 1, LabelSmoothing: 1e-3}, []Pair{{PolicyChosen: log(999)}}, 0, 0},
		{"discopop", Settings{Beta: 1, Tau: 0.05}, []Pair{{}}, log(2)/2 + 0.5, -5*log(2) - 0.25 + 4.5},
		{"nca_pair", Settings{Beta: 1}, []Pair{{}}, 2 * log(2), -0.25},
		{"bco_pair", Settings{Beta: 0.5, Delta: 1}, []Pair{{PolicyChosen: 2, PolicyRejected: 2}}, 2 * log(2), -0.25},
		{"sppo_hard", Settings{Beta: 0.5}, []Pair{{PolicyChosen: 3}}, 5, 4},
		{"apo_zero", Settings{Beta: 1}, []Pair{{}}, 1, -0.25},
		{"apo_down", Settings{Beta: 1}, []Pair{{}}, 1, 0},
		{"aot", Settings{Beta: 1}, []Pair{{}}, log(2), -0.5},
		{"aot_unpaired", Settings{Beta: 1}, []Pair{{}}, log(2), -0.5},
		{"sigmoid_norm", Settings{Beta: 2}, []Pair{{PolicyChosen: 6, PolicyRejected: 8, ChosenTokens: 3, RejectedTokens: 4}}, log(2), -1. / 3},
		{"dpop", Settings{Beta: 0.1, DPOPLambda: 50}, []Pair{{PolicyChosen: -1, PolicyRejected: -51}}, log(2), -0.05 * 51},
		{"dpop", Settings{Beta: 0.1, DPOPLambda: 50}, sixth, log(1 + math.Exp(-0.6)), -0.1 / (1 + math.Exp(0.6))},
		{"rdpo", Settings{Beta: 0.1, RDPOAlpha: 0.3}, []Pair{{PolicyRejected: 6, ChosenTokens: 5, RejectedTokens: 3}}, log(2), -0.05},
		{"sft", Settings{Beta: 1}, []Pair{{PolicyChosen: -6, ChosenTokens: 4}}, 1.5, -0.25},
		{"simpo", Settings{Beta: 2, Gamma: 1}, []Pair{{PolicyChosen: -3, PolicyRejected: -3, ChosenTokens: 3, RejectedTokens: 2}}, log(2), -1. / 3},
		{"cpo", Settings{Beta: 0.1, CPOAlpha: 1}, []Pair{{PolicyChosen: -4, PolicyRejected: -4, ChosenTokens: 2}}, log(2) + 2, -0.05 - 0.5},
		{"orpo", Settings{ORPOLambda: 0.1, Beta: 1}, []Pair{{PolicyChosen: 2 * log(0.5), PolicyRejected: 3 * log(0.5), ChosenTokens: 2, RejectedTokens: 3}},
			1.1 * log(2), -(1 + 0.1*0.5/0.5) / 2},
		{"kto", Settings{Beta: 1, KTODesirable: 1, KTOUndesirable: 1, KL: 2}, []Pair{{PolicyChosen: 2, PolicyRejected: 2}}, 1, -0.25},
		{"unlikelihood", Settings{Beta: 1, UnlikelihoodAlpha: 0.5}, []Pair{{PolicyChosen: -3, PolicyRejected: -4}}, 1, -1},
	} {
		losses, grads := build(t, tc.loss, tc.s).Batch(tc.pairs)
		if math.Abs(losses[0]-tc.want) > 1e-12 || math.Abs(grads[0].Chosen-tc.slope) > 1e-12 {
			t.Errorf("%s %+v of %+v: loss %.15g, slope %.15g, want %.15g and %.15g", tc.loss, tc.s, tc.pairs, losses[0], grads[0].Chosen, tc.want, tc.slope)
		}
	}
	// METHOD's own digits.
	for _, tc := range []struct {
		name      string
		got, want float64
	}{
		{"sigmoid at margin 6", log(1 + math.Exp(-0.6)), .437488},
		{"its slope", -0.1 / (1 + math.Exp(0.6)), -.035434},
		{"conservative DPO's minimum", log(9), 2.197225},
		{"its loss", -0.9*log(0.9) - 0.1*log(0.1), .325083},
		{"EXO's minimum", log(999), 6.906755},
		{"DiscoPOP's slope at 0", -5*log(2) - 0.25 + 4.5, .784264},
	} {
		if math.Abs(tc.got-tc.want) > 5e-7 {
			t.Errorf("%s: %v, METHOD has %v", tc.name, tc.got, tc.want)
		}
	}
}

func TestStepZeroIsExact(t *testing.T) {
	for _, beta := range []float64{0.01, 0.1, 5} {
		losses, _ := build(t, "sigmoid", Settings{Beta: beta}).Batch([]Pair{{PolicyChosen: -3.7, ReferenceChosen: -3.7, PolicyRejected: -7.1, ReferenceRejected: -7.1}})
		if losses[0] != math.Ln2 {
			t.Errorf("β %v: loss at policy = reference is %v, want ln 2", beta, losses[0])
		}
	}
}

// A bandit with two actions of which one is always preferred (METHOD): IPO stops at
// π(y1) = σ(1/(2τ)), DPO goes on to 1.
func TestDeterministicPreferences(t *testing.T) {
	for _, tc := range []struct{ tau, want float64 }{{.1, .993307}, {.5, .731059}, {1, .622459}, {5, .524979}} {
		optimum := SigmoidOf(1 / (2 * tc.tau))
		if math.Abs(optimum-tc.want) > 5e-7 {
			t.Errorf("τ %v: IPO's optimum is %v, want %v", tc.tau, optimum, tc.want)
		}
		half := math.Log(0.5)
		p := Pair{PolicyChosen: math.Log(optimum), PolicyRejected: math.Log(1 - optimum), ReferenceChosen: half, ReferenceRejected: half}
		if _, g := (IPOSum{Beta: tc.tau}).Pair(p); math.Abs(g.Chosen) > 1e-12 {
			t.Errorf("τ %v: IPO's slope at its optimum is %v", tc.tau, g.Chosen)
		}
		if _, g := (Sigmoid{Beta: tc.tau}).Pair(p); g.Chosen >= 0 {
			t.Errorf("τ %v: DPO's slope there is %v, want it to go on", tc.tau, g.Chosen)
		}
	}
}

// mean is the loss of a batch.
func mean(l Loss, pairs []Pair) (sum float64) {
	losses, _ := l.Batch(pairs)
	for _, v := range losses {
		sum += v
	}
	return sum / float64(len(pairs))
}

var somePairs = []Pair{
	{PolicyChosen: -3.1, PolicyRejected: -2.2, ReferenceChosen: -4.3, ReferenceRejected: -2.9, ChosenTokens: 3, RejectedTokens: 2},
	{PolicyChosen: -30.5, PolicyRejected: -25.25, ReferenceChosen: -28, ReferenceRejected: -24, ChosenTokens: 9, RejectedTokens: 12},
	{PolicyChosen: -8, PolicyRejected: -9.5, ReferenceChosen: -8.75, ReferenceRejected: -7, ChosenTokens: 5, RejectedTokens: 5},
}

func TestGradientsAgainstDifferences(t *testing.T) {
	const h = 1e-5
	for _, k := range Losses {
		divergences := []string{ReverseKLName}
		if k.Takes("divergence") {
			divergences = Divergences
		}
		for _, beta := range []float64{0.1, 1.5} {
			for _, d := range divergences {
				s := defaults(beta)
				s.Divergence = d
				l := k.New(s)
				_, grads := l.Batch(somePairs)
				for i, g := range grads {
					want := Grad{
						Chosen:   difference(l, i, h, func(p *Pair) *float64 { return &p.PolicyChosen }),
						Rejected: difference(l, i, h, func(p *Pair) *float64 { return &p.PolicyRejected }),
					}
					if !close(g.Chosen, want.Chosen, 1e-6) || !close(g.Rejected, want.Rejected, 1e-6) {
						t.Errorf("%s β %v %s pair %d: gradient %+v, central differences %+v", k.Name, beta, d, i, g, want)
					}
				}
			}
		}
	}
}

// difference is the central difference of a batch's summed loss.
func difference(l Loss, i int, h float64, field func(*Pair) *float64) float64 {
	hi, lo := slices.Clone(somePairs), slices.Clone(somePairs)
	*field(&hi[i]) += h
	*field(&lo[i]) -= h
	return (mean(l, hi) - mean(l, lo)) * float64(len(somePairs)) / (2 * h)
}

func close(got, want, tolerance float64) bool {
	return math.Abs(got-want) <= tolerance*(1+math.Abs(want))
}

func TestExtremeInputsStayFinite(t *testing.T) {
	far := []float64{-1000, -100, 0, 100, 1000}
	for _, k := range Losses {
		for _, d := range Divergences {
			for _, beta := range []float64{0.01, 1, 100} {
				s := defaults(beta)
				s.Divergence = d
				l := k.New(s)
				for _, a := range far {
					for _, b := range far {
						for _, ref := range []float64{0, -1200} {
							pairs := []Pair{{PolicyChosen: ref + a, PolicyRejected: ref + b, ReferenceChosen: ref, ReferenceRejected: ref, ChosenTokens: 7, RejectedTokens: 1}, {}}
							losses, grads := l.Batch(pairs)
							for i := range pairs {
								if sum := losses[i] + grads[i].Chosen + grads[i].Rejected; math.IsNaN(sum) || math.IsInf(sum, 0) {
									t.Fatalf("%s β %v %s at %+v: loss %v, gradient %+v", k.Name, beta, d, pairs[i], losses[i], grads[i])
								}
							}
						}
					}
				}
			}
		}
	}
}

func TestRewardsAndWeight(t *testing.T) {
	p := somePairs[0]
	chosen, rejected := p.Rewards(0.3)
	if math.Abs(chosen-0.36) > 1e-15 || math.Abs(rejected-0.21) > 1e-15 {
		t.Errorf("rewards %v and %v, want .36 and .21", chosen, rejected)
	}
	_, g := Sigmoid{Beta: 0.3}.Pair(p)
	if got, want := g.Weight(0.3), SigmoidOf(rejected-chosen); math.Abs(got-want) > 1e-15 {
		t.Errorf("weight %v, want σ(−z) = %v", got, want)
	}
}

func TestAOTDoesNotDependOnTheOrder(t *testing.T) {
	pairs := append(slices.Clone(somePairs), somePairs[0], somePairs[2])
	for _, name := range []string{"aot", "aot_unpaired"} {
		l := build(t, name, defaults(0.5))
		_, grads := l.Batch(pairs)
		turned := slices.Clone(pairs)
		slices.Reverse(turned)
		_, back := l.Batch(turned)
		slices.Reverse(back)
		if !slices.Equal(grads, back) {
			t.Errorf("%s: gradients %v, of the same pairs from the back %v", name, grads, back)
		}
		if grads[0] != grads[3] {
			t.Errorf("%s: equal pairs have gradients %v and %v", name, grads[0], grads[3])
		}
	}
}

func TestSums(t *testing.T) {
	s := defaults(0.2)
	parts := []Loss{build(t, "sigmoid", s), build(t, "bco_pair", s), build(t, "sft", s)}
	sum := Sum{{0.8, parts[0]}, {0.2, parts[1]}, {1, parts[2]}}
	losses, grads := sum.Batch(somePairs)
	for i := range somePairs {
		var loss float64
		var g Grad
		for j, w := range []float64{0.8, 0.2, 1} {
			l, d := parts[j].Batch(somePairs)
			loss += w * l[i]
			g.Chosen += w * d[i].Chosen
			g.Rejected += w * d[i].Rejected
		}
		if losses[i] != loss || grads[i] != g {
			t.Errorf("pair %d: %v %+v, want %v %+v", i, losses[i], grads[i], loss, g)
		}
	}
	// Cross-entropy over all chosen tokens of the batch, however it is cut.
	want := (3.1 + 30.5 + 8) / 17
	if got := mean(SFT{}, somePairs); math.Abs(got-want) > 1e-15 {
		t.Errorf("sft %v, want %v", got, want)
	}
	whole := SFT{MeanTokens: 17. / 3}
	if got := (mean(whole, somePairs[:1]) + 2*mean(whole, somePairs[1:])) / 3; math.Abs(got-want) > 1e-14 {
		t.Errorf("sft in two pieces %v, want %v", got, want)
	}
}

func TestDivergences(t *testing.T) {
	for _, tc := range []struct {
		d           Divergence
		u, s, slope float64
		clamped     bool
	}{
		{ReverseKL{}, -3, -3, 1, false},
		{ForwardKL{}, 2, -math.Exp(-2), math.Exp(-2), false},
		{ForwardKL{}, -80.5, -math.Exp(80), 0, true},
		{JensenShannon{}, 0, -math.Ln2, 0.5, false},
		{AlphaDivergence{0.5}, 2, -2 * math.Exp(-1), math.Exp(-1), false},
		{AlphaDivergence{0.5}, -161, -2 * math.Exp(80), 0, true},
		{AlphaDivergence{3}, 1, math.Exp(2) / 2, math.Exp(2), false},
		{AlphaDivergence{1 + 1e-7}, 5, 5, 1, false},
	} {
		s, slope := tc.d.Score(tc.u)
		if !close(s, tc.s, 1e-14) || !close(slope, tc.slope, 1e-14) || tc.d.Clamped(tc.u) != tc.clamped {
			t.Errorf("%#v at %v: %v, slope %v, clamped %v, want %+v", tc.d, tc.u, s, slope, tc.d.Clamped(tc.u), tc)
		}
	}
	if (Settings{Divergence: ForwardKLName}).Clamped(Pair{PolicyRejected: -50}) || !(Settings{Divergence: ForwardKLName}).Clamped(Pair{PolicyRejected: -90}) {
		t.Error("the clamped exponent of a rejected answer is not counted as it should be")
	}
}

func TestKTOWithoutPairs(t *testing.T) {
	if got := KLEstimate([]float64{1, -3, 0.5}); got != 0 {
		t.Errorf("kl of log-ratios with a negative mean is %v, want 0", got)
	}
	if got := KLEstimate([]float64{1, -0.5}); got != 0.25 {
		t.Errorf("kl %v, want .25", got)
	}
	l := KTO{Beta: 0.5, Desirable: 2, Undesirable: 3, KL: 0.25}
	losses, grads := l.Answers([]Answer{{Policy: -1, Reference: -2, Desirable: true}, {Policy: -1, Reference: -2}})
	for i, want := range []float64{2 * (1 - SigmoidOf(0.5*0.75)), 3 * (1 - SigmoidOf(-0.5*0.75))} {
		if math.Abs(losses[i]-want) > 1e-15 {
			t.Errorf("answer %d: loss %v, want %v", i, losses[i], want)
		}
	}
	p := Pair{PolicyChosen: -1, ReferenceChosen: -2, PolicyRejected: -1, ReferenceRejected: -2}
	loss, g := l.Pair(p)
	if loss != losses[0]+losses[1] || g != (Grad{grads[0], grads[1]}) {
		t.Errorf("as a pair: %v %+v, want the sum %v and %v", loss, g, losses, grads)
	}
}

func TestModifiers(t *testing.T) {
	losses, grads := []float64{1, 2}, []Grad{{1, -1}, {2, 3}}
	Weigh(losses, grads, []float64{0.5, 2})
	if !slices.Equal(losses, []float64{0.5, 4}) || !slices.Equal(grads, []Grad{{0.5, -0.5}, {4, 6}}) {
		t.Errorf("weighed: %v %v", losses, grads)
	}
	if got, want := WPOWeight(-0.5, 0.25), math.Exp(-0.25); got != want {
		t.Errorf("WPO weight %v, want %v", got, want)
	}
	if got := Desensitized(-10, -6, 0.5); got != -8 {
		t.Errorf("LD-DPO: %v, want -8", got)
	}
	reference := []float32{0, 1, -2}
	Mix(reference, []float32{1, 1, 2}, 0.25)
	if !slices.Equal(reference, []float32{0.25, 1, -1}) {
		t.Errorf("TR-DPO: %v", reference)
	}
}

func TestTableOfLosses(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Losses {
		if seen[k.Name] || k.Title == "" || k.Formula == "" || k.New == nil {
			t.Errorf("%s: a name twice, or a gap in its row", k.Name)
		}
		seen[k.Name] = true
		if k.Takes("reference-free") != k.Reference {
			t.Errorf("%s: reference %v, reference-free %v", k.Name, k.Reference, k.Takes("reference-free"))
		}
	}
	if len(Losses) != 23 {
		t.Errorf("%d losses, METHOD has 23", len(Losses))
	}
	if _, ok := Named("ppo"); ok {
		t.Error("ppo is no loss of this package")
	}
}

// The settings that a row names are those that make a difference, and no others.
func TestUsesAreTrue(t *testing.T) {
	change := map[string]func(*Settings){
		"label-smoothing":    func(s *Settings) { s.LabelSmoothing = 0.2 },
		"divergence":         func(s *Settings) { s.Divergence = JSName },
		"tau":                func(s *Settings) { s.Tau = 0.5 },
		"dpop-lambda":        func(s *Settings) { s.DPOPLambda = 3 },
		"rdpo-alpha":         func(s *Settings) { s.RDPOAlpha = 0.5 },
		"cpo-alpha":          func(s *Settings) { s.CPOAlpha = 2 },
		"orpo-lambda":        func(s *Settings) { s.ORPOLambda = 2 },
		"gamma":              func(s *Settings) { s.Gamma = 2 },
		"unlikelihood-alpha": func(s *Settings) { s.UnlikelihoodAlpha = 1 },
		"kto-desirable":      func(s *Settings) { s.KTODesirable = 2 },
		"kto-undesirable":    func(s *Settings) { s.KTOUndesirable = 2 },
		"bco-shift":          func(s *Settings) { s.Delta = 2 },
	}
	pairs := somePairs
	for _, k := range Losses {
		for name, set := range change {
			s := defaults(1)
			before := mean(k.New(s), pairs)
			set(&s)
			if changed := mean(k.New(s), pairs) != before; changed != k.Takes(name) {
				t.Errorf("%s: %s makes a difference: %v, its row says %v", k.Name, name, changed, k.Takes(name))
			}
		}
		l := k.New(defaults(1))
		for _, tc := range []struct {
			what string
			set  func(p *Pair, i int)
			want bool
		}{
			{"the reference", func(p *Pair, i int) { p.ReferenceChosen -= float64(1 + i) }, k.Reference},
			{"|y_w|", func(p *Pair, i int) { p.ChosenTokens += 1 + i }, k.Lengths >= ChosenLength},
			{"|y_l|", func(p *Pair, i int) { p.RejectedTokens += 1 + i }, k.Lengths == BothLengths},
		} {
			moved := slices.Clone(pairs)
			for i := range moved {
				tc.set(&moved[i], i)
			}
			if changed := mean(l, moved) != mean(l, pairs); changed != tc.want {
				t.Errorf("%s: %s makes a difference: %v, its row says %v", k.Name, tc.what, changed, tc.want)
			}
		}
	}
}
