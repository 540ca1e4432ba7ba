package e2e

import (
	"testing"

	"dpolab/wasm/bridge"
	"dpolab/wasm/e2e/internal/lab"
)

// TestExact: in Two words everything is counted. At step 0 the policy is the reference;
// trained, it has more reward at some distance, and never more than the frontier has.
func TestExact(t *testing.T) {
	p := open(t)
	if p.Has("exact") {
		t.Error("a world without end shows an exact table")
	}
	p.Click("preset")
	p.Click("preset-two-words")
	p.Until("the other preset", loading, func() bool { return p.Data("preset", "value") == "two-words" })
	ready(p)
	p.Until("the exact table", run, func() bool { return p.Data("exact-table", "step") == "0" })
	base := p.Value("exact-policy")
	if base != p.Value("exact-reference") || p.Data("exact-policy", "kl") != "0" {
		t.Errorf("before training the policy has reward %v at %s nats, the reference %v", base, p.Data("exact-policy", "kl"), p.Value("exact-reference"))
	}
	p.Click("train")
	phase(p, preset, "done")
	p.Until("the table of the trained policy", run, func() bool { return count(p.Data("exact-table", "step")) == steps(p) })
	if got := p.Value("exact-policy"); !(got > base) {
		t.Errorf("the expected reward went from %v to %v", base, got)
	}
	tables := lab.Heard[*bridge.ExactTable](p)
	last := tables[len(tables)-1]
	if best := frontier(last.Frontier, last.KLPolicy); !(last.KLPolicy > 0) || !(last.RewardPolicy <= best+1e-6) {
		t.Errorf("reward %v at %v nats; the frontier has %v there", last.RewardPolicy, last.KLPolicy, best)
	}
	t.Logf("reward %v at %v nats, the optimum at β %v has %v at %v", last.RewardPolicy, last.KLPolicy, last.Beta, last.RewardOptimum, last.KLOptimum)
	p.NoErrors()
}

// frontier is the best reward at a distance, from above: that of the next point.
func frontier(points [][2]float64, kl float64) float64 {
	for _, q := range points {
		if q[0] >= kl {
			return q[1]
		}
	}
	return points[len(points)-1][1]
}
