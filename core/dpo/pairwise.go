package dpo

import "math"

// The losses of this file are functions of the margin z = βΔ alone.

// onMargin is what they share: z of a pair, and the way back from dL/dz.
type onMargin struct {
	Beta float64
	Div  Divergence // nil is the reverse KL
}

func (m onMargin) margin(p Pair) (z float64, s pairScores) {
	s = scores(m.Div, p)
	return m.Beta * (s.Chosen - s.Rejected), s
}

func (m onMargin) back(s pairScores, dz float64) Grad { return s.back(m.Beta*dz, -m.Beta*dz) }

// Sigmoid is the loss of DPO (Rafailov et al. 2023, arXiv 2305.18290, eq. 7):
// −log σ(z). With label smoothing ε it is conservative DPO (Mitchell 2023):
// −(1−ε) log σ(z) − ε log σ(−z).
type Sigmoid struct {
	Beta           float64
	LabelSmoothing float64 // ε, in [0, 0.5)
	Div            Divergence
}

// Pair implements Pairwise: dL/dz = −(1−ε)σ(−z) + εσ(z).
func (l Sigmoid) Pair(p Pair) (float64, Grad) {
	m, e := onMargin{l.Beta, l.Div}, l.LabelSmoothing
	z, s := m.margin(p)
	loss := -(1-e)*LogSigmoid(z) - e*LogSigmoid(-z)
	return loss, m.back(s, -(1-e)*SigmoidOf(-z)+e*SigmoidOf(z))
}

// Robust is robust DPO (Chowdhury et al. 2024, arXiv 2403.00409), the unbiased
// estimate of DPO's loss where a share ε of the labels is flipped:
// [−(1−ε) log σ(z) + ε log σ(−z)] / (1−2ε). It may be negative.
type Robust struct {
	Beta           float64
	LabelSmoothing float64 // ε, in [0, 0.5)
	Div            Divergence
}

// Pair implements Pairwise: dL/dz = [−(1−ε)σ(−z) − εσ(z)] / (1−2ε).
func (l Robust) Pair(p Pair) (float64, Grad) {
	m, e := onMargin{l.Beta, l.Div}, l.LabelSmoothing
	z, s := m.margin(p)
	loss := (-(1-e)*LogSigmoid(z) + e*LogSigmoid(-z)) / (1 - 2*e)
	return loss, m.back(s, (-(1-e)*SigmoidOf(-z)-e*SigmoidOf(z))/(1-2*e))
}

// Hinge is the loss of SLiC (arXiv 2305.10425) on DPO's margin, as in RSO (arXiv
// 2309.06657): max(0, 1 − z).
type Hinge struct {
	Beta float64
	Div  Divergence
}

// atKink is how near 1 a margin counts as 1, where the slope is the middle of its
// two sides.
const atKink = 1e-12

// Pair implements Pairwise: dL/dz is −1 below 1, 0 above and −½ at 1.
func (l Hinge) Pair(p Pair) (float64, Grad) {
	m := onMargin(l)
	z, s := m.margin(p)
	dz := -0.5
	if short := 1 - z; short > atKink {
		dz = -1
	} else if short < -atKink {
		dz = 0
	}
	return max(0, 1-z), m.back(s, dz)
}

// EXO is the reverse KL of EXO for two answers (Ji et al. 2024, arXiv 2402.00856,
// eq. 16): σ(z)(log σ(z) − log(1−ε)) + σ(−z)(log σ(−z) − log ε). Its minimum is at
// z = log((1−ε)/ε).
type EXO struct {
	Beta           float64
	LabelSmoothing float64 // ε, in (0, 0.5)
	Div            Divergence
}

// Pair implements Pairwise: dL/dz = σ(z)σ(−z)(z − log((1−ε)/ε)).
func (l EXO) Pair(p Pair) (float64, Grad) {
	m := onMargin{l.Beta, l.Div}
	z, s := m.margin(p)
	won, lost := math.Log1p(-l.LabelSmoothing), math.Log(l.LabelSmoothing)
	loss := SigmoidOf(z)*(LogSigmoid(z)-won) + SigmoidOf(-z)*(LogSigmoid(-z)-lost)
	return loss, m.back(s, bump(z)*(z-won+lost))
}

// DiscoPOP is the loss that a language model found (Lu et al. 2024, arXiv
// 2406.08414, eq. 5): with m = σ(z/τ), (1−m)(−log σ(z)) + m e^(−z). It is not
// monotone: at z = 0 its slope is +0.784 for τ = 0.05.
type DiscoPOP struct {
	Beta float64
	Tau  float64 // τ, in (0, 1]: above 1 the second part would grow without bound
	Div  Divergence
}

// Pair implements Pairwise. The product m e^(−z) =: e is made in log space;
// dL/dz = m(1−m)/τ · log σ(z) − (1−m)σ(−z) + e((1−m)/τ − 1).
func (l DiscoPOP) Pair(p Pair) (float64, Grad) {
	m := onMargin{l.Beta, l.Div}
	z, s := m.margin(p)
	x := z / l.Tau
	rest := SigmoidOf(-x)
	loss := -rest * LogSigmoid(z)
	dz := bump(x)/l.Tau*LogSigmoid(z) - rest*SigmoidOf(-z)
	if exponent := LogSigmoid(x) - z; exponent <= maxExponent {
		e := math.Exp(exponent)
		loss += e
		dz += e * (rest/l.Tau - 1)
	} else {
		loss += math.Exp(maxExponent)
	}
	return loss, m.back(s, dz)
}
