package kernel

import "math"

var posInf, negInf = float32(math.Inf(1)), float32(math.Inf(-1))

// Constants of exp: x = n·ln2 + r with |r| <= ln2/2, exp(x) = 2^n·exp(r), and
// exp(r) = 1 + r + r²·q(r) with the minimax polynomial q of Cephes' expf
// (Moshier, 1989). n·expLn2Hi is exact, because expLn2Hi has nine bits.
const (
	expLow    = -87.33654 // exp is 0 below: less than the smallest normal number
	expHigh   = 88.72283  // exp is +Inf above
	expRound  = 12582912  // 1.5·2^23: adding it rounds to an integer, which is then in the low bits
	expLog2E  = 1.4426950408889634
	expLn2Hi  = 0.693359375
	expLn2Lo  = -2.12194440e-4
	expQ0     = 5.0000001201e-1
	expQ1     = 1.6666665459e-1
	expQ2     = 4.1665795894e-2
	expQ3     = 8.3334519073e-3
	expQ4     = 1.3981999507e-3
	expQ5     = 1.9875691500e-4
	floatBits = 23 // of the fraction of a float32
)

// Exp sets dst[i] = e^x[i], within 2 ulp, the same bits on every machine.
// exp(-Inf) is 0, exp(+Inf) and overflow are +Inf, exp(NaN) is NaN. A result
// below the smallest normal number is 0: subnormal probabilities would make
// every product they enter about fifty times slower. dst may be x.
func Exp(dst, x []float32) {
	if len(dst) != len(x) {
		unequal("Exp", len(dst), len(x))
	}
	expAffine(dst, x, 1, 0)
}

// refExpAffine sets dst[i] = exp(scale*x[i] - shift).
func refExpAffine(dst, x []float32, scale, shift float32) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] = exp(float32(scale*x[i]) - shift)
	}
}

// exp is the scalar of Exp.
func exp(x float32) float32 {
	if !(x >= expLow) {
		if x < expLow {
			return 0
		}
		return x // NaN
	}
	if x > expHigh {
		return posInf
	}
	t := float32(x*expLog2E) + expRound
	n := t - expRound
	r := x - float32(n*expLn2Hi)
	r -= float32(n * expLn2Lo)
	q := float32(expQ5*r) + expQ4
	q = float32(q*r) + expQ3
	q = float32(q*r) + expQ2
	q = float32(q*r) + expQ1
	q = float32(q*r) + expQ0
	p := float32(float32(q*r)*r) + r + 1
	return math.Float32frombits(math.Float32bits(p) + math.Float32bits(t)<<floatBits) // p·2^n
}
