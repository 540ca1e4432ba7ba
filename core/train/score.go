package train

import (
	"math"

	"dpolab/core/dpo"
	"dpolab/core/kernel"
	"dpolab/core/nn"
)

// scored is one pair of a set with what policy and reference say of it, and what the
// loss makes of that.
type scored struct {
	*item
	chosen, rejected answerScore
	pair             dpo.Pair // what the loss sees
	wpo              float64
	loss             float64
	grad             dpo.Grad // of the sum of the set's losses
	clamped          bool
}

// answerScore is what the model said of one answer, summed over its tokens.
type answerScore struct {
	logp, entropy, logits, hits float64
	shared                      float64 // log-probability of the tokens that both answers of the pair have
	aligned                     float64 // Σ log p − log Σ_v p_v², for WPO
	tokens                      int
}

// score runs the policy over a set, micro-batch by micro-batch. With grads it adds the
// gradient of the set's mean loss to them.
//
// Forward, loss in float64, backward: where a pair's loss depends on no other pair,
// each micro-batch goes through all three while its values are at hand. Where it
// does, the whole set goes forward first, and once more on the way back.
func (t *Trainer) score(set []*item, grads []float32) ([]scored, *objective, error) {
	t.fraction = 0
	t.tape.Hook = t.Hook
	o, err := t.newObjective(set, grads != nil)
	if err != nil {
		return nil, nil, err
	}
	pairs := make([]scored, len(set))
	measure := func(lo, hi int, y nn.Tensor) { t.measure(pairs[lo:hi], set[lo:hi], y) }
	apply := func(lo, hi int, y nn.Tensor) { o.apply(pairs[lo:hi]) }
	backward := func(lo, hi int, y nn.Tensor) {
		if grads != nil {
			t.backward(pairs[lo:hi], y, float64(len(set)))
		}
	}
	if o.whole && len(set) > t.Config.MicroBatch {
		if err := t.eachMicroBatch(set, nil, measure); err != nil {
			return nil, nil, err
		}
		o.apply(pairs)
		if grads != nil {
			err = t.eachMicroBatch(set, grads, backward)
		}
		return pairs, o, err
	}
	return pairs, o, t.eachMicroBatch(set, grads, measure, apply, backward)
}

// eachMicroBatch runs the policy forward over the set, and works on the
// log-probabilities y of every micro-batch set[lo:hi] while the tape holds them.
func (t *Trainer) eachMicroBatch(set []*item, grads []float32, work ...func(lo, hi int, y nn.Tensor)) error {
	for lo := 0; lo < len(set); lo += t.Config.MicroBatch {
		hi := min(lo+t.Config.MicroBatch, len(set))
		if err := t.scoreReference(set[lo:hi]); err != nil {
			return err
		}
		err := t.tape.Run(func() {
			t.pack(set[lo:hi])
			t.tape.Bind(t.Policy.Weights, grads)
			y := t.Policy.LogProbs(&t.tape, &t.batch)
			for _, f := range work {
				f(lo, hi, y)
			}
		})
		if err != nil {
			return err
		}
		t.seen += len(t.batch.Tokens)
		t.fraction = float64(hi) / float64(len(set))
	}
	return nil
}

// pack fills the batch: each pair's prompt once, then its chosen and its rejected.
func (t *Trainer) pack(set []*item) {
	t.batch.Reset()
	for _, it := range set {
		t.batch.Add(it.example.Prompt, it.example.Chosen, it.example.Rejected)
	}
}

// measure gathers what the loss and the metrics want to know of a micro-batch.
func (t *Trainer) measure(pairs []scored, set []*item, y nn.Tensor) {
	logps, stats := t.tape.Data(y), t.tape.Stats()
	for i, it := range set {
		s := scored{item: it, wpo: 1}
		s.chosen, s.rejected = t.answer(logps, stats, 2*i, it.shared()), t.answer(logps, stats, 2*i+1, it.shared())
		if t.Config.WPO {
			s.wpo = dpo.WPOWeight(s.chosen.aligned/float64(s.chosen.tokens), s.rejected.aligned/float64(s.rejected.tokens))
		}
		s.pair = t.pair(&s)
		pairs[i] = s
	}
}

// pair is what the loss sees of the scores.
func (t *Trainer) pair(s *scored) dpo.Pair {
	alpha := t.Config.LDAlpha
	p := dpo.Pair{PolicyChosen: dpo.Desensitized(s.chosen.logp, s.chosen.shared, alpha),
		PolicyRejected: dpo.Desensitized(s.rejected.logp, s.rejected.shared, alpha),
		ChosenTokens:   s.chosen.tokens, RejectedTokens: s.rejected.tokens}
	if t.Config.NeedsReference() {
		p.ReferenceChosen = dpo.Desensitized(s.refChosen.logp, s.refChosen.shared, alpha)
		p.ReferenceRejected = dpo.Desensitized(s.refRejected.logp, s.refRejected.shared, alpha)
	}
	return p
}

// answer sums up answer i of the packed batch, of which shared tokens come before
// the end of the pair's shorter answer.
func (t *Trainer) answer(logps []float32, stats []kernel.RowStats, i, shared int) answerScore {
	a := t.batch.Answers[i]
	s := answerScore{tokens: a.Len}
	for j := a.First; j < a.First+a.Len; j++ {
		s.logp += float64(logps[j])
		s.entropy += float64(stats[j].Entropy)
		s.logits += float64(stats[j].MeanLogit)
		if stats[j].ArgMax == int(t.batch.Targets[j]) {
			s.hits++
		}
		if j-a.First == shared-1 {
			s.shared = s.logp
		}
		if t.Config.WPO {
			s.aligned += float64(logps[j]) - math.Log(float64(stats[j].SumP2))
		}
	}
	return s
}

// backward turns the pairs' gradients into those of every token's log-probability,
// for the mean over n pairs, and runs the tape back.
func (t *Trainer) backward(pairs []scored, y nn.Tensor, n float64) {
	seed := t.tape.Seed(y)
	for i := range pairs {
		s := &pairs[i]
		for k, g := range []float64{s.grad.Chosen / n, s.grad.Rejected / n} {
			a := t.batch.Answers[2*i+k]
			shared := min(s.shared(), a.Len)
			fill(seed[a.First:a.First+shared], g)
			fill(seed[a.First+shared:a.First+a.Len], g*t.Config.LDAlpha)
		}
	}
	t.tape.Backward()
}

func fill(seed []float32, g float64) {
	for i := range seed {
		seed[i] = float32(g)
	}
}
