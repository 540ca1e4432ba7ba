package train

import (
	"dpolab/core/dpo"
	"dpolab/core/pref"
)

// objective turns the scores of a set's pairs into losses and gradients.
type objective struct {
	t        *Trainer
	settings dpo.Settings
	training bool
	whole    bool  // apply wants all pairs of the set at once
	shift    shift // BCO's; with the rewards of this set, in training
}

// newObjective gathers what the loss must know of the whole set before any pair of
// it is scored.
func (t *Trainer) newObjective(set []*item, training bool) (o *objective, err error) {
	o = &objective{t: t, settings: t.Config.LossSettings(), training: training, whole: t.Config.NeedsBatch(), shift: t.shift}
	tokens := 0
	for _, it := range set {
		tokens += len(it.example.Chosen)
	}
	o.settings.MeanChosenTokens = float64(tokens) / float64(len(set))
	if t.Config.NeedsKL() {
		o.settings.KL, err = t.mismatchedKL(set)
	}
	return o, err
}

// apply writes losses and gradients into pairs.
func (o *objective) apply(pairs []scored) {
	c := &o.t.Config
	view, weights := make([]dpo.Pair, len(pairs)), make([]float64, len(pairs))
	for i := range pairs {
		view[i], weights[i] = pairs[i].pair, pairs[i].wpo
		pairs[i].clamped = o.settings.Clamped(view[i])
	}
	if c.BCOShift {
		if o.training {
			o.shift.add(view, o.settings)
		}
		o.settings.Delta = o.shift.Mean
	}
	losses, grads := c.NewLoss(o.settings).Batch(view)
	if c.WPO {
		dpo.Weigh(losses, grads, weights)
	}
	for i := range pairs {
		pairs[i].loss, pairs[i].grad = losses[i], grads[i]
	}
}

// shift is δ of BCO: the mean of all rewards of a run so far, by the divergence's
// score.
type shift struct {
	Mean  float64
	Count int
}

// add takes in the rewards of a batch (arXiv 2404.04656, section 3.3).
func (s *shift) add(pairs []dpo.Pair, settings dpo.Settings) {
	for _, p := range pairs {
		w, r := settings.Scored(p)
		s.Count += 2
		s.Mean += (w + r - 2*s.Mean) / float64(s.Count)
	}
}

// PairScore is what a step computed of one of its pairs. Without a reference its
// log-probabilities are 0; log-probabilities are what the loss saw of them, with
// LD-DPO's α.
type PairScore struct {
	Pair                               pref.Pair
	PolicyChosen, PolicyRejected       float64
	ReferenceChosen, ReferenceRejected float64
	ChosenReward, RejectedReward       float64
	Loss                               float64 // of a rank, where the loss sorts
	Weight                             float64 // −(1/β)·∂loss/∂log π(y_w|x): σ(−z) for sigmoid
}

// LastBatch is what the last step computed of its pairs, in the batch's order.
func (t *Trainer) LastBatch() []PairScore { return t.last }

func pairScores(pairs []scored, beta float64) (out []PairScore) {
	for i := range pairs {
		s := &pairs[i]
		w, r := s.pair.Rewards(beta)
		out = append(out, PairScore{Pair: s.item.pair, PolicyChosen: s.pair.PolicyChosen, PolicyRejected: s.pair.PolicyRejected,
			ReferenceChosen: s.pair.ReferenceChosen, ReferenceRejected: s.pair.ReferenceRejected,
			ChosenReward: w, RejectedReward: r, Loss: s.loss, Weight: s.grad.Weight(beta)})
	}
	return out
}
