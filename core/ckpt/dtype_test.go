package ckpt

import (
	"math"
	"strings"
	"testing"
)

// halfValue is binary16 by its definition, in float64.
func halfValue(h uint16) float64 {
	sign := 1 - 2*float64(h>>15)
	exp, frac := int(h>>10&0x1f), float64(h&0x3ff)
	switch exp {
	case 0:
		return sign * math.Ldexp(frac, -24)
	case 0x1f:
		if frac != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(1024+frac, exp-25)
}

func brainValue(h uint16) float64 { return float64(math.Float32frombits(uint32(h) << 16)) }

// TestRounding goes through all numbers of a 16-bit type: each is kept, what lies
// half way to the next goes to the even one, and what lies just beside it to the
// nearer one.
func TestRounding(t *testing.T) {
	for _, tc := range []struct {
		dtype DType
		value func(uint16) float64
		inf   uint16
	}{{F16, halfValue, 0x7c00}, {BF16, brainValue, 0x7f80}} {
		for h := range tc.inf {
			this, next := tc.value(h), tc.value(h+1)
			if h+1 == tc.inf { // the next number if the exponent went on
				next = 2*this - tc.value(h-1)
			}
			middle := float32((this + next) / 2)
			even, up := h+h&1, h+1
			for _, c := range []struct {
				x    float32
				want uint16
			}{
				{float32(this), h},
				{middle, even},
				{math.Nextafter32(middle, 0), h},
				{math.Nextafter32(middle, float32(math.Inf(1))), up},
			} {
				checkCode(t, tc.dtype, c.x, c.want, c.want >= tc.inf)
				checkCode(t, tc.dtype, -c.x, c.want|0x8000, c.want >= tc.inf)
			}
		}
	}
}

// checkCode checks the code of x, or that x is refused as too large.
func checkCode(t *testing.T, dtype DType, x float32, want uint16, tooLarge bool) {
	t.Helper()
	x1, err := FromFloat32("a", dtype, nil, []float32{x})
	if tooLarge || err != nil {
		if !tooLarge || err == nil {
			t.Fatalf("%v of %g: error %v, want one: %t", dtype, x, err, tooLarge)
		}
		return
	}
	if got := uint16(x1.Data[0]) | uint16(x1.Data[1])<<8; got != want {
		t.Fatalf("%v of %g (%#08x) is %#04x, want %#04x", dtype, x, math.Float32bits(x), got, want)
	}
}

// TestDecode decodes all codes of the 16-bit types.
func TestDecode(t *testing.T) {
	for dtype, value := range map[DType]func(uint16) float64{F16: halfValue, BF16: brainValue} {
		var x [1]float32
		for h := range 1 << 16 {
			tensor := Tensor{DType: dtype, Data: []byte{byte(h), byte(h >> 8)}}
			if err := tensor.Float32s(x[:]); err != nil {
				t.Fatal(err)
			}
			want := value(uint16(h))
			if got := float64(x[0]); got != want && !(math.IsNaN(got) && math.IsNaN(want)) || math.Signbit(got) != (h >= 1<<15) {
				t.Fatalf("%v %#04x is %g, want %g", dtype, h, got, want)
			}
		}
	}
}

func TestNotFinite(t *testing.T) {
	nan := math.Float32frombits(0x7f800001) // its set bit would be lost
	x := []float32{float32(math.Inf(1)), float32(math.Inf(-1)), nan}
	for _, dtype := range []DType{F32, F16, BF16} {
		y := make([]float32, 3)
		if err := encode(t, "a", dtype, []int{3}, x).Float32s(y); err != nil {
			t.Fatal(err)
		}
		if !math.IsInf(float64(y[0]), 1) || !math.IsInf(float64(y[1]), -1) || y[2] == y[2] {
			t.Errorf("%v: %v became %v", dtype, x, y)
		}
	}
}

func TestConversionErrors(t *testing.T) {
	_, overflow := FromFloat32("w", F16, []int{1, 2}, []float32{1, 70000})
	_, size := FromFloat32("w", F32, []int{3}, []float32{1, 2})
	_, dtype := FromFloat32("w", 9, []int{1}, []float32{1})
	short := Tensor{Name: "w", Data: make([]byte, 8)}.Float32s(make([]float32, 3))
	for want, err := range map[string]error{
		`tensor "w": element 1 is 70000, too large for F16`: overflow,
		`tensor "w": 2 numbers for shape [3]`:               size,
		`DType(9) is not a type`:                            dtype,
		`tensor "w": 8 bytes of F32 into 3 numbers`:         short,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
