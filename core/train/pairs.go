package train

import (
	"math/rand/v2"

	"dpolab/core/model"
	"dpolab/core/pref"
	"dpolab/core/token"
)

// Task is what a world gives to training: prompts without end, and the true reward
// of an answer, in [0,1].
type Task interface {
	Prompt(*rand.Rand) string
	Reward(prompt, answer string) (reward float64, parses bool)
}

// PairMaker samples preference pairs from a model: Answers answers a prompt, of
// every two the one with the higher true reward is preferred, as the DPO paper does
// with its classifier (section 6, controlled sentiment). Ties, and differences below
// Gap, are left out and counted.
type PairMaker struct {
	Model    *model.Model
	Tok      *token.Tokenizer
	Task     Task
	Sampling model.Sampling
	Answers  int     // answers a prompt
	Keep     int     // pairs kept of one prompt, at most; 0 keeps all
	Gap      float64 // least difference of true reward that makes a preference
	Seed     uint64

	Prompts, Ties int // counted so far
	seen          map[string]bool
}

// Next samples answers to n fresh prompts and returns their pairs. Prompts of
// earlier calls do not come again.
func (p *PairMaker) Next(n int) ([]pref.Pair, error) {
	if p.seen == nil {
		p.seen = map[string]bool{}
	}
	r := rand.New(rand.NewPCG(p.Seed, uint64(p.Prompts)))
	var texts []string
	var prompts [][]int32
	for len(texts) < n {
		text := p.Task.Prompt(r)
		if p.seen[text] {
			continue
		}
		p.seen[text] = true
		texts = append(texts, text)
		for range p.Answers {
			prompts = append(prompts, p.Tok.Encode(text))
		}
	}
	g, err := p.Model.NewGenerator(prompts, p.Sampling, r.Uint64())
	if err != nil {
		return nil, err
	}
	for g.Next() {
	}
	var pairs []pref.Pair
	for i, text := range texts {
		pairs = append(pairs, p.prefer(r, text, g.Answers[i*p.Answers:(i+1)*p.Answers])...)
	}
	p.Prompts += n
	return pairs, nil
}

// prefer turns the answers to one prompt into pairs.
func (p *PairMaker) prefer(r *rand.Rand, prompt string, answers []model.Generated) []pref.Pair {
	texts, rewards := make([]string, len(answers)), make([]float64, len(answers))
	for i, a := range answers {
		texts[i] = p.Tok.Decode(a.Tokens)
		rewards[i], _ = p.Task.Reward(prompt, texts[i])
	}
	var pairs []pref.Pair
	for i := range answers {
		for j := range i {
			better, worse := i, j
			if rewards[j] > rewards[i] {
				better, worse = j, i
			}
			if d := rewards[better] - rewards[worse]; d == 0 || d < p.Gap || texts[i] == texts[j] {
				p.Ties++
				continue
			}
			pairs = append(pairs, pref.Pair{Prompt: prompt, Chosen: texts[better], Rejected: texts[worse]})
		}
	}
	r.Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })
	if p.Keep > 0 && len(pairs) > p.Keep {
		pairs = pairs[:p.Keep]
	}
	return pairs
}
