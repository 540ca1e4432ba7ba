package dpo

// KTO is Kahneman–Tversky optimisation (Ethayarajh et al. 2024, arXiv 2402.01306,
// eq. 8): λ_D(1 − σ(β(a − kl))) for a desired answer, λ_U(1 − σ(β(kl − b))) for an
// undesired one. It needs no pairs; a pair counts as two answers, and its loss is
// the sum of theirs.
type KTO struct {
	Beta                   float64
	Desirable, Undesirable float64 // λ_D and λ_U
	KL                     float64 // of KLEstimate
}

// KLEstimate is kl of a batch: the mean log-ratio of prompts with answers to other
// prompts of the batch, and at least 0. It takes no gradient.
func KLEstimate(mismatched []float64) float64 {
	sum := 0.0
	for _, u := range mismatched {
		sum += u
	}
	return max(0, sum/float64(max(1, len(mismatched))))
}

// Answer is one answer that somebody called desirable or not.
type Answer struct {
	Policy, Reference float64 // log-probabilities, summed over tokens
	Desirable         bool
}

// Answer returns the loss of one answer and its derivative with respect to the
// policy's log-probability u: −λ_D βσ'(β(u − kl)), or λ_U βσ'(β(kl − u)).
func (l KTO) Answer(x Answer) (loss, grad float64) {
	z := l.Beta * (x.Policy - x.Reference - l.KL)
	if x.Desirable {
		return l.Desirable * SigmoidOf(-z), -l.Desirable * l.Beta * bump(z)
	}
	return l.Undesirable * SigmoidOf(z), l.Undesirable * l.Beta * bump(z)
}

// Answers are the losses of a batch without pairs and the gradient of their sum.
func (l KTO) Answers(batch []Answer) (losses, grads []float64) {
	losses, grads = make([]float64, len(batch)), make([]float64, len(batch))
	for i, x := range batch {
		losses[i], grads[i] = l.Answer(x)
	}
	return losses, grads
}

// Pair implements Pairwise.
func (l KTO) Pair(p Pair) (float64, Grad) {
	w, dw := l.Answer(Answer{p.PolicyChosen, p.ReferenceChosen, true})
	r, dr := l.Answer(Answer{p.PolicyRejected, p.ReferenceRejected, false})
	return w + r, Grad{Chosen: dw, Rejected: dr}
}
