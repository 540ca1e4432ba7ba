package main

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"dpolab/core/exact"
	"dpolab/core/model"
	"dpolab/core/token"
	"dpolab/core/train"
	"dpolab/core/world"
)

// exactly computes what is otherwise sampled, by sums over all answers to some
// prompts of a finite world.
type exactly struct {
	tok     *token.Tokenizer
	prompts []string
	answers [][]string
	reward  [][]float64 // by prompt, of each answer and of any other text
	ref     [][]float64 // what the reference gives them

	frontier []exact.Point // mean over prompts: no policy has more reward at that KL
}

// exactPoint is a mean over prompts. KL counts any other text as one outcome, and so
// is at most that over all texts.
type exactPoint struct {
	KL     float64 `json:"kl"`
	Reward float64 `json:"reward"`
	Best   float64 `json:"best"` // reward of the frontier at that KL
}

// newExactly prepares sums over n of the world's prompts, and its frontier.
func newExactly(ctx context.Context, w world.Finite, base *model.Model, tok *token.Tokenizer, n int, seed uint64) (*exactly, error) {
	x := &exactly{tok: tok}
	all := w.Prompts()
	for _, i := range rand.New(rand.NewPCG(seed, 0)).Perm(len(all))[:min(n, len(all))] {
		answers := w.Answers(all[i])
		rewards := make([]float64, len(answers)+1) // any other text has 0
		for k, a := range answers {
			rewards[k] = w.Judge(all[i], a).Reward
		}
		x.prompts, x.answers, x.reward = append(x.prompts, all[i]), append(x.answers, answers), append(x.reward, rewards)
	}
	var err error
	if x.ref, err = x.distributions(ctx, base); err != nil {
		return nil, err
	}
	betas := append([]float64{math.Inf(1)}, exact.Betas(0.005, 50, 200)...) // from the reference itself
	frontiers := make([][]exact.Point, len(x.prompts))
	for i := range x.prompts {
		frontiers[i] = exact.Frontier(x.ref[i], x.reward[i], betas)
	}
	x.frontier = exact.Mean(frontiers...)
	return x, nil
}

// distributions are the model's over the answers to each prompt and any other text.
func (x *exactly) distributions(ctx context.Context, m *model.Model) ([][]float64, error) {
	var s *exact.Sum
	out := make([][]float64, len(x.prompts))
	for i, prompt := range x.prompts {
		if i > 0 && slices.Equal(x.answers[i], x.answers[i-1]) {
			s.Begin(prompt)
		} else {
			s = exact.NewSum(m, x.tok, prompt, x.answers[i])
		}
		for s.Next() {
			if ctx.Err() != nil {
				return nil, train.ErrStopped
			}
		}
		out[i] = s.Probabilities()
	}
	return out, nil
}

// point is where a policy stands.
func (x *exactly) point(ctx context.Context, m *model.Model) (*exactPoint, error) {
	p, err := x.distributions(ctx, m)
	if err != nil {
		return nil, err
	}
	return x.at(p), nil
}

// at is where distributions over the answers to each prompt stand.
func (x *exactly) at(p [][]float64) *exactPoint {
	var q exactPoint
	for i := range p {
		q.KL += exact.KL(p[i], x.ref[i]) / float64(len(p))
		q.Reward += exact.Expected(p[i], x.reward[i]) / float64(len(p))
	}
	q.Best = rewardAt(x.frontier, q.KL)
	return &q
}

// bestOf is where best-of-n sampling of the reference stands.
func (x *exactly) bestOf(n int) *exactPoint {
	p := make([][]float64, len(x.prompts))
	for i := range p {
		p[i] = bestOfN(x.ref[i], x.reward[i], n)
	}
	return x.at(p)
}

// bestOfN is the distribution of the best of n draws from ref; among equals any is
// taken, as often as ref gives it. With F the share of ref up to a reward r, the best
// has reward r with F(r)ⁿ - F(below r)ⁿ.
func bestOfN(ref, reward []float64, n int) []float64 {
	order := make([]int, len(ref))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(reward[a], reward[b]) })
	out := make([]float64, len(ref))
	below := 0.0
	for lo := 0; lo < len(order); {
		hi, mass := lo, 0.0
		for hi < len(order) && reward[order[hi]] == reward[order[lo]] {
			mass += ref[order[hi]]
			hi++
		}
		gain := math.Pow(below+mass, float64(n)) - math.Pow(below, float64(n))
		for _, i := range order[lo:hi] {
			if mass > 0 {
				out[i] = ref[i] / mass * gain
			}
		}
		lo, below = hi, below+mass
	}
	return out
}

// rewardAt reads a frontier at a KL, between its points along straight lines, which
// lie a little below it.
func rewardAt(frontier []exact.Point, kl float64) float64 {
	for i, p := range frontier {
		if p.KL < kl {
			continue
		}
		if i == 0 {
			return p.Reward
		}
		before := frontier[i-1]
		return before.Reward + (p.Reward-before.Reward)*(kl-before.KL)/(p.KL-before.KL)
	}
	return frontier[len(frontier)-1].Reward
}
