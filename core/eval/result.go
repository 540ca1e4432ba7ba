package eval

import (
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"
)

// Result is what was measured, as far as the workers have come.
type Result struct {
	Prompts      int          `json:"prompts"`
	Temperatures []Comparison `json:"temperatures"`
	BestOf       []BestOf     `json:"best_of,omitempty"`
}

// Comparison is policy and reference at one temperature.
type Comparison struct {
	Temperature float64 `json:"temperature"`
	Policy      Side    `json:"policy"`
	Reference   *Side   `json:"reference,omitempty"` // nil if it does not answer
	// WinRate is the share of prompts at which the policy's answer has the greater
	// true reward, a tie counting half; nil without a rival.
	WinRate *Estimate `json:"win_rate,omitempty"`
	// KL is KL(π‖π_ref) in nats an answer: the mean over the policy's answers of
	// log π - log π_ref, each summed over tokens. Both are at the temperature at
	// which the answers were sampled, so that it is the KL of the two distributions
	// that one would sample from; nil without a reference and at temperature 0.
	KL *Estimate `json:"kl,omitempty"`
}

// Side is what a model's answers are like.
type Side struct {
	Reward    Estimate `json:"reward"`        // true reward, in [0,1]
	Spread    float64  `json:"reward_spread"` // its standard deviation over answers
	Parses    Estimate `json:"parses"`        // share that the world's grammar derives
	Tokens    Estimate `json:"tokens"`        // of an answer, its end-of-text included
	Cut       float64  `json:"cut"`           // share that the longest length cut off
	Distinct2 float64  `json:"distinct_2"`    // see distinct2; falls as answers are added
	Entropy   Estimate `json:"entropy"`       // of the distributions drawn from, nats a token
}

// BestOf is the mean true reward of the best of n answers of the reference at
// temperature 1.
type BestOf struct {
	N      int      `json:"n"`
	Reward Estimate `json:"reward"`
	KL     float64  `json:"kl"` // BestOfKL
	// Lead is how much the policy's true reward at temperature 1 is above this one,
	// prompt by prompt; nil where it was not measured or has no reference.
	Lead *Estimate `json:"lead,omitempty"`
}

// Result tells what was measured so far. No worker may be in Next meanwhile.
func (e *Evaluation) Result() Result {
	res := Result{Prompts: len(e.Prompts)}
	for i := range e.runs {
		res.Temperatures = append(res.Temperatures, e.compare(&e.runs[i]))
	}
	for _, n := range e.BestOf {
		res.BestOf = append(res.BestOf, e.bestOf(n))
	}
	return res
}

func (e *Evaluation) compare(r *run) Comparison {
	policy, reference := r.answers[byPolicy], r.answers[byReference]
	c := Comparison{Temperature: r.temperature, Policy: e.side(policy)}
	if e.reference != nil && r.temperature > 0 {
		kl := e.mean(policy, func(a Answer) float64 { return a.logp - a.refLogp })
		c.KL = &kl
	}
	if !e.rivals() {
		return c
	}
	side := e.side(reference)
	c.Reference = &side
	var wins []float64
	for i := range policy {
		if policy[i].known && reference[i].known {
			wins = append(wins, win(policy[i].Reward, reference[i].Reward))
		}
	}
	rate := Mean(wins, e.Seed)
	c.WinRate = &rate
	return c
}

// win is 1 for the greater reward, a half for a tie.
func win(policy, reference float64) float64 {
	switch {
	case policy > reference:
		return 1
	case policy == reference:
		return 0.5
	}
	return 0
}

func (e *Evaluation) side(answers []Answer) Side {
	reward := of(answers, func(a Answer) float64 { return a.Reward })
	tokens := of(answers, func(a Answer) float64 { return float64(a.Tokens) })
	entropy := of(answers, func(a Answer) float64 { return a.entropy })
	s := Side{Reward: Mean(reward, e.Seed), Tokens: Mean(tokens, e.Seed), Entropy: Ratio(entropy, tokens, e.Seed),
		Parses:    e.mean(answers, func(a Answer) float64 { return share(a.Parses) }),
		Cut:       stat.Mean(of(answers, func(a Answer) float64 { return share(a.Cut) }), nil),
		Distinct2: distinct2(answers)}
	if len(reward) > 1 {
		s.Spread = stat.StdDev(reward, nil)
	}
	return s
}

// of lists a value of the answers that are there.
func of(answers []Answer, value func(Answer) float64) (x []float64) {
	for _, a := range answers {
		if a.known {
			x = append(x, value(a))
		}
	}
	return x
}

func (e *Evaluation) mean(answers []Answer, value func(Answer) float64) Estimate {
	return Mean(of(answers, value), e.Seed)
}

func share(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// distinct2 is the share of distinct ones among all pairs of neighbouring words (Li
// et al. 2016, arXiv 1510.03055).
func distinct2(answers []Answer) float64 {
	seen, n := map[[2]string]bool{}, 0
	for _, a := range answers {
		words := strings.Fields(a.Text)
		for i := 1; i < len(words); i++ {
			seen[[2]string{words[i-1], words[i]}] = true
			n++
		}
	}
	return float64(len(seen)) / float64(max(1, n))
}

// bestOf estimates best-of-n from the prompts whose answers are all judged.
func (e *Evaluation) bestOf(n int) BestOf {
	var best, lead []float64
	policy := e.atOne()
	for i := range e.Prompts {
		own := e.best[i*e.most : (i+1)*e.most]
		if slices.Contains(e.judged[i*e.most:(i+1)*e.most], false) {
			continue
		}
		x := expectedMax(slices.Sorted(slices.Values(own)), n)
		best = append(best, x)
		if policy != nil && policy[i].known {
			lead = append(lead, policy[i].Reward-x)
		}
	}
	b := BestOf{N: n, Reward: Mean(best, e.Seed), KL: BestOfKL(n)}
	if len(lead) > 0 {
		mean := Mean(lead, e.Seed)
		b.Lead = &mean
	}
	return b
}

// atOne lists the answers at temperature 1 of a policy that has a reference; nil if
// there are none.
func (e *Evaluation) atOne() []Answer {
	i := slices.Index(e.Temperatures, 1)
	if i < 0 || e.reference == nil {
		return nil
	}
	return e.Answers(i)
}
