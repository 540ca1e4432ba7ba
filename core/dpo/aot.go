package dpo

import (
	"cmp"
	"slices"
)

// AOT is alignment via optimal transport on pairs (Melnyk et al. 2024, arXiv
// 2406.05882): the policy's margins of a batch should exceed the reference's in
// distribution, rank by rank: with d = sort(log π_w − log π_l) − sort(log ref_w − log ref_l),
// −(1−ε) log σ(βd) − ε log σ(−βd). Losses are of ranks, smallest first.
type AOT struct {
	Beta           float64
	LabelSmoothing float64 // ε, in [0, 0.5)
}

// Batch implements Loss.
func (l AOT) Batch(pairs []Pair) ([]float64, []Grad) {
	policy, reference := ranking(pairs, func(p Pair) float64 { return p.PolicyChosen - p.PolicyRejected }),
		ranking(pairs, func(p Pair) float64 { return p.ReferenceChosen - p.ReferenceRejected })
	losses, slopes := byRank(policy, reference, l.Beta, l.LabelSmoothing)
	grads := make([]Grad, len(pairs))
	for i, g := range policy.spread(slopes) {
		grads[i] = Grad{Chosen: g, Rejected: -g}
	}
	return losses, grads
}

// AOTUnpaired is the same of log-ratios: d = sort(a) − sort(b), so that every chosen
// answer of the batch is held against the rejected answer of its rank.
type AOTUnpaired struct {
	Beta           float64
	LabelSmoothing float64 // ε, in [0, 0.5)
}

// Batch implements Loss.
func (l AOTUnpaired) Batch(pairs []Pair) ([]float64, []Grad) {
	chosen := ranking(pairs, func(p Pair) float64 { a, _ := p.LogRatios(); return a })
	rejected := ranking(pairs, func(p Pair) float64 { _, b := p.LogRatios(); return b })
	losses, slopes := byRank(chosen, rejected, l.Beta, l.LabelSmoothing)
	grads, w, r := make([]Grad, len(pairs)), chosen.spread(slopes), rejected.spread(slopes)
	for i := range grads {
		grads[i] = Grad{Chosen: w[i], Rejected: -r[i]}
	}
	return losses, grads
}

// byRank holds x against y rank by rank: the loss of each rank and dL/dx, which is
// −dL/dy.
func byRank(x, y ranks, beta, smoothing float64) (losses, slopes []float64) {
	l := Sigmoid{Beta: beta, LabelSmoothing: smoothing}
	for k := range x.order {
		loss, g := l.Pair(Pair{PolicyChosen: x.values[x.order[k]], PolicyRejected: y.values[y.order[k]]})
		losses, slopes = append(losses, loss), append(slopes, g.Chosen)
	}
	return losses, slopes
}

// ranks are values with the order that sorts them.
type ranks struct {
	values []float64
	order  []int // order[k] is the index of the k-th smallest value
}

func ranking(pairs []Pair, value func(Pair) float64) (r ranks) {
	for i, p := range pairs {
		r.values, r.order = append(r.values, value(p)), append(r.order, i)
	}
	slices.SortStableFunc(r.order, func(i, j int) int { return cmp.Compare(r.values[i], r.values[j]) })
	return r
}

// spread brings slopes from ranks to the values they belong to. Equal values share
// theirs, so that the order of the pairs does not matter.
func (r ranks) spread(slopes []float64) []float64 {
	out := make([]float64, len(slopes))
	for lo := 0; lo < len(r.order); {
		hi, sum := lo, 0.0
		for ; hi < len(r.order) && r.values[r.order[hi]] == r.values[r.order[lo]]; hi++ {
			sum += slopes[hi]
		}
		hi = max(hi, lo+1) // NaN equals nothing
		for _, i := range r.order[lo:hi] {
			out[i] = sum / float64(hi-lo)
		}
		lo = hi
	}
	return out
}
