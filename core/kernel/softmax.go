package kernel

import (
	"fmt"
	"math"
)

// Softmax sets one row dst = softmax(scale*x), with scale > 0. dst may be x.
// -Inf gives 0; a row of only -Inf gives NaN.
//
//	m := max(x); for i { dst[i] = exp(scale*x[i] - scale*m) }; dst /= Σ dst
func Softmax(dst, x []float32, scale float32) {
	if len(dst) != len(x) {
		unequal("Softmax", len(dst), len(x))
	}
	expAffine(dst, x, scale, float32(scale*maximum(x)))
	Scale(dst, 1/sum(dst))
}

func refSoftmax(dst, x []float32, scale float32) {
	refExpAffine(dst, x, scale, float32(scale*refMax(x)))
	refScale(dst, 1/refSum(dst))
}

// SoftmaxBack differentiates Softmax: p is its result, dp the gradient of p,
// dx the gradient of x. It sets dx, it does not accumulate. dx may be dp.
//
//	for i { dx[i] = (dp[i] - Σ p·dp) * (scale*p[i]) }
func SoftmaxBack(dx, p, dp []float32, scale float32) {
	if len(dx) != len(p) || len(dx) != len(dp) {
		unequal("SoftmaxBack", len(dx), len(p), len(dp))
	}
	softmaxBack(dx, p, dp, scale, dot(p, dp))
}

func refSoftmaxBack(dx, p, dp []float32, scale, inner float32) {
	p, dp = p[:len(dx)], dp[:len(dx)]
	for i := range dx {
		dx[i] = (dp[i] - inner) * float32(scale*p[i])
	}
}

// RowStats is what the output head reports of one row of logits, in nats.
type RowStats struct {
	LogSumExp float32 // log Σ exp(logit)
	Entropy   float32 // -Σ p log p
	SumP2     float32 // Σ p²
	MeanLogit float32
	ArgMax    int // the lowest index of the largest logit; NaN is never the largest
}

// chunk is the number of logits VocabRow treats at a time, so that what it
// reads twice stays in the cache. Sums within a chunk are float32 in lanes,
// over chunks float64.
const chunk = 256

// VocabRow sets p = softmax(logits) (V) and reports on the row. p may be logits.
//
//	m := max(logits); s := Σ exp(logits[i]-m)
//	LogSumExp = m + log s; Entropy = log s - Σ p[i]*(logits[i]-m)
//
// A logit of -Inf has p = 0 and adds nothing to the entropy.
func VocabRow(p, logits []float32) RowStats {
	if len(p) != len(logits) {
		unequal("VocabRow", len(p), len(logits))
	}
	if len(p) == 0 {
		panic("kernel: VocabRow: an empty row has no softmax")
	}
	m, argMax := largest(logits)
	st := RowStats{ArgMax: argMax}
	var shifted [chunk]float32
	var s, s2, inner, total float64
	for i := 0; i < len(p); i += chunk {
		x, e := logits[i:min(i+chunk, len(p))], p[i:min(i+chunk, len(p))]
		total += float64(sum(x))
		d := shifted[:len(x)]
		shiftAbove(d, x, m, expLow-1) // finite, so that 0·d is 0
		expAffine(e, d, 1, 0)
		s += float64(sum(e))
		s2 += float64(dot(e, e))
		inner += float64(dot(e, d))
	}
	Scale(p, float32(1/s))
	logS := math.Log(s)
	st.LogSumExp = float32(float64(m) + logS)
	st.Entropy = float32(max(0, logS-inner/s))
	st.SumP2 = float32(s2 / (s * s))
	st.MeanLogit = float32(total / float64(len(p)))
	return st
}

// largest is the largest element and its lowest index; of a row in which none
// is larger than -Inf, -Inf and 0.
func largest(x []float32) (m float32, at int) {
	m = negInf
	for i := 0; i < len(x); i += chunk {
		if v := maximum(x[i:min(i+chunk, len(x))]); v > m {
			m, at = v, i
		}
	}
	for i, v := range x[at:] {
		if v == m {
			return m, at + i
		}
	}
	return m, 0
}

// refShiftAbove sets dst[i] = x[i]-m, but at least low; NaN stays NaN.
func refShiftAbove(dst, x []float32, m, low float32) {
	x = x[:len(dst)]
	for i := range dst {
		d := x[i] - m
		if d < low {
			d = low
		}
		dst[i] = d
	}
}

// String is for test failures and logs.
func (s RowStats) String() string {
	return fmt.Sprintf("lse %g, entropy %g, Σp² %g, mean %g, argmax %d", s.LogSumExp, s.Entropy, s.SumP2, s.MeanLogit, s.ArgMax)
}
