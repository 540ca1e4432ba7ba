package dpo

// The losses of this file are squares: they pull scores to a target instead of
// pushing them apart without end.

// IPO is the loss of Azar et al. 2023 (arXiv 2310.12036, eq. 17) on scores averaged
// over tokens, as TRL has it after asking the authors:
// (s_w/|y_w| − s_l/|y_l| − 1/(2β))². At β = 0.1 its target is 5 nats a token.
type IPO struct {
	Beta float64 // τ in the paper
	Div  Divergence
}

// Pair implements Pairwise: dL/ds_w = 2d/|y_w|, dL/ds_l = −2d/|y_l|, d what is squared.
func (l IPO) Pair(p Pair) (float64, Grad) {
	s := scores(l.Div, p)
	w, r := p.lengths()
	d := s.Chosen/w - s.Rejected/r - 1/(2*l.Beta)
	return d * d, s.back(2*d/w, -2*d/r)
}

// IPOSum is IPO on summed log-probabilities, as in the paper's equation and the code
// of DPO's authors: (Δ − 1/(2β))².
type IPOSum struct {
	Beta float64
	Div  Divergence
}

// Pair implements Pairwise: dL/dΔ = 2(Δ − 1/(2β)).
func (l IPOSum) Pair(p Pair) (float64, Grad) {
	s := scores(l.Div, p)
	d := s.Chosen - s.Rejected - 1/(2*l.Beta)
	return d * d, s.back(2*d, -2*d)
}

// SPPO is self-play preference optimisation with hard labels (Wu et al. 2024, arXiv
// 2405.00675, eq. 4.7 with P = 1 and 0): (s_w − 0.5/β)² + (s_l + 0.5/β)².
type SPPO struct {
	Beta float64 // 1/η in the paper
	Div  Divergence
}

// Pair implements Pairwise: dL/ds_w = 2(s_w − 0.5/β), dL/ds_l = 2(s_l + 0.5/β).
func (l SPPO) Pair(p Pair) (float64, Grad) {
	s := scores(l.Div, p)
	w, r := s.Chosen-0.5/l.Beta, s.Rejected+0.5/l.Beta
	return w*w + r*r, s.back(2*w, 2*r)
}
