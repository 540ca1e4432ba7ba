// Package dpo is the preference losses and their gradients, in float64, as the
// papers write them. A loss sees summed log-probabilities and lengths; it knows no
// model, no tokens and no batch but the pairs it is given. Losses lists them by
// name. It imports nothing that touches the world: math, and the standard library's
// helpers for slices.
//
// Notation, as in the papers: a = log π(y_w|x) − log π_ref(y_w|x) and b, the same of
// y_l; s_w = s(a) and s_l = s(b) with the score s of a divergence (s(u) = u for the
// reverse KL); Δ = s_w − s_l; the margin z = βΔ; ε label smoothing; |y| tokens.
package dpo

import "math"

// Pair is what a loss may know of one preference pair: log-probabilities of the two
// answers under policy and reference, each summed over the answer's tokens. Without
// a reference its log-probabilities are 0.
type Pair struct {
	PolicyChosen, PolicyRejected       float64
	ReferenceChosen, ReferenceRejected float64
	ChosenTokens, RejectedTokens       int
}

// LogRatios returns a and b.
func (p Pair) LogRatios() (a, b float64) {
	return p.PolicyChosen - p.ReferenceChosen, p.PolicyRejected - p.ReferenceRejected
}

// Rewards are the implicit rewards βa and βb that people are shown, whatever the
// loss (arXiv 2305.18290, section 4).
func (p Pair) Rewards(beta float64) (chosen, rejected float64) {
	a, b := p.LogRatios()
	return beta * a, beta * b
}

// lengths are |y_w| and |y_l|, at least 1.
func (p Pair) lengths() (chosen, rejected float64) {
	return float64(max(1, p.ChosenTokens)), float64(max(1, p.RejectedTokens))
}

// Grad is a derivative with respect to the policy's summed log-probabilities of one
// pair.
type Grad struct{ Chosen, Rejected float64 }

// Weight is the pair's gradient weight, −(1/β)·∂L/∂log π(y_w|x): for Sigmoid it is
// σ(−z), the weight in the paper's gradient (section 4).
func (g Grad) Weight(beta float64) float64 { return -g.Chosen / beta }

// Loss is one preference loss over a batch.
type Loss interface {
	// Batch returns the loss of every pair and the gradient of their sum; the loss
	// of a batch is the mean. Where a loss compares pairs with each other, losses
	// are of ranks, not of pairs.
	Batch(pairs []Pair) (losses []float64, grads []Grad)
}

// Pairwise is a loss of one pair, whatever else is in the batch.
type Pairwise interface {
	Pair(Pair) (loss float64, g Grad)
}

// each makes a Loss of a Pairwise one.
type each struct{ Pairwise }

// Each is the loss over a batch of a loss of one pair.
func Each(l Pairwise) Loss { return each{l} }

// Batch implements Loss.
func (l each) Batch(pairs []Pair) ([]float64, []Grad) {
	losses, grads := make([]float64, len(pairs)), make([]Grad, len(pairs))
	for i, p := range pairs {
		losses[i], grads[i] = l.Pair(p)
	}
	return losses, grads
}

// Term is one part of a weighted sum of losses.
type Term struct {
	Weight float64
	Loss   Loss
}

// Sum is a weighted sum of losses, as RPO and MPO (arXiv 2411.10442) use it:
// sigmoid 0.8 + bco_pair 0.2 + sft 1.
type Sum []Term

// Batch implements Loss.
func (s Sum) Batch(pairs []Pair) ([]float64, []Grad) {
	losses, grads := make([]float64, len(pairs)), make([]Grad, len(pairs))
	for _, t := range s {
		l, g := t.Loss.Batch(pairs)
		for i := range pairs {
			losses[i] += t.Weight * l[i]
			grads[i].Chosen += t.Weight * g[i].Chosen
			grads[i].Rejected += t.Weight * g[i].Rejected
		}
	}
	return losses, grads
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

// bump is σ'(x) = σ(x)σ(−x).
func bump(x float64) float64 { return SigmoidOf(x) * SigmoidOf(-x) }
