package dpo

import "math"

// The losses of this file need no reference.

// SFT is cross-entropy averaged over all chosen tokens of the batch:
// −Σ log π(y_w|x) / Σ|y_w|. A pair's share is −log π(y_w|x) over the mean length.
type SFT struct {
	MeanTokens float64 // mean |y_w| of the whole batch; 0 means that of the pairs given
}

// Batch implements Loss: dL/dlog π(y_w|x) of the sum of shares is −1/(mean |y_w|).
func (l SFT) Batch(pairs []Pair) ([]float64, []Grad) {
	mean := l.MeanTokens
	if mean == 0 {
		tokens := 0
		for _, p := range pairs {
			tokens += max(1, p.ChosenTokens)
		}
		mean = float64(tokens) / float64(len(pairs))
	}
	losses, grads := make([]float64, len(pairs)), make([]Grad, len(pairs))
	for i, p := range pairs {
		losses[i], grads[i].Chosen = -p.PolicyChosen/mean, -1/mean
	}
	return losses, grads
}

// SimPO is simple preference optimisation (Meng et al. 2024, arXiv 2405.14734, eq. 6):
// −log σ(β(log π(y_w)/|y_w| − log π(y_l)/|y_l|) − γ).
type SimPO struct {
	Beta  float64 // 2 to 2.5 in the paper
	Gamma float64 // γ, about half of β
}

// Pair implements Pairwise: with z what stands in σ, dL/dlog π(y_w) = −βσ(−z)/|y_w|,
// dL/dlog π(y_l) = βσ(−z)/|y_l|.
func (l SimPO) Pair(p Pair) (float64, Grad) {
	w, r := p.lengths()
	z := l.Beta*(p.PolicyChosen/w-p.PolicyRejected/r) - l.Gamma
	d := l.Beta * SigmoidOf(-z)
	return -LogSigmoid(z), Grad{Chosen: -d / w, Rejected: d / r}
}

// CPO is contrastive preference optimisation (Xu et al. 2024, arXiv 2401.08417, eq. 5):
// −log σ(β(log π(y_w) − log π(y_l))) − α log π(y_w)/|y_w|. The second part is the
// cross-entropy a token, as in the authors' code and ORPO's paper.
type CPO struct {
	Beta  float64
	Alpha float64 // α, 1 in the paper
}

// Pair implements Pairwise: with z what stands in σ, dL/dlog π(y_w) = −βσ(−z) − α/|y_w|,
// dL/dlog π(y_l) = βσ(−z).
func (l CPO) Pair(p Pair) (float64, Grad) {
	z := l.Beta * (p.PolicyChosen - p.PolicyRejected)
	d := l.Beta * SigmoidOf(-z)
	w, _ := p.lengths()
	return -LogSigmoid(z) - l.Alpha*p.PolicyChosen/w, Grad{Chosen: -d - l.Alpha/w, Rejected: d}
}

// ORPO is odds ratio preference optimisation (Hong et al. 2024, arXiv 2403.07691,
// eq. 6): −log π(y_w)/|y_w| − λ log σ(log odds_w − log odds_l), where
// odds = p/(1−p) and log p is the answer's log-probability averaged over its tokens.
type ORPO struct {
	Lambda float64 // λ, 0.1 in the paper
}

// Pair implements Pairwise: with z what stands in σ,
// dL/dlog π(y_w) = −(1 + λσ(−z)/(1−p_w))/|y_w|, dL/dlog π(y_l) = λσ(−z)/(1−p_l)/|y_l|.
func (l ORPO) Pair(p Pair) (float64, Grad) {
	w, r := p.lengths()
	oddsW, slopeW := logOdds(p.PolicyChosen / w)
	oddsL, slopeL := logOdds(p.PolicyRejected / r)
	z := oddsW - oddsL
	d := l.Lambda * SigmoidOf(-z)
	return -p.PolicyChosen/w - l.Lambda*LogSigmoid(z), Grad{Chosen: -(1 + d*slopeW) / w, Rejected: d * slopeL / r}
}

// surest is the largest log-probability whose odds are taken: beyond it they are
// infinite.
const surest = -1e-12

// logOdds is log(p/(1−p)) for x = log p, and its derivative 1/(1−p).
func logOdds(x float64) (odds, slope float64) {
	x = min(x, surest)
	rest := -math.Expm1(x) // 1 − p
	return x - math.Log(rest), 1 / rest
}

// Unlikelihood is the baseline of DPO's paper (arXiv 2305.18290, section 6 and Fig. 2):
// −log π(y_w) + α log π(y_l). It is unbounded below and degenerates, on purpose.
type Unlikelihood struct {
	Alpha float64 // α, in [0, 1]
}

// Pair implements Pairwise: the gradient is (−1, α), whatever the pair.
func (l Unlikelihood) Pair(p Pair) (float64, Grad) {
	return -p.PolicyChosen + l.Alpha*p.PolicyRejected, Grad{Chosen: -1, Rejected: l.Alpha}
}
