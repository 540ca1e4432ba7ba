package main

import (
	"math/rand/v2"
	"strings"

	"gonum.org/v1/gonum/stat"

	"dpolab/core/model"
	"dpolab/core/token"
	"dpolab/core/world"
)

// sampled is what n answers at one temperature are like.
type sampled struct {
	n       int
	parses  float64   // share that the world's grammar derives
	tokens  float64   // mean length
	rewards []float64 // true reward of each
	texts   []string  // prompt | answer
	bigrams map[string]bool
	words   int // word pairs, of which bigrams are the distinct ones
}

func (s *sampled) reward() float64 { return stat.Mean(s.rewards, nil) }

// distinct2 is the share of distinct ones among all pairs of neighbouring words (Li
// et al. 2016, arXiv 1510.03055).
func (s *sampled) distinct2() float64 {
	return float64(len(s.bigrams)) / float64(max(1, s.words))
}

func (s *sampled) add(prompt, answer string, tokens int, j world.Judgement) {
	s.rewards = append(s.rewards, j.Reward)
	if j.Parses {
		s.parses += 1 / float64(s.n)
	}
	s.tokens += float64(tokens) / float64(s.n)
	w := strings.Fields(answer)
	for i := 1; i < len(w); i++ {
		s.bigrams[w[i-1]+" "+w[i]] = true
		s.words++
	}
	s.texts = append(s.texts, prompt+" |"+answer)
}

// measure samples answers to prompts that nothing was trained on.
func (r *recipe) measure(m *model.Model, tok *token.Tokenizer, temperature float64) (*sampled, error) {
	rng := rand.New(rand.NewPCG(r.seed+2, 0))
	s := &sampled{n: r.measured, bigrams: map[string]bool{}}
	sampling := model.Sampling{Temperature: temperature, TopP: 1, MaxTokens: answerTokens, EndOfText: tok.EndOfText()}
	for len(s.texts) < s.n {
		var asked []string
		var prompts [][]int32
		for range min(32, s.n-len(s.texts)) {
			p := r.world.Prompt(rng)
			asked = append(asked, p)
			prompts = append(prompts, tok.Encode(p))
		}
		g, err := m.NewGenerator(prompts, sampling, rng.Uint64())
		if err != nil {
			return nil, err
		}
		for g.Next() {
		}
		for i, a := range g.Answers {
			text := tok.Decode(a.Tokens)
			s.add(asked[i], text, len(a.Tokens), r.world.Judge(asked[i], text))
		}
	}
	return s, nil
}
