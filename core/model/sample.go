package model

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"dpolab/core/kernel"
)

// Sampling says how answers are drawn.
type Sampling struct {
	Temperature float64 // 0 takes the likeliest token; at most 10
	TopP        float64 // in (0,1]: only the likeliest tokens that together have this share
	MaxTokens   int     // at most this many, the end-of-text included
	EndOfText   int32   // ends an answer, and is its last token
}

// Validate reports what cannot be used.
func (s Sampling) Validate() error {
	switch {
	case !(s.Temperature >= 0 && s.Temperature <= 10):
		return fmt.Errorf("temperature is %v, want 0 to 10", s.Temperature)
	case !(s.TopP > 0 && s.TopP <= 1):
		return fmt.Errorf("top-p is %v, want more than 0, at most 1", s.TopP)
	case s.MaxTokens < 1:
		return fmt.Errorf("length is %d tokens, want 1 or more", s.MaxTokens)
	}
	return nil
}

// Why an answer ended.
const (
	EndOfText = "end of text"
	MaxTokens = "length"
	Context   = "context"
)

// Generated is one answer as far as it has come.
type Generated struct {
	Tokens []int32
	LogP   float64 // log π of Tokens given the prompt, at temperature 1, nats
	Ended  string  // why it ended; empty while it goes on
}

// Generator answers several prompts side by side, one token each a step. Answer i
// depends on weights, prompt, sampling, seed and i, and on nothing else: each has
// a random stream of its own.
type Generator struct {
	Answers []Generated
	Sampling

	dec     *Decoder
	streams []*rand.Rand
	prompts [][]int32
	slots   []Slot
	want    []int
	unread  []Slot // of the prompts, all but the last token of each; a repeated prompt's are not here
	live    []int  // answers that go on, in order
	order   []int  // of tokens, reused by top-p
	probs   []float32
}

// readAtOnce bounds the prompt tokens of one call of Next, and so how long it takes.
const readAtOnce = 64

// NewGenerator starts one answer for each prompt. A prompt must not be empty and
// must leave room in the context for one token.
func (m *Model) NewGenerator(prompts [][]int32, s Sampling, seed uint64) (*Generator, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	g := &Generator{Sampling: s, prompts: prompts, Answers: make([]Generated, len(prompts))}
	longest := 0
	for i, p := range prompts {
		if len(p) == 0 {
			return nil, fmt.Errorf("prompt %d is empty: write something to answer", i+1)
		}
		if len(p) >= m.Context {
			return nil, fmt.Errorf("prompt %d is %d tokens long, the model's context is %d: shorten it", i+1, len(p), m.Context)
		}
		longest = max(longest, len(p))
		if !g.repeats(i) {
			for pos, token := range p[:len(p)-1] {
				g.unread = append(g.unread, Slot{Seq: i, Pos: pos, Token: token})
			}
		}
		g.streams = append(g.streams, rand.New(rand.NewPCG(seed, uint64(i))))
		g.live = append(g.live, i)
	}
	g.dec = m.NewDecoder(len(prompts), longest+s.MaxTokens)
	g.probs = make([]float32, m.Vocab)
	return g, nil
}

// repeats reports whether prompt i is the one before it: both are read once.
func (g *Generator) repeats(i int) bool { return i > 0 && slices.Equal(g.prompts[i], g.prompts[i-1]) }

// Next draws one more token for every answer that goes on and reports whether any
// still does. The first calls read the prompts, readAtOnce tokens each, and draw
// nothing until all are read.
func (g *Generator) Next() bool {
	if len(g.live) == 0 {
		return false
	}
	if len(g.unread) > 0 {
		g.read()
		return true
	}
	g.slots, g.want = g.slots[:0], g.want[:0]
	for row, i := range g.live {
		at, last := len(g.prompts[i])-1, g.prompts[i]
		if n := len(g.Answers[i].Tokens); n > 0 {
			at, last = at+n, g.Answers[i].Tokens
		}
		g.slots = append(g.slots, Slot{Seq: i, Pos: at, Token: last[len(last)-1]})
		g.want = append(g.want, row)
	}
	logits := g.dec.Logits(g.slots, g.want)
	v := len(g.probs)
	for row, i := range g.live {
		g.draw(i, logits[row*v:(row+1)*v])
	}
	g.live = slices.DeleteFunc(g.live, func(i int) bool { return g.Answers[i].Ended != "" })
	return len(g.live) > 0
}

// read reads some of the prompts' tokens; after the last ones, answers to a repeated
// prompt begin with what its first one has read.
func (g *Generator) read() {
	n := min(readAtOnce, len(g.unread))
	g.dec.Logits(g.unread[:n], nil)
	if g.unread = g.unread[n:]; len(g.unread) > 0 {
		return
	}
	for i := range g.prompts {
		if g.repeats(i) {
			g.dec.Share(i, i-1, len(g.prompts[i])-1)
		}
	}
}

// draw adds a token to answer i and decides whether it ends there.
func (g *Generator) draw(i int, logits []float32) {
	a := &g.Answers[i]
	stats := kernel.VocabRow(g.probs, logits)
	token := stats.ArgMax
	if g.Temperature > 0 {
		kernel.Softmax(g.probs, logits, float32(1/g.Temperature))
		token = g.pick(g.streams[i].Float64())
	}
	a.Tokens = append(a.Tokens, int32(token))
	a.LogP += float64(logits[token] - stats.LogSumExp)
	switch {
	case int32(token) == g.EndOfText:
		a.Ended = EndOfText
	case len(a.Tokens) >= g.MaxTokens:
		a.Ended = MaxTokens
	case len(g.prompts[i])+len(a.Tokens) >= g.dec.m.Context:
		a.Ended = Context
	}
}

// pick draws from probs, restricted to the nucleus of TopP (Holtzman et al. 2020,
// arXiv 1904.09751), u being uniform in [0,1).
func (g *Generator) pick(u float64) int {
	share := 1.0
	candidates := g.order[:0]
	for t := range g.probs {
		candidates = append(candidates, t)
	}
	g.order = candidates
	if g.TopP < 1 {
		candidates, share = nucleus(candidates, g.probs, g.TopP)
	}
	left := u * share
	for _, t := range candidates {
		if left -= float64(g.probs[t]); left < 0 {
			return t
		}
	}
	return likeliest(candidates, g.probs)
}

// nucleus sorts the tokens by probability, ties by number, and returns the fewest
// that have at least topP together, with their sum.
func nucleus(tokens []int, probs []float32, topP float64) ([]int, float64) {
	slices.SortFunc(tokens, func(a, b int) int {
		switch {
		case probs[a] > probs[b]:
			return -1
		case probs[a] < probs[b]:
			return 1
		}
		return a - b
	})
	sum := 0.0
	for n, t := range tokens {
		if sum += float64(probs[t]); sum >= topP || math.IsNaN(sum) {
			return tokens[:n+1], sum
		}
	}
	return tokens, sum
}

// likeliest catches the rounding that leaves a little of u over.
func likeliest(tokens []int, probs []float32) int {
	best := tokens[0]
	for _, t := range tokens {
		if probs[t] > probs[best] {
			best = t
		}
	}
	return best
}
