package dpo

import "math"

// Divergence is how far the policy is from the reference, as a loss sees it: the
// score s(u) of a log-ratio u replaces u (f-DPO, arXiv 2309.16240, where s is f'
// without its constant).
type Divergence interface {
	// Score returns s(u) and its derivative.
	Score(u float64) (s, slope float64)
	// Clamped reports whether an exponent of s(u) was cut to maxExponent.
	Clamped(u float64) bool
}

// Names of the divergences.
const (
	ReverseKLName = "reverse_kl"
	ForwardKLName = "forward_kl"
	JSName        = "js_divergence"
	AlphaName     = "alpha_divergence"
)

// Divergences are the names, the default first.
var Divergences = []string{ReverseKLName, ForwardKLName, JSName, AlphaName}

// maxExponent is the largest exponent that is taken as it is: e^80 is still a
// float32, as TRL wants it.
const maxExponent = 80

// divergence returns the divergence of a name; the empty name is the reverse KL.
func divergence(name string, alpha float64) Divergence {
	switch name {
	case ForwardKLName:
		return ForwardKL{}
	case JSName:
		return JensenShannon{}
	case AlphaName:
		return AlphaDivergence{alpha}
	}
	return ReverseKL{}
}

// ReverseKL is s(u) = u: the KL(π‖π_ref) of the paper.
type ReverseKL struct{}

func (ReverseKL) Score(u float64) (s, slope float64) { return u, 1 }
func (ReverseKL) Clamped(float64) bool               { return false }

// ForwardKL is s(u) = −e^(−u).
type ForwardKL struct{}

func (d ForwardKL) Score(u float64) (s, slope float64) {
	if d.Clamped(u) {
		return -math.Exp(maxExponent), 0
	}
	e := math.Exp(-u)
	return -e, e
}

func (ForwardKL) Clamped(u float64) bool { return -u > maxExponent }

// JensenShannon is s(u) = log σ(u).
type JensenShannon struct{}

func (JensenShannon) Score(u float64) (s, slope float64) { return LogSigmoid(u), SigmoidOf(-u) }
func (JensenShannon) Clamped(float64) bool               { return false }

// AlphaDivergence is s(u) = e^((α−1)u)/(α−1); for α = 1 it is the reverse KL, the
// limit without its constant.
type AlphaDivergence struct{ Alpha float64 }

func (d AlphaDivergence) Score(u float64) (s, slope float64) {
	k := d.Alpha - 1
	switch {
	case d.reverse():
		return u, 1
	case d.Clamped(u):
		return math.Exp(maxExponent) / k, 0
	}
	e := math.Exp(k * u)
	return e / k, e
}

func (d AlphaDivergence) Clamped(u float64) bool {
	return !d.reverse() && (d.Alpha-1)*u > maxExponent
}

func (d AlphaDivergence) reverse() bool { return math.Abs(d.Alpha-1) < 1e-6 }

// pairScores are the scores of a pair's log-ratios and their derivatives.
type pairScores struct{ Chosen, Rejected, ChosenSlope, RejectedSlope float64 }

// scores applies a divergence, nil for the reverse KL, to a pair.
func scores(d Divergence, p Pair) (s pairScores) {
	if d == nil {
		d = ReverseKL{}
	}
	a, b := p.LogRatios()
	s.Chosen, s.ChosenSlope = d.Score(a)
	s.Rejected, s.RejectedSlope = d.Score(b)
	return s
}

// back turns derivatives with respect to the scores into those with respect to the
// policy's log-probabilities.
func (s pairScores) back(chosen, rejected float64) Grad {
	return Grad{Chosen: chosen * s.ChosenSlope, Rejected: rejected * s.RejectedSlope}
}
