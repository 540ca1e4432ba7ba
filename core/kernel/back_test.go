package kernel

import (
	"math"
	"testing"
)

// The forward formulas in float64, to differentiate by central differences.

func softmax64(x []float64, scale float64) []float64 {
	var s float64
	p := make([]float64, len(x))
	for i, v := range x {
		p[i] = math.Exp(scale * v)
		s += p[i]
	}
	for i := range p {
		p[i] /= s
	}
	return p
}

func rmsNorm64(x, w []float64, eps float64) []float64 {
	var s float64
	for _, v := range x {
		s += v * v
	}
	y := make([]float64, len(x))
	for i := range y {
		y[i] = x[i] / math.Sqrt(s/float64(len(x))+eps) * w[i]
	}
	return y
}

func swiGLU64(gate, up []float64) []float64 {
	y := make([]float64, len(gate))
	for i, g := range gate {
		y[i] = g / (1 + math.Exp(-g)) * up[i]
	}
	return y
}

func rotary64(x, cos, sin []float64) []float64 {
	h := len(cos)
	y := make([]float64, len(x))
	for j := range h {
		y[j] = x[j]*cos[j] - x[j+h]*sin[j]
		y[j+h] = x[j+h]*cos[j] + x[j]*sin[j]
	}
	return y
}

func wide(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

// gradient is d(Σ f(x)·dy)/dx by central differences.
func gradient(f func(x []float64) []float64, x, dy []float32) []float64 {
	const h = 1e-5
	at := wide(x)
	value := func() (s float64) {
		for i, v := range f(at) {
			s += v * float64(dy[i])
		}
		return s
	}
	g := make([]float64, len(x))
	for i, v := range at {
		at[i] = v + h
		up := value()
		at[i] = v - h
		g[i] = (up - value()) / (2 * h)
		at[i] = v
	}
	return g
}

// near compares got with want, where got started from base.
func near(t *testing.T, name string, got, base []float32, want []float64) {
	t.Helper()
	for i := range got {
		w := want[i] + float64(base[i])
		if math.Abs(float64(got[i])-w) > 2e-6*(1+math.Abs(w)) {
			t.Errorf("%s[%d] = %g, want %g", name, i, got[i], w)
		}
	}
}

func TestForwardAgainstFloat64(t *testing.T) {
	r := random(10)
	for _, n := range []int{2, 16, 38, 100} {
		x, w, y, zero := guardedRandom(r, n).data, guardedRandom(r, n).data, make([]float32, n), make([]float32, n)
		Softmax(y, x, 0.7)
		near(t, "Softmax", y, zero, softmax64(wide(x), 0.7))
		RMSNorm(y, x, w, 1e-5)
		near(t, "RMSNorm", y, zero, rmsNorm64(wide(x), wide(w), 1e-5))
		SwiGLU(y, x, w)
		near(t, "SwiGLU", y, zero, swiGLU64(wide(x), wide(w)))
		cos, sin := w[:n/2], w[n/2:]
		Rotary(y, x, cos, sin)
		near(t, "Rotary", y, zero, rotary64(wide(x), wide(cos), wide(sin)))
	}
}

func TestSoftmaxBackAgainstDifferences(t *testing.T) {
	r := random(11)
	const n, scale = 37, 0.6
	x, dy := guardedRandom(r, n).data, guardedRandom(r, n).data
	p, dx := make([]float32, n), make([]float32, n)
	Softmax(p, x, scale)
	SoftmaxBack(dx, p, dy, scale)
	near(t, "dx", dx, make([]float32, n), gradient(func(x []float64) []float64 { return softmax64(x, scale) }, x, dy))
}

func TestRMSNormBackAgainstDifferences(t *testing.T) {
	r := random(12)
	const n, eps = 37, 1e-5
	x, w, dy := guardedRandom(r, n).data, guardedRandom(r, n).data, guardedRandom(r, n).data
	baseX, baseW := guardedRandom(r, n).data, guardedRandom(r, n).data
	dx, dw := guardedCopy(baseX).data, guardedCopy(baseW).data
	rstd := RMSNorm(make([]float32, n), x, w, eps)
	RMSNormBack(dx, dw, dy, x, w, rstd)
	near(t, "dx", dx, baseX, gradient(func(x []float64) []float64 { return rmsNorm64(x, wide(w), eps) }, x, dy))
	near(t, "dw", dw, baseW, gradient(func(w []float64) []float64 { return rmsNorm64(wide(x), w, eps) }, w, dy))

	frozen := guardedCopy(baseX).data
	RMSNormBack(frozen, nil, dy, x, w, rstd)
	sameBits(t, "dx with a frozen gain", frozen, dx)
}

func TestSwiGLUBackAgainstDifferences(t *testing.T) {
	r := random(13)
	const n = 37
	gate, up, dy := guardedRandom(r, n).data, guardedRandom(r, n).data, guardedRandom(r, n).data
	baseG, baseU := guardedRandom(r, n).data, guardedRandom(r, n).data
	dgate, dup := guardedCopy(baseG).data, guardedCopy(baseU).data
	SwiGLUBack(dgate, dup, dy, gate, up)
	near(t, "dgate", dgate, baseG, gradient(func(g []float64) []float64 { return swiGLU64(g, wide(up)) }, gate, dy))
	near(t, "dup", dup, baseU, gradient(func(u []float64) []float64 { return swiGLU64(wide(gate), u) }, up, dy))
}

func TestSwiGLUSaturates(t *testing.T) {
	gate := []float32{-200, -100, 100, 200}
	up := []float32{1, 1, 1, 1}
	y, dgate, dup := make([]float32, 4), make([]float32, 4), make([]float32, 4)
	SwiGLU(y, gate, up)
	SwiGLUBack(dgate, dup, up, gate, up)
	for i, want := range []float32{0, 0, 100, 200} {
		if math.Abs(float64(y[i]-want)) > 1e-30 || dup[i] != y[i] {
			t.Errorf("silu(%g) = %g, dup %g, want %g", gate[i], y[i], dup[i], want)
		}
		if slope := []float32{0, 0, 1, 1}[i]; math.Abs(float64(dgate[i]-slope)) > 1e-30 {
			t.Errorf("silu'(%g) = %g, want %g", gate[i], dgate[i], slope)
		}
	}
}

func TestRotaryBackAgainstDifferences(t *testing.T) {
	r := random(14)
	const d = 38
	x, dy, base := guardedRandom(r, d).data, guardedRandom(r, d).data, guardedRandom(r, d).data
	cos, sin := guardedRandom(r, d/2).data, guardedRandom(r, d/2).data
	dx := guardedCopy(base).data
	RotaryBack(dx, dy, cos, sin)
	near(t, "dx", dx, base, gradient(func(x []float64) []float64 { return rotary64(x, wide(cos), wide(sin)) }, x, dy))
	y := make([]float32, d)
	Rotary(y, x, cos, sin)
	Rotary(x, x, cos, sin)
	sameBits(t, "in place", x, y)
}
