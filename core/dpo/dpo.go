// Package dpo is the preference losses and their gradients, in float64, as the
// papers write them. A loss sees summed log-probabilities and lengths; it knows no
// model, no tokens and no batch but the pairs it is given. It imports only math.
package dpo

import "math"

// Pair is what a loss may know of one preference pair: log-probabilities of the two
// answers under policy and reference, each summed over the answer's tokens.
type Pair struct {
	PolicyChosen, PolicyRejected       float64
	ReferenceChosen, ReferenceRejected float64
	ChosenTokens, RejectedTokens       int
}

// LogRatios returns a = log π(y_w|x) − log π_ref(y_w|x) and b, the same of y_l.
func (p Pair) LogRatios() (a, b float64) {
	return p.PolicyChosen - p.ReferenceChosen, p.PolicyRejected - p.ReferenceRejected
}

// Grad is the derivative of a pair's loss with respect to the policy's summed
// log-probabilities.
type Grad struct{ Chosen, Rejected float64 }

// Loss is one preference loss.
type Loss interface {
	// Pair returns the loss of one pair and its gradient.
	Pair(Pair) (float64, Grad)
	// Rewards are the implicit rewards βa and βb that people are shown.
	Rewards(Pair) (chosen, rejected float64)
	// Weight is the pair's gradient weight, −(1/β)·∂L/∂log π(y_w); σ(−z) for Sigmoid.
	Weight(Pair) float64
}

// Sigmoid is the loss of DPO (Rafailov et al. 2023, arXiv 2305.18290, eq. 7):
// −log σ(z) with z = β(a − b). With label smoothing ε it is conservative DPO:
// −(1−ε) log σ(z) − ε log σ(−z).
type Sigmoid struct {
	Beta           float64
	LabelSmoothing float64 // ε, in [0, 0.5)
}

// Pair implements Loss: dL/dz = −(1−ε)σ(−z) + εσ(z).
func (l Sigmoid) Pair(p Pair) (float64, Grad) {
	z, e := l.margin(p), l.LabelSmoothing
	loss := -(1-e)*LogSigmoid(z) - e*LogSigmoid(-z)
	dz := -(1-e)*SigmoidOf(-z) + e*SigmoidOf(z)
	return loss, Grad{Chosen: l.Beta * dz, Rejected: -l.Beta * dz}
}

// Rewards implements Loss.
func (l Sigmoid) Rewards(p Pair) (chosen, rejected float64) {
	a, b := p.LogRatios()
	return l.Beta * a, l.Beta * b
}

// Weight implements Loss.
func (l Sigmoid) Weight(p Pair) float64 {
	_, g := l.Pair(p)
	return -g.Chosen / l.Beta
}

func (l Sigmoid) margin(p Pair) float64 {
	a, b := p.LogRatios()
	return l.Beta * (a - b)
}

// SigmoidOf is σ(x) = 1/(1+e^(−x)), without overflow.
func SigmoidOf(x float64) float64 {
	if x >= 0 {
		return 1 / (1 + math.Exp(-x))
	}
	e := math.Exp(x)
	return e / (1 + e)
}

// LogSigmoid is log σ(x) = −log(1+e^(−x)), without overflow or cancellation.
func LogSigmoid(x float64) float64 {
	if x >= 0 {
		return -math.Log1p(math.Exp(-x))
	}
	return x - math.Log1p(math.Exp(x))
}
