package train

import (
	"dpolab/core/dpo"
	"dpolab/core/model"
)

// scoreReference computes the reference's log-probabilities of the pairs that have
// none yet: one pass over the data set, made during the first epoch, and kept. A
// loss without a reference needs none.
func (t *Trainer) scoreReference(set []*item) error {
	if !t.Config.NeedsReference() {
		return nil
	}
	var missing []*item
	for _, it := range set {
		if !it.scored {
			missing = append(missing, it)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return t.tape.Run(func() {
		t.pack(missing)
		t.tape.Bind(t.Reference.Weights, nil)
		logps, stats := t.tape.Data(t.Reference.LogProbs(&t.tape, &t.batch)), t.tape.Stats()
		for i, it := range missing {
			chosen, rejected := t.answer(logps, stats, 2*i, it.shared()), t.answer(logps, stats, 2*i+1, it.shared())
			it.refChosen, it.refRejected = refScore{chosen.logp, chosen.shared}, refScore{rejected.logp, rejected.shared}
			it.scored = true
		}
		t.seen += len(t.batch.Tokens)
	})
}

// mismatchedKL is KTO's kl: the mean log-ratio of every prompt with both answers to
// the prompt before it, the first with the last's, cut to the context. Those are the
// sequences that TRL makes of a batch in which all chosen answers come first.
func (t *Trainer) mismatchedKL(set []*item) (float64, error) {
	var ratios []float64
	for lo := 0; lo < len(set); lo += t.Config.MicroBatch {
		t.batch.Reset()
		for i := lo; i < min(lo+t.Config.MicroBatch, len(set)); i++ {
			prompt, other := set[i].example.Prompt, set[(i+len(set)-1)%len(set)].example
			room := max(1, t.Policy.Context-len(prompt))
			t.batch.Add(prompt, other.Chosen[:min(room, len(other.Chosen))], other.Rejected[:min(room, len(other.Rejected))])
		}
		policy, err := t.answerLogps(t.Policy)
		if err != nil {
			return 0, err
		}
		reference := make([]float64, len(policy))
		if t.Config.NeedsReference() {
			if reference, err = t.answerLogps(t.Reference); err != nil {
				return 0, err
			}
		}
		for i := range policy {
			ratios = append(ratios, policy[i]-reference[i])
		}
	}
	return dpo.KLEstimate(ratios), nil
}

// answerLogps are a model's log-probabilities of the packed answers.
func (t *Trainer) answerLogps(m *model.Model) (out []float64, err error) {
	err = t.tape.Run(func() {
		t.tape.Bind(m.Weights, nil)
		logps, stats := t.tape.Data(m.LogProbs(&t.tape, &t.batch)), t.tape.Stats()
		for i := range t.batch.Answers {
			out = append(out, t.answer(logps, stats, i, 0).logp)
		}
		t.seen += len(t.batch.Tokens)
	})
	return out, err
}

// Base is the reference with which the run began: what a new run of it begins with.
func (t *Trainer) Base() *model.Model {
	if t.base != nil {
		return t.base
	}
	return t.Reference
}

// moveReference is TR-DPO: every TRSteps updates the reference takes a step towards
// the policy, and every pair must be scored anew. Whoever holds the former reference
// keeps it as it was.
func (t *Trainer) moveReference() {
	if !t.Config.TRDPO || !t.Config.NeedsReference() || t.step%t.Config.TRSteps != 0 {
		return
	}
	t.base = t.Base()
	t.Reference = t.Reference.Clone()
	dpo.Mix(t.Reference.Weights, t.Policy.Weights, t.Config.TRAlpha)
	for _, set := range [][]*item{t.train, t.heldout} {
		for _, it := range set {
			it.scored = false
		}
	}
}
