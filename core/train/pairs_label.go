package train

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"dpolab/core/pref"
)

// What decides which of two answers is preferred.
const (
	// LabelReward prefers the higher true reward.
	LabelReward = "reward"
	// LabelLonger prefers the answer of more words, of two whose true rewards differ
	// by no more than Gap: longer, and not better.
	LabelLonger = "longer"
	// LabelNear prefers the higher true reward, of two answers that differ in at most
	// three words. The first answer to a prompt is sampled whole, the others go on from
	// one of its last eight tokens.
	LabelNear = "near"
)

// prefer turns the answers to one prompt into pairs. It draws as many numbers
// whatever the label settings are.
func (p *PairMaker) prefer(r *rand.Rand, a *asked, heldout bool) []pref.Pair {
	var pairs []candidate
	for i, x := range a.answers {
		for j, y := range a.answers[:i] {
			u, flip := r.Float64(), r.Float64() < p.Flip
			if heldout {
				u, flip = math.NaN(), false
			}
			if a.repeats(i) || a.repeats(j) {
				p.Degenerate++
				continue
			}
			if !p.comparable(x, y) {
				continue
			}
			chosen, rejected := y, x
			if p.wins(x, y, u) != flip {
				chosen, rejected = x, y
			}
			pair := pref.Pair{Prompt: a.prompt, Chosen: chosen.text, Rejected: rejected.text}
			if _, problem := pref.Tokenize(p.Tok, pair, p.Model.Context); problem != nil {
				p.Unfit++
				continue
			}
			pairs = append(pairs, candidate{pair, above(float64(len(chosen.text)), float64(len(rejected.text))), above(chosen.logp, rejected.logp), (x.reward > y.reward) == (chosen.text == x.text)})
		}
	}
	r.Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })
	lean := &p.leans[0]
	if heldout {
		lean = &p.leans[1]
	}
	var out []pref.Pair
	for _, q := range pairs {
		if p.Keep > 0 && len(out) == p.Keep {
			break
		}
		if p.Balance && !lean.take(q) {
			p.Skewed++
			continue
		}
		p.Pairs++
		p.longer += q.longer
		p.likelier += q.likelier
		out = append(out, q.Pair)
	}
	return out
}

// candidate is a pair with what length and likelihood say of its label: 1 that they
// predict it, 0 that they predict the other, a half neither.
type candidate struct {
	pref.Pair
	longer, likelier float64
	right            bool // the label is that of the true rewards
}

// lean is how far length and likelihood predict the true labels of a set, as sums of
// halves above and below an even share.
type lean struct {
	n                int
	longer, likelier float64
}

// take reports whether a pair may join the set, and counts it if so. It may not when
// one of the shares is further from even than a fiftieth and it would move it on.
func (l *lean) take(q candidate) bool {
	longer, likelier := q.longer-0.5, q.likelier-0.5
	if !q.right {
		longer, likelier = -longer, -likelier
	}
	bound := 2 + 0.02*float64(l.n)
	for _, x := range [2][2]float64{{l.longer, longer}, {l.likelier, likelier}} {
		if sum, more := x[0], x[1]; sum*more > 0 && math.Abs(sum+more) > bound {
			return false
		}
	}
	l.n++
	l.longer += longer
	l.likelier += likelier
	return true
}

// repeats reports whether answer i was given before.
func (a *asked) repeats(i int) bool {
	return slices.ContainsFunc(a.answers[:i], func(x answered) bool { return x.text == a.answers[i].text })
}

// comparable reports whether one of two answers can be preferred, and counts what
// keeps it from that.
func (p *PairMaker) comparable(x, y answered) bool {
	gap := math.Abs(x.reward - y.reward)
	switch {
	case strings.TrimSpace(x.text) == "" || strings.TrimSpace(y.text) == "":
		p.Degenerate++
	case p.Label == LabelNear && (x.cut || y.cut || wordDistance(x.text, y.text) > nearWords),
		p.Label == LabelLonger && gap > p.Gap:
		p.Unfit++
	case p.Label == LabelLonger && wordCount(x) == wordCount(y),
		p.Label != LabelLonger && (gap == 0 || gap < p.Gap):
		p.Ties++
	default:
		return true
	}
	return false
}

// wins reports whether x is preferred to y; u is uniform in [0,1), or NaN for no noise.
func (p *PairMaker) wins(x, y answered, u float64) bool {
	switch {
	case p.Label == LabelLonger:
		return wordCount(x) > wordCount(y)
	case p.Noise > 0 && !math.IsNaN(u):
		return u < sigmoid((x.reward-y.reward)/p.Noise)
	}
	return x.reward > y.reward
}

func wordCount(a answered) int { return len(strings.Fields(a.text)) }

// above is 1 for the greater of two, a half for equals.
func above(x, y float64) float64 {
	switch {
	case x > y:
		return 1
	case x == y:
		return 0.5
	}
	return 0
}
