// Package exact computes what other packages estimate: where the answers to a prompt
// can all be listed, sums over them are exact. It holds the optimum that DPO is
// derived from and its frontier of reward against KL (Rafailov et al. 2023, arXiv
// 2305.18290, eq. 4), the optima of two-action bandits, and the distribution of a
// model over a list of answers.
//
// A distribution is a slice of probabilities, one for each outcome, that sum to 1.
// Rewards stand in the same order. Sums over a world's answers have one outcome more,
// the last: "any other text", whose reward is 0.
//
// The package trains nothing and knows no world: the host hands it answers and rewards.
package exact

import "math"

// Optimum is the policy that maximises expected reward less beta times
// KL(policy‖reference), eq. 4 of the DPO paper:
//
//	pi[i] = ref[i]·exp(reward[i]/beta) / Z
//
// with its KL from the reference in nats and log Z. It is computed in log space and
// holds for any beta, the limits included: +Inf gives the reference, 0 the reference
// restricted to the best outcomes it can give. An outcome the reference never gives
// stays at 0. ref and reward have the same length and are not changed. At beta 0 log Z
// has no meaning.
func Optimum(ref, reward []float64, beta float64) (pi []float64, kl, logZ float64) {
	best := math.Inf(-1)
	for i, p := range ref {
		if p > 0 {
			best = max(best, reward[i])
		}
	}
	pi = make([]float64, len(ref))
	logs := make([]float64, len(ref)) // of exp((reward-best)/beta), at most 0
	z := 0.0                          // Z·exp(-best/beta)
	for i, p := range ref {
		if less := best - reward[i]; p > 0 && less > 0 {
			logs[i] = -less / beta
		}
		pi[i] = p * math.Exp(logs[i])
		z += pi[i]
	}
	for i := range pi {
		pi[i] /= z
		if pi[i] > 0 {
			kl += pi[i] * (logs[i] - math.Log(z))
		}
	}
	return pi, max(0, kl), best/beta + math.Log(z)
}

// KL is the divergence Σ p·log(p/q) in nats, +Inf where q excludes what p gives.
// With "any other text" as one outcome it is at most the KL over all texts.
func KL(p, q []float64) float64 {
	sum := 0.0
	for i, p := range p {
		if p > 0 {
			sum += p * (math.Log(p) - math.Log(q[i]))
		}
	}
	return max(0, sum)
}

// Entropy is −Σ p·log p in nats.
func Entropy(p []float64) float64 {
	sum := 0.0
	for _, p := range p {
		if p > 0 {
			sum -= p * math.Log(p)
		}
	}
	return sum
}

// Expected is Σ p·reward.
func Expected(p, reward []float64) float64 {
	sum := 0.0
	for i, p := range p {
		sum += p * reward[i]
	}
	return sum
}
