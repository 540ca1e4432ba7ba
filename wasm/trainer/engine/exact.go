package engine

import (
	"errors"
	"fmt"
	"slices"

	"dpolab/core/exact"
	"dpolab/core/world"
	"dpolab/wasm/bridge"
)

// summing computes exact distributions over every answer to a prompt.
type summing struct {
	bridge.AskExact
	step     int // of the policy
	answers  []string
	rewards  []float64 // of the answers and of any other text, which has 0
	ref, sum *exact.Sum
}

// listed is the reference's distribution over the answers to a prompt: a policy that
// learns is asked about the same prompt again and again.
type listed struct {
	base, prompt string
	sum          *exact.Sum
}

const (
	likeliest     = 5 // answers shown of each distribution
	frontierSteps = 48
)

func (e *Engine) askExact(m *bridge.AskExact) {
	j, err := e.startExact(m)
	if err != nil {
		e.host.Post(&bridge.ExactTable{Request: m.Request, Error: err.Error()})
		return
	}
	e.jobs = append(e.jobs, j)
}

func (e *Engine) startExact(m *bridge.AskExact) (*summing, error) {
	w, ok := e.world.(world.Finite)
	switch {
	case e.run == nil:
		return nil, errors.New("no model is loaded yet")
	case !ok:
		return nil, errors.New("this world has no end of answers: nothing can be summed over all of them")
	case !(m.Beta > 0):
		return nil, fmt.Errorf("β is %v, want more than 0", m.Beta)
	}
	j := &summing{AskExact: *m, step: e.run.Steps()}
	prompts := w.Prompts()
	if j.Prompt == "" {
		j.Prompt = prompts[0]
	}
	if !slices.Contains(prompts, j.Prompt) {
		return nil, fmt.Errorf("%q is no prompt of this world: choose one of its %d, such as %q", j.Prompt, len(prompts), prompts[0])
	}
	j.answers = w.Answers(j.Prompt)
	for _, a := range j.answers {
		j.rewards = append(j.rewards, w.Judge(j.Prompt, a).Reward)
	}
	j.rewards = append(j.rewards, 0)
	j.sum = exact.NewSum(e.run.Policy.Clone(), e.tok, j.Prompt, j.answers)
	if e.listed.base == e.base && e.listed.prompt == j.Prompt {
		j.ref = e.listed.sum
	} else {
		j.ref = exact.NewSum(e.run.Reference.Clone(), e.tok, j.Prompt, j.answers)
	}
	return j, nil
}

func (j *summing) request() int { return j.Request }

func (j *summing) next(e *Engine) bool {
	if j.ref.Next() || j.sum.Next() {
		return true
	}
	e.listed = listed{e.base, j.Prompt, j.ref}
	e.host.Post(j.table())
	return false
}

func (j *summing) stop(e *Engine) {
	e.host.Post(&bridge.ExactTable{Request: j.Request, Error: "stopped"})
}

func (j *summing) table() *bridge.ExactTable {
	ref, policy := j.ref.Probabilities(), j.sum.Probabilities()
	optimum, kl, _ := exact.Optimum(ref, j.rewards, j.Beta)
	t := &bridge.ExactTable{Request: j.Request, Step: j.step, Prompt: j.Prompt, Beta: j.Beta, Count: len(j.answers), Outside: j.sum.Outside(),
		KLPolicy: exact.KL(policy, ref), RewardPolicy: exact.Expected(policy, j.rewards),
		KLOptimum: kl, RewardOptimum: exact.Expected(optimum, j.rewards), RewardReference: exact.Expected(ref, j.rewards)}
	for _, r := range exact.Table(ref, policy, optimum, j.rewards, likeliest) {
		if r.Outcome == len(j.answers) {
			continue // any other text
		}
		t.Answers = append(t.Answers, j.answers[r.Outcome])
		t.Reference, t.Policy, t.Optimum = append(t.Reference, r.Ref), append(t.Policy, r.Policy), append(t.Optimum, r.Optimum)
		t.Reward = append(t.Reward, r.Reward)
	}
	for _, p := range exact.Frontier(ref, j.rewards, exact.Betas(0.01, 10, frontierSteps)) {
		t.Frontier = append(t.Frontier, [2]float64{p.KL, p.Reward})
	}
	return t
}
