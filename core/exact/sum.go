package exact

import (
	"math"

	"dpolab/core/model"
	"dpolab/core/nn"
	"dpolab/core/token"
)

// Sum computes the probability of every answer to a prompt under a model, some
// answers at a time:
//
//	for s.Next() {
//	}
//
// An answer is its tokens and the end of text. The model may say the same text in
// other tokens than the tokenizer's; that counts as outside. Weights must not change
// between two calls of Next. Sum has memory of its own, some megabytes, which Begin
// uses again.
type Sum struct {
	// LogP is log π(answer | prompt) in nats, for the answers done so far.
	LogP []float64

	m       *model.Model
	tok     *token.Tokenizer
	prompt  []int32
	answers [][]int32
	tape    nn.Tape
	batch   model.Batch
}

// atOnce is the number of answers of one Next; bounds the arena and the time.
const atOnce = 64

// NewSum begins the sum. Prompt and answers are tokenised apart, as in training; the
// prompt must not be empty, and with the longest answer fit into the context.
func NewSum(m *model.Model, tok *token.Tokenizer, prompt string, answers []string) *Sum {
	s := &Sum{m: m, tok: tok, LogP: make([]float64, 0, len(answers))}
	for _, a := range answers {
		s.answers = append(s.answers, append(tok.Encode(a), tok.EndOfText()))
	}
	s.Begin(prompt)
	return s
}

// Begin starts again with another prompt, or with weights that have changed.
func (s *Sum) Begin(prompt string) { s.prompt, s.LogP = s.tok.Encode(prompt), s.LogP[:0] }

// Next scores some answers and says whether it did: false once all are scored.
func (s *Sum) Next() bool {
	lo := len(s.LogP)
	if lo == len(s.answers) {
		return false
	}
	s.batch.Reset()
	s.batch.Add(s.prompt, s.answers[lo:min(lo+atOnce, len(s.answers))]...)
	s.tape.Bind(s.m.Weights, nil)
	logps := s.tape.Data(s.m.LogProbs(&s.tape, &s.batch))
	for _, a := range s.batch.Answers {
		sum := 0.0
		for _, logp := range logps[a.First : a.First+a.Len] {
			sum += float64(logp)
		}
		s.LogP = append(s.LogP, sum)
	}
	return true
}

// Total is the number of answers; len(LogP) of them are done.
func (s *Sum) Total() int { return len(s.answers) }

// Outside is the probability that the model says any other text, exact to the
// rounding of float32 log-probabilities, about 1e-6. It is known once all answers
// are scored.
func (s *Sum) Outside() float64 {
	rest := 1.0
	for _, logp := range s.LogP {
		rest -= math.Exp(logp)
	}
	return max(0, rest)
}

// Probabilities is the model's distribution: each answer's probability, and Outside
// as the last outcome. They sum to 1.
func (s *Sum) Probabilities() []float64 {
	p := make([]float64, len(s.LogP)+1)
	for i, logp := range s.LogP {
		p[i] = math.Exp(logp)
	}
	p[len(s.LogP)] = s.Outside()
	return p
}

// Distribution is the finished sum in one call.
func Distribution(m *model.Model, tok *token.Tokenizer, prompt string, answers []string) *Sum {
	s := NewSum(m, tok, prompt, answers)
	for s.Next() {
	}
	return s
}
