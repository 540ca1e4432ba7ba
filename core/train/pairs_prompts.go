package train

import (
	"errors"
	"math/rand/v2"
	"slices"
)

// prompts hands out a task's prompts: none twice where there is no end of them. Of a
// task that lists its prompts a quarter is held out, and each comes again and again.
type prompts struct {
	seen  map[string]bool
	lists [2][]string // of training and held-out pairs
	asked [2]int
}

// draw is the next prompt that leaves room for an answer, with its tokens.
func (s *prompts) draw(p *PairMaker, r *rand.Rand, heldout bool) (string, []int32, error) {
	if s.seen == nil {
		s.seen = map[string]bool{}
		s.list(p)
	}
	kind := 0
	if heldout {
		kind = 1
	}
	const patience = 10000
	for range patience {
		text := ""
		switch list := s.lists[kind]; {
		case s.lists[0] == nil:
			if text = p.Task.Prompt(r); s.seen[text] {
				continue
			}
			s.seen[text] = true
		case len(list) == 0:
			return "", nil, errors.New("the world has one prompt alone: none can be held out")
		default:
			text = list[s.asked[kind]%len(list)]
			s.asked[kind]++
		}
		if ids := p.Tok.Encode(text); len(ids) > 0 && len(ids) < p.Model.Context-1 {
			return text, ids, nil
		}
	}
	return "", nil, errors.New("the world has no further prompt that leaves room for an answer: make fewer pairs, or keep more of each prompt")
}

// list divides the prompts of a task that has few.
func (s *prompts) list(p *PairMaker) {
	few, ok := p.Task.(interface{ Prompts() []string })
	if !ok {
		return
	}
	all := slices.Clone(few.Prompts())
	rand.New(rand.NewPCG(p.Seed, streamSplit)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	held := min(max(1, len(all)/4), len(all)-1)
	s.lists = [2][]string{all[held:], all[:held]}
}
