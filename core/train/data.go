package train

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"dpolab/core/pref"
	"dpolab/core/token"
)

// Data is the pairs of a run, as people write them.
type Data struct {
	Name           string // for people
	World          string // built-in world that knows the true reward; may be empty
	Train, Heldout []pref.Pair
}

// item is a pair as the trainer works with it.
type item struct {
	pair    pref.Pair
	example pref.Example
	// What the reference says of the two answers; made when the pair is first used.
	refChosen, refRejected refScore
	scored                 bool
}

// refScore is a log-probability summed over all tokens of an answer, and over those
// that both answers of the pair have.
type refScore struct{ logp, shared float64 }

// shared is the length of the shorter answer, tokens.
func (it *item) shared() int { return min(len(it.example.Chosen), len(it.example.Rejected)) }

// items tokenises pairs, keeping what former knows of the same pair. Pairs that
// cannot be used are left out and reported with their 1-based place in the list.
func items(tok *token.Tokenizer, pairs []pref.Pair, context int, former []*item) ([]*item, []pref.Problem) {
	known := make(map[pref.Pair]*item, len(former))
	for _, it := range former {
		known[it.pair] = it
	}
	var out []*item
	var problems []pref.Problem
	for i, p := range pairs {
		if it, ok := known[p]; ok {
			out = append(out, it)
			continue
		}
		problem := pref.Check(p)
		var example pref.Example
		if problem == nil {
			example, problem = pref.Tokenize(tok, p, context)
		}
		if problem != nil {
			problem.Line = i + 1
			problems = append(problems, *problem)
			continue
		}
		out = append(out, &item{pair: p, example: example})
	}
	return out, problems
}

// Usable returns the pairs of a file that a model with this tokenizer and context
// can be trained on, and everything that is wrong with the others, by line.
func Usable(tok *token.Tokenizer, set pref.Set, context int) ([]pref.Pair, []pref.Problem) {
	_, unfit := items(tok, set.Pairs, context, nil)
	problems := append([]pref.Problem{}, set.Problems...)
	var pairs []pref.Pair
	for i, p := range set.Pairs {
		if len(unfit) > 0 && unfit[0].Line == i+1 {
			unfit[0].Line = set.Lines[i]
			problems = append(problems, unfit[0])
			unfit = unfit[1:]
			continue
		}
		pairs = append(pairs, p)
	}
	slices.SortStableFunc(problems, func(a, b pref.Problem) int { return cmp.Compare(a.Line, b.Line) })
	return pairs, problems
}

// epochOrder is the order in which epoch number epoch shows n items.
func epochOrder(seed uint64, epoch, n int) []int {
	return rand.New(rand.NewPCG(seed, uint64(epoch))).Perm(n)
}
