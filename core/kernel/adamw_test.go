package kernel

import (
	"math"
	"testing"
)

// Two hundred steps of the update in float64, as torch does it: m and v too.
func TestAdamWAgainstFloat64(t *testing.T) {
	r := random(21)
	const n = 21
	w, m, v := guardedRandom(r, n).data, make([]float32, n), make([]float32, n)
	w64, m64, v64 := wide(w), make([]float64, n), make([]float64, n)
	o := AdamW{Rate: 1e-2, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Decay: 0.1}
	const b1, b2 = 0.9, 0.999
	for step := 1; step <= 200; step++ {
		c1, c2 := 1-math.Pow(b1, float64(step)), 1-math.Pow(b2, float64(step))
		o.Correction1, o.Correction2 = float32(c1), float32(c2)
		g := guardedRandom(r, n).data
		o.Update(w, g, m, v)
		for i, gi := range wide(g) {
			m64[i] = b1*m64[i] + (1-b1)*gi
			v64[i] = b2*v64[i] + (1-b2)*gi*gi
			w64[i] *= 1 - float64(o.Rate)*float64(o.Decay)
			w64[i] -= float64(o.Rate) / c1 * m64[i] / (math.Sqrt(v64[i]/c2) + float64(o.Eps))
		}
	}
	near(t, "m", m, make([]float32, n), m64)
	near(t, "v", v, make([]float32, n), v64)
	for i := range w {
		if math.Abs(float64(w[i])-w64[i]) > 3e-6*(1+math.Abs(w64[i])) {
			t.Errorf("w[%d] = %g, want %g", i, w[i], w64[i])
		}
	}
}

func TestAdamWKeepsNoSubnormalMoments(t *testing.T) {
	for _, n := range []int{1, 3, 16, 21} {
		w, g, m, v := make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
		for i := range m {
			m[i], v[i] = -1e-3, 1e-3
		}
		nan := float32(math.NaN())
		m[n-1] = nan
		for range 1000 {
			AdamW{Rate: 1, Beta1: 0.5, Beta2: 0.5, Eps: 1e-8, Correction1: 1, Correction2: 1}.Update(w, g, m, v)
		}
		for i := range n - 1 {
			if m[i] != 0 || v[i] != 0 {
				t.Errorf("%d elements: m[%d] = %g, v[%d] = %g after 1000 steps without a gradient, want 0", n, i, m[i], i, v[i])
			}
		}
		if m[n-1] == m[n-1] || w[n-1] == w[n-1] {
			t.Errorf("%d elements: a NaN in m was lost", n)
		}
	}
}
