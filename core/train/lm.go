package train

import (
	"dpolab/core/model"
	"dpolab/core/nn"
	"dpolab/core/optim"
)

// Text is what a model learns to say: each of the Answers after Prompt, of which
// nothing is predicted and which is computed once for all of them. Without a prompt
// every token of an answer but its first is predicted.
type Text struct {
	Prompt  []int32
	Answers [][]int32
}

// predictions counts the tokens that are predicted.
func (t Text) predictions() (n int) {
	for _, a := range t.Answers {
		n += len(a)
	}
	if len(t.Prompt) == 0 {
		n -= len(t.Answers)
	}
	return n
}

func (t Text) pack(b *model.Batch) {
	if len(t.Prompt) > 0 {
		b.Add(t.Prompt, t.Answers...)
		return
	}
	for _, a := range t.Answers {
		b.AddText(a)
	}
}

// LM trains a model on texts; the loss is cross-entropy in nats a predicted token.
// It makes base models; preference training is Trainer.
//
// A step is cut into a fixed number of shards whose gradients are added in order,
// so that the result does not depend on who computes them when.
type LM struct {
	Model    *model.Model
	Optim    *optim.AdamW
	Schedule optim.Schedule
	Clip     float64
	shards   []shard
}

// shard is the memory of one part of a step.
type shard struct {
	tape  nn.Tape
	batch model.Batch
	grads []float32
	loss  float64
}

// NewLM returns a trainer that cuts every step into n shards.
func NewLM(m *model.Model, s optim.Schedule, n int) *LM {
	return &LM{Model: m, Optim: newOptim(m), Schedule: s, shards: make([]shard, n)}
}

// Step makes one update on the texts, each with a token to predict, and returns the
// mean loss and the gradient's norm. run calls f(0) to f(n-1), in any order or at
// the same time, and returns when all are done.
func (l *LM) Step(texts []Text, run func(n int, f func(int))) (loss, norm float64) {
	predictions := 0
	for _, t := range texts {
		predictions += t.predictions()
	}
	n := len(l.shards)
	run(n, func(i int) {
		l.shards[i].gradient(l.Model, texts[i*len(texts)/n:(i+1)*len(texts)/n], predictions)
	})
	total := l.shards[0].grads
	loss = l.shards[0].loss
	for i := 1; i < n; i++ {
		loss += l.shards[i].loss
		for j, g := range l.shards[i].grads {
			total[j] += g
		}
	}
	norm = optim.Clip(total, l.Clip)
	l.Optim.Update(l.Model.Weights, total, l.Schedule.Rate(l.Optim.Steps))
	return loss, norm
}

// gradient computes the shard's part of the mean loss over all predictions.
func (s *shard) gradient(m *model.Model, texts []Text, predictions int) {
	if s.grads == nil {
		s.grads = make([]float32, len(m.Weights))
	}
	clear(s.grads)
	s.loss = 0
	const atOnce = 16 // answers; bounds the arena
	for len(texts) > 0 {
		s.batch.Reset()
		for len(texts) > 0 && len(s.batch.Answers) < atOnce {
			texts[0].pack(&s.batch)
			texts = texts[1:]
		}
		s.tape.Bind(m.Weights, s.grads)
		y := m.LogProbs(&s.tape, &s.batch)
		for _, lp := range s.tape.Data(y) {
			s.loss -= float64(lp) / float64(predictions)
		}
		seed := s.tape.Seed(y)
		for i := range seed {
			seed[i] = float32(-1 / float64(predictions))
		}
		s.tape.Backward()
	}
}

// Loss is the mean cross-entropy of the texts in nats a predicted token, without training.
func (l *LM) Loss(texts []Text) float64 {
	var tape nn.Tape
	var b model.Batch
	sum, n := 0.0, 0
	for _, t := range texts {
		b.Reset()
		t.pack(&b)
		tape.Bind(l.Model.Weights, nil)
		for _, lp := range tape.Data(l.Model.LogProbs(&tape, &b)) {
			sum -= float64(lp)
			n++
		}
	}
	return sum / float64(n)
}

// newOptim lays AdamW out over the model's table of tensors.
func newOptim(m *model.Model) *optim.AdamW {
	var spans []optim.Span
	for _, t := range m.Tensors() {
		spans = append(spans, optim.Span{Off: t.Off, Len: t.Len, Decay: t.Decay})
	}
	return optim.NewAdamW(len(m.Weights), spans)
}
