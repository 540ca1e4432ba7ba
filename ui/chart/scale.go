package chart

import (
	"math"
	"strconv"
)

// scale maps values [lo,hi] linearly to pixels [from,to].
type scale struct{ lo, hi, from, to float64 }

func (s scale) px(v float64) float64 {
	return s.from + (v-s.lo)/(s.hi-s.lo)*(s.to-s.from)
}

func (s scale) value(px float64) float64 {
	return s.lo + (px-s.from)/(s.to-s.from)*(s.hi-s.lo)
}

// Step returns the round distance (1, 2 or 5 times a power of ten) that cuts
// span into at most n parts. A span that is not positive and finite gives 1.
func Step(span float64, n int) float64 {
	if !(span > 0) || math.IsInf(span, 1) || n < 1 {
		return 1
	}
	raw := span / float64(n)
	base := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5, 10} {
		if m*base >= raw*(1-1e-9) {
			return m * base
		}
	}
	return 10 * base
}

// Ticks returns the round values in [lo,hi], at most n+1 of them.
func Ticks(lo, hi float64, n int) []float64 {
	step := Step(hi-lo, n)
	var out []float64
	for k := math.Ceil(lo/step - 1e-9); k*step <= hi+step*1e-9; k++ {
		out = append(out, k*step+0) // +0: no negative zero
		if len(out) > n {
			break
		}
	}
	return out
}

// Label formats a tick with as many decimals as its distance step needs.
func Label(v, step float64) string {
	decimals := 0
	for step > 0 && decimals <= 6 && math.Abs(step-math.Round(step)) > 1e-6*step {
		step *= 10
		decimals++
	}
	if decimals > 6 || math.Abs(v) >= 1e6 {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	return minus(strconv.FormatFloat(v, 'f', decimals, 64))
}

// minus writes the minus sign that is as wide as a plus.
func minus(s string) string {
	if len(s) > 0 && s[0] == '-' {
		return "−" + s[1:]
	}
	return s
}

// extent widens [lo,hi] by the finite values of v.
func extent(lo, hi float64, v []float64) (float64, float64) {
	for _, y := range v {
		if !math.IsNaN(y) && !math.IsInf(y, 0) {
			lo, hi = math.Min(lo, y), math.Max(hi, y)
		}
	}
	return lo, hi
}
