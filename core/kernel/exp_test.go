package kernel

import (
	"math"
	"testing"
)

// ulps is the distance of got from want in units of the float32 at want.
func ulps(got float32, want float64) float64 {
	w := float32(want)
	if got == w {
		return 0
	}
	unit := float64(math.Nextafter32(float32(math.Abs(float64(w))), math.MaxFloat32)) - math.Abs(float64(w))
	return math.Abs(float64(got)-want) / unit
}

func TestExpWithinTwoUlp(t *testing.T) {
	var x, y [1024]float32
	worst, at := 0.0, float32(0)
	check := func(n int) {
		Exp(y[:n], x[:n])
		for i := range n {
			want := math.Exp(float64(x[i]))
			if want < 0x1p-126 {
				if y[i] != 0 && y[i] != 0x1p-126 {
					t.Fatalf("exp(%g) = %g, want 0: no result may be subnormal", x[i], y[i])
				}
				continue
			}
			if u := ulps(y[i], want); u > worst {
				worst, at = u, x[i]
			}
		}
	}
	n := 0
	for bits := uint32(0); bits < math.Float32bits(110); bits += 1237 {
		for _, sign := range []uint32{0, 1 << 31} {
			v := math.Float32frombits(bits | sign)
			if v > 88.7228 {
				continue
			}
			x[n] = v
			if n++; n == len(x) {
				check(n)
				n = 0
			}
		}
	}
	check(n)
	if worst > 2 {
		t.Errorf("exp(%g) is off by %.2f ulp, want at most 2", at, worst)
	}
	t.Logf("largest error %.3f ulp at %g", worst, at)
}

func TestExpSpecialValues(t *testing.T) {
	inf := float32(math.Inf(1))
	nan := float32(math.NaN())
	cases := []struct{ x, want float32 }{
		{0, 1}, {float32(math.Copysign(0, -1)), 1}, {negInf, 0}, {inf, inf}, {nan, nan}, {-math.MaxFloat32, 0},
		{math.MaxFloat32, inf}, {89, inf}, {88.723, inf}, {-105, 0}, {-87.34, 0},
		{1e-30, 1}, {-1e-30, 1},
	}
	for _, c := range cases {
		for n := 1; n <= 33; n++ { // as a tail and inside a vector
			x := make([]float32, n)
			for i := range x {
				x[i] = c.x
			}
			Exp(x, x)
			for _, got := range x {
				if math.IsNaN(float64(c.want)) != math.IsNaN(float64(got)) || got == got && ulps(got, float64(c.want)) > 2 {
					t.Fatalf("exp(%g) = %g, want %g", c.x, got, c.want)
				}
			}
		}
	}
}
