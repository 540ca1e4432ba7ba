package chart

import "math"

// Downsample thins a line to at most limit points, keeping the lowest and the
// highest of every stretch, so that no spike is lost. Values that are not finite
// are left out. The inputs have the same length and x rises.
func Downsample(x, y []float64, limit int) (xs, ys []float64) {
	for i := range x {
		if !math.IsNaN(y[i]) && !math.IsInf(y[i], 0) {
			xs, ys = append(xs, x[i]), append(ys, y[i])
		}
	}
	if len(xs) <= limit || limit < 4 {
		return xs, ys
	}
	buckets := (limit - 2) / 2
	inner := len(xs) - 2 // the first and the last point always stay
	ox, oy := xs[:1:1], ys[:1:1]
	for b := range buckets {
		from, to := 1+b*inner/buckets, 1+(b+1)*inner/buckets
		lo, hi := from, from
		for i := from; i < to; i++ {
			if ys[i] < ys[lo] {
				lo = i
			}
			if ys[i] > ys[hi] {
				hi = i
			}
		}
		first, second := min(lo, hi), max(lo, hi)
		ox, oy = append(ox, xs[first]), append(oy, ys[first])
		if second != first {
			ox, oy = append(ox, xs[second]), append(oy, ys[second])
		}
	}
	last := len(xs) - 1
	return append(ox, xs[last]), append(oy, ys[last])
}
