package chart

import "sort"

// Spread moves places on a line apart until each two differ by gap, as little as
// may be, within [lo,hi] if they fit. It returns the new places in want's order.
func Spread(want []float64, gap, lo, hi float64) []float64 {
	order := make([]int, len(want))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool { return want[order[i]] < want[order[j]] })
	out := append([]float64(nil), want...)
	at := lo
	for _, i := range order { // push down
		out[i] = max(out[i], at)
		at = out[i] + gap
	}
	at = hi
	for k := len(order) - 1; k >= 0; k-- { // and back up
		i := order[k]
		out[i] = min(out[i], at)
		at = out[i] - gap
	}
	return out
}
