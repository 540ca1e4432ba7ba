package page

import (
	"slices"

	"dpolab/ui/text"
)

// census is the exact table of one prompt of a finite world, and the policy's way.
type census struct {
	prompt   string // that is looked at; empty: the world's first
	prompts  []string
	request  int  // that is answered next
	waiting  bool // for it
	again    bool // something changed meanwhile
	table    *ExactTable
	trail    []place // of the policy, by step
	trailFor string  // prompt of the trail
	problem  string
}

// place is where a policy stood: its distance from the reference and its reward.
type place struct {
	step       int
	kl, reward float64
}

// maxExactPrompts is how many prompts can be chosen from.
const maxExactPrompts = 64

// HasExact reports whether the world is finite, so that its table can be shown.
func (p *Page) HasExact() bool { return p.ready != nil && p.ready.Exact }

// Exact returns the table that is shown; nil if there is none yet.
func (p *Page) Exact() *ExactTable { return p.exact.table }

// ExactProblem says why there is none; empty if nothing is wrong.
func (p *Page) ExactProblem() string { return clip(p.exact.problem, MaxLength) }

// ExactPrompts lists the prompts that can be looked at.
func (p *Page) ExactPrompts() []Option {
	var out []Option
	for _, s := range p.exact.prompts {
		out = append(out, Option{Value: s, Label: clip(s, 200), Chosen: s == p.exact.prompt})
	}
	return out
}

// findPrompts lists the different prompts of the pairs, held-out ones first.
func (p *Page) findPrompts() {
	x := &p.exact
	x.prompts = nil
	if !p.HasExact() {
		return
	}
	seen := map[string]bool{}
	for _, q := range slices.Concat(p.data.set.Heldout, p.data.set.Train) {
		if q.Prompt == "" || seen[q.Prompt] || len(q.Prompt) > MaxLength {
			continue
		}
		seen[q.Prompt] = true
		if x.prompts = append(x.prompts, q.Prompt); len(x.prompts) == maxExactPrompts {
			break
		}
	}
	slices.Sort(x.prompts)
	if !seen[x.prompt] && len(x.prompts) > 0 {
		x.prompt = p.firstPrompt()
	}
}

// LookAt shows the table of another prompt.
func (p *Page) LookAt(prompt string) {
	x := &p.exact
	if prompt == x.prompt {
		return
	}
	x.prompt, x.problem = clip(prompt, MaxLength), ""
	p.lookExactly()
	p.touch()
}

// lookExactly asks for the table as it is now; one question at a time.
func (p *Page) lookExactly() {
	x := &p.exact
	switch {
	case !p.HasExact() || !p.Alive():
	case x.waiting:
		x.again = true
	default:
		p.answer.requests++
		x.request, x.waiting, x.again = p.answer.requests, true, false
		p.trainer.AskExact(ExactRequest{Request: x.request, Prompt: x.prompt, Beta: p.settings.config.Beta})
	}
}

// ExactTable takes a table.
func (p *Page) ExactTable(t ExactTable) {
	x := &p.exact
	if t.Request != x.request {
		return
	}
	x.waiting = false
	if t.Error != "" {
		x.problem = text.NoExact + t.Error
		p.touch()
	} else if x.prompt == "" || t.Prompt == x.prompt {
		if x.table == nil || x.problem != "" {
			p.touch()
		}
		x.table, x.problem, x.prompt = &t, "", t.Prompt
		x.walk(t)
		p.showExact()
	}
	if x.again {
		p.lookExactly()
	}
}

// walk adds where the policy stands to its way, which a new run or another prompt
// begins anew.
func (x *census) walk(t ExactTable) {
	if x.trailFor != t.Prompt {
		x.trail, x.trailFor = nil, t.Prompt
	}
	for len(x.trail) > 0 && x.trail[len(x.trail)-1].step >= t.Step {
		x.trail = x.trail[:len(x.trail)-1]
	}
	x.trail = append(x.trail, place{t.Step, t.KLPolicy, t.RewardPolicy})
}
