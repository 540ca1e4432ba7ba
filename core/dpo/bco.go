package dpo

// The losses of this file judge each answer by itself: is it better than what the
// reference would say?

// BCO is binary classifier optimisation (Jung et al. 2024, arXiv 2404.04656) on
// pairs: −log σ(βs_w − δ) − log σ(−(βs_l − δ)). δ is a shift that takes no gradient:
// 0, or the running mean of the rewards.
type BCO struct {
	Beta  float64
	Delta float64 // δ
	Div   Divergence
}

// Pair implements Pairwise: dL/ds_w = −βσ(δ − βs_w), dL/ds_l = βσ(βs_l − δ).
func (l BCO) Pair(p Pair) (float64, Grad) {
	s := scores(l.Div, p)
	w, r := l.Beta*s.Chosen-l.Delta, l.Beta*s.Rejected-l.Delta
	return -LogSigmoid(w) - LogSigmoid(-r), s.back(-l.Beta*SigmoidOf(-w), l.Beta*SigmoidOf(r))
}

// NCA is noise contrastive alignment (Chen et al. 2024, arXiv 2402.05369) for two
// answers: −log σ(βs_w) − ½ log σ(−βs_w) − ½ log σ(−βs_l).
type NCA struct {
	Beta float64
	Div  Divergence
}

// Pair implements Pairwise: dL/ds_w = β(½σ(βs_w) − σ(−βs_w)), dL/ds_l = ½βσ(βs_l).
func (l NCA) Pair(p Pair) (float64, Grad) {
	s := scores(l.Div, p)
	w, r := l.Beta*s.Chosen, l.Beta*s.Rejected
	loss := -LogSigmoid(w) - 0.5*LogSigmoid(-w) - 0.5*LogSigmoid(-r)
	return loss, s.back(l.Beta*(0.5*SigmoidOf(w)-SigmoidOf(-w)), 0.5*l.Beta*SigmoidOf(r))
}

// APOZero is anchored preference optimisation for chosen answers that are better
// than the model (D'Oosterlinck et al. 2024, arXiv 2408.06266, eq. 7):
// 1 − σ(βa) + σ(βb).
type APOZero struct{ Beta float64 }

// Pair implements Pairwise: dL/da = −βσ'(βa), dL/db = βσ'(βb).
func (l APOZero) Pair(p Pair) (float64, Grad) {
	w, r := p.Rewards(l.Beta)
	return SigmoidOf(-w) + SigmoidOf(r), Grad{Chosen: -l.Beta * bump(w), Rejected: l.Beta * bump(r)}
}

// APODown is the same for chosen answers that are worse than the model (eq. 8): both
// fall, the rejected one further: σ(βa) + 1 − σ(βΔ).
type APODown struct {
	Beta float64
	Div  Divergence
}

// Pair implements Pairwise: dL/da = βσ'(βa) − βσ'(βΔ)·s'(a), dL/db = βσ'(βΔ)·s'(b).
func (l APODown) Pair(p Pair) (float64, Grad) {
	m := onMargin(l)
	z, s := m.margin(p)
	w, _ := p.Rewards(l.Beta)
	g := m.back(s, -bump(z))
	g.Chosen += l.Beta * bump(w)
	return SigmoidOf(w) + SigmoidOf(-z), g
}
