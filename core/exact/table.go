package exact

import (
	"cmp"
	"slices"
)

// Row is one outcome in the eyes of three distributions.
type Row struct {
	Outcome              int // its index
	Ref, Policy, Optimum float64
	Reward               float64
}

// Table lists the outcomes that are among the k likeliest of any of the three
// distributions, for a page to show as bars: the optimum's likeliest first, then by
// policy, then by reference, then by index. The slices have the same length.
func Table(ref, policy, optimum, reward []float64, k int) []Row {
	rows := make([]Row, len(ref))
	for i := range rows {
		rows[i] = Row{Outcome: i, Ref: ref[i], Policy: policy[i], Optimum: optimum[i], Reward: reward[i]}
	}
	shown := make([]bool, len(ref))
	for _, by := range [...]func(Row) float64{
		func(r Row) float64 { return r.Ref },
		func(r Row) float64 { return r.Policy },
		func(r Row) float64 { return r.Optimum }, // last, for the order of the rows
	} {
		slices.SortStableFunc(rows, func(a, b Row) int { return cmp.Compare(by(b), by(a)) })
		for _, r := range rows[:min(k, len(rows))] {
			shown[r.Outcome] = true
		}
	}
	return slices.DeleteFunc(rows, func(r Row) bool { return !shown[r.Outcome] })
}
