package train

import (
	"dpolab/core/dpo"
	"dpolab/core/kernel"
)

// score runs the policy over a set, micro-batch by micro-batch, and adds up its
// metrics. With grads it adds the gradient of the set's mean loss to them.
func (t *Trainer) score(set []*item, grads []float32) (s sums, err error) {
	t.fraction = 0
	t.tape.Hook = t.Hook
	objective := t.objective(set)
	for lo := 0; lo < len(set); lo += t.Config.MicroBatch {
		micro := set[lo:min(lo+t.Config.MicroBatch, len(set))]
		if err := t.scoreReference(micro); err != nil {
			return s, err
		}
		err := t.tape.Run(func() {
			t.pack(micro)
			t.tape.Bind(t.Policy.Weights, grads)
			y := t.Policy.LogProbs(&t.tape, &t.batch)
			stats, logps := t.tape.Stats(), t.tape.Data(y)
			seeds := make([]dpo.Grad, len(micro))
			for i, it := range micro {
				seeds[i] = t.measure(&s, objective, it, t.answer(logps, stats, 2*i), t.answer(logps, stats, 2*i+1))
			}
			if grads == nil {
				return
			}
			seed := t.tape.Seed(y)
			for i, g := range seeds {
				fill(seed, t.batch.Answers[2*i].First, t.batch.Answers[2*i].Len, g.Chosen)
				fill(seed, t.batch.Answers[2*i+1].First, t.batch.Answers[2*i+1].Len, g.Rejected)
			}
			t.tape.Backward()
		})
		if err != nil {
			return s, err
		}
		t.seen += len(t.batch.Tokens)
		t.fraction = float64(lo+len(micro)) / float64(len(set))
	}
	return s, nil
}

func fill(seed []float32, first, n int, g float64) {
	for i := first; i < first+n; i++ {
		seed[i] = float32(g)
	}
}

// objective turns one pair into its share of the set's mean loss: the loss itself
// and the gradient of the mean with respect to each of the pair's token
// log-probabilities.
func (t *Trainer) objective(set []*item) func(dpo.Pair) (loss float64, g dpo.Grad) {
	if t.Config.Loss == "sft" {
		// Cross-entropy averaged over all chosen tokens of the set.
		n := 0
		for _, it := range set {
			n += len(it.example.Chosen)
		}
		scale := float64(len(set)) / float64(n)
		return func(p dpo.Pair) (float64, dpo.Grad) {
			return -p.PolicyChosen * scale, dpo.Grad{Chosen: -1 / float64(n)}
		}
	}
	l, n := t.loss(), float64(len(set))
	return func(p dpo.Pair) (float64, dpo.Grad) {
		losses, grads := l.Batch([]dpo.Pair{p})
		return losses[0], dpo.Grad{Chosen: grads[0].Chosen / n, Rejected: grads[0].Rejected / n}
	}
}

// answerScore is what the model said of one answer, summed over its tokens.
type answerScore struct {
	logp, entropy, logits, hits float64
	tokens                      int
}

// answer sums up answer i of the packed batch.
func (t *Trainer) answer(logps []float32, stats []kernel.RowStats, i int) answerScore {
	a := t.batch.Answers[i]
	s := answerScore{tokens: a.Len}
	for j := a.First; j < a.First+a.Len; j++ {
		s.logp += float64(logps[j])
		s.entropy += float64(stats[j].Entropy)
		s.logits += float64(stats[j].MeanLogit)
		if stats[j].ArgMax == int(t.batch.Targets[j]) {
			s.hits++
		}
	}
	return s
}

// measure adds one pair to the sums and returns its gradient.
func (t *Trainer) measure(s *sums, objective func(dpo.Pair) (float64, dpo.Grad), it *item, chosen, rejected answerScore) dpo.Grad {
	p := dpo.Pair{PolicyChosen: chosen.logp, PolicyRejected: rejected.logp,
		ReferenceChosen: it.refChosen, ReferenceRejected: it.refRejected,
		ChosenTokens: chosen.tokens, RejectedTokens: rejected.tokens}
	loss, g := objective(p)
	rc, rr := p.Rewards(t.Config.Beta)
	s.loss += loss
	s.rewardChosen += rc
	s.rewardRejected += rr
	s.right += is(rc > rr)
	s.ranked += is(chosen.logp > rejected.logp)
	s.logpChosen += chosen.logp
	s.logpRejected += rejected.logp
	s.logitsChosen += chosen.logits
	s.logitsRejected += rejected.logits
	s.entropy += chosen.entropy + rejected.entropy
	s.hits += chosen.hits
	s.promptTokens += len(it.example.Prompt)
	s.chosenTokens += chosen.tokens
	s.rejectedTokens += rejected.tokens
	s.pairs++
	return g
}

func is(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// scoreReference computes the reference's log-probabilities of the pairs that have
// none yet: one pass over the data set, made during the first epoch, and kept.
func (t *Trainer) scoreReference(set []*item) error {
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
			it.refChosen = t.answer(logps, stats, 2*i).logp
			it.refRejected = t.answer(logps, stats, 2*i+1).logp
			it.scored = true
		}
		t.seen += len(t.batch.Tokens)
	})
}

// pack fills the batch: each pair's prompt once, then its chosen and its rejected.
func (t *Trainer) pack(set []*item) {
	t.batch.Reset()
	for _, it := range set {
		t.batch.Add(it.example.Prompt, it.example.Chosen, it.example.Rejected)
	}
}
