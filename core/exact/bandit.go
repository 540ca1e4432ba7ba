package exact

import "math"

// A two-action bandit: the reference gives the first action with probability ref, and
// a judge prefers it with probability p. Both losses see only the gap
// h = log π(1)/ref(1) − log π(2)/ref(2), and their optimum is a gap.

// DPOGap is where DPO's expected loss −p·log σ(βh) − (1−p)·log σ(−βh) is least:
// logit(p)/beta. With deterministic preferences, p = 1, it is +Inf whatever beta.
func DPOGap(p, beta float64) float64 { return (math.Log(p) - math.Log1p(-p)) / beta }

// IPOGap is where IPO's expected loss p·(h − 1/2τ)² + (1−p)·(h + 1/2τ)² is least:
// (p − 1/2)/tau. It is finite for deterministic preferences too: 1/(2·tau) (Azar et
// al. 2023, arXiv 2310.12036, section 5).
func IPOGap(p, tau float64) float64 { return (p - 0.5) / tau }

// AtGap is the probability of the first action at a gap: from an even reference,
// σ(gap), and 1 where the gap is +Inf. ref lies between 0 and 1, both excluded.
func AtGap(ref, gap float64) float64 {
	return 1 / (1 + math.Exp(-gap)*(1-ref)/ref)
}
