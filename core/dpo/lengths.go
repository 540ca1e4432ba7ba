package dpo

// The losses of this file mend something of DPO's margin: length, or a chosen answer
// that becomes less likely.

// SigmoidNorm is DPO on scores averaged over tokens, with the reference:
// −log σ(β(s_w/|y_w| − s_l/|y_l|)).
type SigmoidNorm struct {
	Beta float64
	Div  Divergence
}

// Pair implements Pairwise: with z what stands in σ, dL/ds_w = −βσ(−z)/|y_w|,
// dL/ds_l = βσ(−z)/|y_l|.
func (l SigmoidNorm) Pair(p Pair) (float64, Grad) {
	s := scores(l.Div, p)
	w, r := p.lengths()
	z := l.Beta * (s.Chosen/w - s.Rejected/r)
	d := l.Beta * SigmoidOf(-z)
	return -LogSigmoid(z), s.back(-d/w, d/r)
}

// RDPO is DPO with its length taken out (Park et al. 2024, arXiv 2403.19159):
// −log σ(z + α(|y_w| − |y_l|)).
//
// The sign is the one that the derivation gives: with the reward r(x,y) − α|y| in the
// objective the optimum has r = β log(π/π_ref) + α|y| + const, and Bradley–Terry
// compares r. So a pair whose chosen answer is the longer one counts as partly
// settled and pulls less: long winners are regularised. Summaries of the paper have
// the same sign; some code subtracts instead, which makes such pairs pull more.
type RDPO struct {
	Beta  float64
	Alpha float64 // α, nats of reward a token
	Div   Divergence
}

// Pair implements Pairwise: with z what stands in σ, dL/dΔ = −βσ(−z).
func (l RDPO) Pair(p Pair) (float64, Grad) {
	m := onMargin{l.Beta, l.Div}
	z, s := m.margin(p)
	z += l.Alpha * float64(p.ChosenTokens-p.RejectedTokens)
	return -LogSigmoid(z), m.back(s, -SigmoidOf(-z))
}

// DPOP is DPO-positive (Pal et al. 2024, arXiv 2402.13228, eq. 3):
// −log σ(β(a − b − λ max(0, −a))): a chosen answer that became less likely than the
// reference has it is pulled back.
//
// The form is that of the paper since its second version (July 2024), with λ inside σ
// and multiplied by β: its authors confirm in their repository (abacusai/smaug, issue
// 2) that the brackets of the first version were wrong, and that λ from 5 to 500
// makes little difference. Code from before then has the penalty outside.
type DPOP struct {
	Beta   float64
	Lambda float64 // λ, 50 in the paper
}

// Pair implements Pairwise: with z what stands in σ, dL/da = −βσ(−z)(1 + λ[a < 0]),
// dL/db = βσ(−z).
func (l DPOP) Pair(p Pair) (float64, Grad) {
	a, b := p.LogRatios()
	z := l.Beta * (a - b - l.Lambda*max(0, -a))
	d := l.Beta * SigmoidOf(-z)
	g := Grad{Chosen: -d, Rejected: d}
	if a < 0 {
		g.Chosen -= d * l.Lambda
	}
	return -LogSigmoid(z), g
}
