package exact

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats"

	"dpolab/core/dpo"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %.9f, want %.9f to %g", what, got, want, tolerance)
	}
}

// METHOD.md's number for eq. 4.
func TestOptimum(t *testing.T) {
	pi, kl, logZ := Optimum([]float64{0.5, 0.3, 0.2}, []float64{1, 0, -1}, 1)
	for i, want := range []float64{0.784399, 0.173139, 0.042463} {
		near(t, "pi", pi[i], want, 1e-6)
	}
	near(t, "KL", kl, 0.192245, 1e-6)
	near(t, "beta ln Z", logZ, 0.549691, 1e-6)
}

// The optimum is the best of many policies, and its value is beta·log Z.
func TestOptimumIsBest(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		n, beta := 2+r.IntN(6), math.Exp(r.NormFloat64())
		ref, reward := randomPolicy(r, n), make([]float64, n)
		for i := range reward {
			reward[i] = r.Float64()
		}
		value := func(p []float64) float64 { return Expected(p, reward) - beta*KL(p, ref) }
		pi, kl, logZ := Optimum(ref, reward, beta)
		near(t, "value of the optimum", value(pi), beta*logZ, 1e-12)
		near(t, "KL of the optimum", kl, KL(pi, ref), 1e-12)
		near(t, "sum of the optimum", floats.Sum(pi), 1, 1e-12)
		for range 20 {
			if p := randomPolicy(r, n); value(p) > value(pi) {
				t.Errorf("policy %v has value %v at beta %v, more than the optimum's %v", p, value(p), beta, value(pi))
			}
		}
	}
}

func randomPolicy(r *rand.Rand, n int) []float64 {
	p := make([]float64, n)
	for i := range p {
		p[i] = r.ExpFloat64()
	}
	floats.Scale(1/floats.Sum(p), p)
	return p
}

func TestOptimumAtTheEnds(t *testing.T) {
	ref, reward := []float64{0.5, 0.2, 0.3, 0}, []float64{-1, 1, 1, 9}
	pi, kl, logZ := Optimum(ref, reward, math.Inf(1))
	if !floats.Equal(pi, ref) || kl != 0 || logZ != 0 {
		t.Errorf("at beta +Inf: %v, KL %v, log Z %v, want the reference, 0, 0", pi, kl, logZ)
	}
	for _, beta := range []float64{0, 1e-300, 1e-6, 1e-3} {
		pi, kl, _ := Optimum(ref, reward, beta)
		if !floats.EqualApprox(pi, []float64{0, 0.4, 0.6, 0}, 1e-15) {
			t.Errorf("at beta %g: %v, want the reference's share of the best outcomes it gives", beta, pi)
		}
		near(t, "KL of the best", kl, -math.Log(0.5), 1e-12)
	}
}

func TestFrontier(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for range 20 {
		n := 2 + r.IntN(50)
		ref, reward := randomPolicy(r, n), make([]float64, n)
		for i := range reward {
			reward[i] = r.Float64()
		}
		f := Frontier(ref, reward, Betas(1e-3, 1e3, 200))
		near(t, "reward at the largest beta", f[0].Reward, Expected(ref, reward), 1e-3)
		near(t, "KL at the largest beta", f[0].KL, 0, 1e-6)
		end := Frontier(ref, reward, []float64{0})[0]
		best := floats.MaxIdx(reward)
		near(t, "reward at beta 0", end.Reward, reward[best], 1e-12)
		near(t, "KL at beta 0", end.KL, -math.Log(ref[best]), 1e-12)
		slope := math.Inf(1)
		for i := 1; i < len(f); i++ {
			kl, gain := f[i].KL-f[i-1].KL, f[i].Reward-f[i-1].Reward
			if kl < -1e-14 || gain < -1e-14 {
				t.Fatalf("from beta %v to %v KL grows by %g and reward by %g, want neither to fall", f[i-1].Beta, f[i].Beta, kl, gain)
			}
			if kl < 1e-9 {
				continue
			}
			// The slope of the curve is beta, so a chord's lies between.
			if s := gain / kl; s > slope*(1+1e-6) || s > f[i-1].Beta*(1+1e-6) || s < f[i].Beta*(1-1e-6) {
				t.Errorf("between beta %v and %v the curve rises by %v a nat, before by %v: want it concave and between the betas", f[i-1].Beta, f[i].Beta, s, slope)
			} else {
				slope = s
			}
		}
		at := At(ref, reward, f[120].KL)
		near(t, "reward at a KL", at.Reward, f[120].Reward, 1e-9)
		if got := At(ref, reward, end.KL+1); got != end {
			t.Errorf("At beyond the end is %+v, want %+v", got, end)
		}
	}
}

func TestMeanIsTheFrontierOfMeans(t *testing.T) {
	a, b := []float64{0.9, 0.1}, []float64{0.3, 0.7}
	reward := []float64{0, 1}
	betas := []float64{1, 0.3}
	m := Mean(Frontier(a, reward, betas), Frontier(b, reward, betas))
	for i, beta := range betas {
		// No other pair of policies with this mean KL has more reward: search one of the two.
		best := 0.0
		for p := 0.0; p <= 1; p += 1e-4 {
			left := 2*m[i].KL - KL([]float64{1 - p, p}, a)
			if left >= 0 {
				best = max(best, (p+At(b, reward, left).Reward)/2)
			}
		}
		near(t, "best mean reward", m[i].Reward, best, 1e-6)
		if m[i].Beta != beta {
			t.Errorf("point %d has beta %v, want %v", i, m[i].Beta, beta)
		}
	}
}

func TestKLAndEntropy(t *testing.T) {
	near(t, "KL", KL([]float64{0.5, 0.5, 0}, []float64{0.25, 0.5, 0.25}), 0.5*math.Ln2, 1e-15)
	if kl := KL([]float64{0.5, 0.5}, []float64{1, 0}); !math.IsInf(kl, 1) {
		t.Errorf("KL from what excludes an outcome is %v, want +Inf", kl)
	}
	near(t, "entropy", Entropy([]float64{0.5, 0.25, 0.25, 0}), 1.5*math.Ln2, 1e-15)
}

// Deterministic preferences in a bandit from an even reference: IPO's loss stops at
// σ(1/2τ), DPO's has no end. The real losses are descended.
func TestBandit(t *testing.T) {
	for _, c := range []struct{ tau, want float64 }{{0.1, 0.993307}, {0.5, 0.731059}, {1, 0.622459}, {5, 0.524979}} {
		near(t, "IPO's optimum", AtGap(0.5, IPOGap(1, c.tau)), c.want, 1e-6)
		near(t, "where IPO's loss ends", AtGap(0.5, descend(1000, 0.1, 1, dpo.IPOSum{Beta: c.tau})), c.want, 1e-6)
		rate := 1 / (c.tau * c.tau)
		few, many := descend(1000, rate, 1, dpo.Sigmoid{Beta: c.tau}), descend(100000, rate, 1, dpo.Sigmoid{Beta: c.tau})
		if many < few+3/c.tau || AtGap(0.5, many) < AtGap(0.5, few) {
			t.Errorf("beta %v: DPO's gap is %v after 1,000 updates and %v after 100,000, want it to grow on", c.tau, few, many)
		}
		if p := AtGap(0.5, DPOGap(1, c.tau)); p != 1 {
			t.Errorf("DPO's optimum is %v, want 1", p)
		}
	}
}

// With a judge who is not sure both optima are finite.
func TestBanditWithAnUnsureJudge(t *testing.T) {
	const p, beta = 0.8, 0.5
	near(t, "DPO's gap", descend(10000, 1, p, dpo.Sigmoid{Beta: beta}), DPOGap(p, beta), 1e-9)
	near(t, "IPO's gap", descend(1000, 0.1, p, dpo.IPOSum{Beta: beta}), IPOGap(p, beta), 1e-9)
	// Eq. 4 agrees with DPO's optimum, from any reference, under the rewards that made
	// the judge (Bradley and Terry).
	pi, _, _ := Optimum([]float64{0.3, 0.7}, []float64{math.Log(p / (1 - p)), 0}, beta)
	near(t, "DPO's optimum", AtGap(0.3, DPOGap(p, beta)), pi[0], 1e-12)
}

// descend follows the expected loss down from a gap of 0, the first action being
// preferred with probability p.
func descend(steps int, rate, p float64, l dpo.Pairwise) float64 {
	gap := 0.0
	for range steps {
		_, first := l.Pair(dpo.Pair{PolicyChosen: gap})
		_, second := l.Pair(dpo.Pair{PolicyRejected: gap})
		gap -= rate * (p*first.Chosen + (1-p)*second.Rejected)
	}
	return gap
}

func TestTable(t *testing.T) {
	ref, policy := []float64{0.4, 0.3, 0.2, 0.1, 0}, []float64{0.1, 0.1, 0.1, 0.1, 0.6}
	optimum, reward := []float64{0, 0.3, 0.4, 0.3, 0}, []float64{0, 1, 2, 3, 4}
	var got []int
	for _, row := range Table(ref, policy, optimum, reward, 1) {
		got = append(got, row.Outcome)
		if i := row.Outcome; row != (Row{i, ref[i], policy[i], optimum[i], reward[i]}) {
			t.Errorf("row %+v does not stand for outcome %d", row, i)
		}
	}
	if want := []int{2, 4, 0}; !slices.Equal(got, want) {
		t.Errorf("the table has outcomes %v, want %v", got, want)
	}
	if n := len(Table(ref, policy, optimum, reward, 99)); n != 5 {
		t.Errorf("the whole table has %d rows, want 5", n)
	}
}
