package dpo

import "math"

// WPOWeight is the weight of a pair in weighted preference optimisation (Zhou et al.
// 2024, arXiv 2406.11827, eq. 2): how likely the policy itself is to give the two
// answers. chosen and rejected are means over the answer's tokens of
// log p − log Σ_v p_v². The weight takes no gradient.
func WPOWeight(chosen, rejected float64) float64 { return math.Exp(chosen + rejected) }

// Weigh multiplies what Batch returned by a weight for each pair.
func Weigh(losses []float64, grads []Grad, weights []float64) {
	for i, w := range weights {
		losses[i] *= w
		grads[i].Chosen *= w
		grads[i].Rejected *= w
	}
}

// Desensitized is an answer's log-probability in LD-DPO (Liu et al. 2024, arXiv
// 2409.06411): tokens past the length of the pair's shorter answer count α. all is
// the sum over the answer's tokens, shared that over the tokens both have; the
// derivative with respect to a token past them is α times that of a shared one.
func Desensitized(all, shared, alpha float64) float64 {
	if alpha == 1 {
		return all
	}
	return shared + alpha*(all-shared)
}

// Mix moves a reference towards the policy, as TR-DPO does every n steps (Gorbatovski
// et al. 2024, arXiv 2404.09656, eq. 5): reference = α·policy + (1−α)·reference.
// Products are rounded by themselves, so that the bits do not depend on the machine.
func Mix(reference, policy []float32, alpha float64) {
	a, b := float32(alpha), float32(1-alpha)
	for i, p := range policy {
		reference[i] = float32(a*p) + float32(b*reference[i])
	}
}
