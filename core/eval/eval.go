// Package eval measures a policy on a world's prompts, against its reference: true
// reward, win rate, KL, length, distinct-2, entropy and the share of answers that
// parse, at several temperatures, and what best-of-n sampling of the reference
// would reach. Every mean comes with a 95 % bootstrap interval.
//
// It is stepped by its host, has no clock and starts nothing; its work is cut into
// tasks that several workers may share. The same settings give the same numbers,
// whoever computes which task when. It trains nothing, reads no files, and knows
// no reward but the world's.
package eval

import (
	"errors"
	"fmt"
	"math"

	"dpolab/core/model"
	"dpolab/core/token"
	"dpolab/core/world"
)

// Config says what is measured.
type Config struct {
	Prompts      []string  // asked, each once a temperature
	Temperatures []float64 // 0 takes the likeliest token
	BestOf       []int     // n of best-of-n, sampled from the reference at temperature 1
	MaxTokens    int       // longest answer, its end-of-text included
	Batch        int       // answers side by side; part of what decides them
	Seed         uint64    // decides answers and intervals
	Alone        bool      // the reference scores but does not answer: no win rate
}

// Evaluation is one measurement. The host makes workers and calls their Next until
// each is done; Result then tells what was measured.
type Evaluation struct {
	Config
	policy, reference *model.Model
	tok               *token.Tokenizer
	world             world.World
	prompts           [][]int32 // tokens of Prompts
	longest           int       // of them
	runs              []run
	best              []float64 // true rewards of the reference, (prompts, most)
	judged            []bool    // of best
	most              int       // greatest of BestOf
	tasks             []task
}

// run is what is kept of one temperature.
type run struct {
	temperature float64
	answers     [2][]Answer // policy's and reference's, by prompt
}

// Answer is one sampled answer and what was measured on it.
type Answer struct {
	Text   string
	Tokens int  // its end-of-text included
	Cut    bool // it ended for want of room, not by itself
	Reward float64
	Parses bool

	known         bool
	logp, refLogp float64 // under policy and reference at the run's temperature
	entropy       float64 // sum over tokens, nats
}

// Who answers.
const (
	byPolicy = iota
	byReference
)

// New plans an evaluation. Without a reference nothing is compared, and best-of-n
// is of the policy. Both models share the tokenizer. The weights are read while the
// workers work and must stay as they are.
func New(policy, reference *model.Model, tok *token.Tokenizer, w world.World, c Config) (*Evaluation, error) {
	e := &Evaluation{Config: c, policy: policy, reference: reference, tok: tok, world: w}
	if err := c.validate(); err != nil {
		return nil, err
	}
	for i, p := range c.Prompts {
		ids := tok.Encode(p)
		for _, m := range e.models() {
			if len(ids) == 0 || len(ids) >= m.Context {
				return nil, fmt.Errorf("prompt %d (%q) is %d tokens long, want 1 to %d: the model's context is %d", i+1, p, len(ids), m.Context-1, m.Context)
			}
		}
		e.prompts = append(e.prompts, ids)
		e.longest = max(e.longest, len(ids))
	}
	e.plan()
	return e, nil
}

func (c *Config) validate() error {
	if len(c.Prompts) == 0 {
		return errors.New("there is no prompt to ask")
	}
	for _, t := range c.Temperatures {
		if err := (model.Sampling{Temperature: t, TopP: 1, MaxTokens: c.MaxTokens}).Validate(); err != nil {
			return err
		}
	}
	if c.Batch < 1 {
		return fmt.Errorf("batch is %d answers, want 1 or more", c.Batch)
	}
	for _, n := range c.BestOf {
		if n < 1 {
			return fmt.Errorf("best-of-n with n %d, want 1 or more", n)
		}
	}
	return nil
}

// models are policy and, where there is one, reference.
func (e *Evaluation) models() []*model.Model {
	if e.reference == nil {
		return []*model.Model{e.policy}
	}
	return []*model.Model{e.policy, e.reference}
}

// rivals says whether the reference answers too.
func (e *Evaluation) rivals() bool { return e.reference != nil && !e.Alone }

// plan cuts the work into tasks.
func (e *Evaluation) plan() {
	n := len(e.Prompts)
	for _, t := range e.Temperatures {
		r := run{temperature: t}
		for who := range r.answers {
			r.answers[who] = make([]Answer, n)
		}
		e.runs = append(e.runs, r)
	}
	for i := range e.runs {
		e.cut(i, byPolicy, n)
		if e.rivals() {
			e.cut(i, byReference, n)
		}
	}
	for _, k := range e.BestOf {
		e.most = max(e.most, k)
	}
	e.best, e.judged = make([]float64, n*e.most), make([]bool, n*e.most)
	e.cut(bestOf, byReference, n*e.most)
}

// bestOf stands for a run among the tasks.
const bestOf = -1

// task is answers first to first+n of a run, by one model; of bestOf, answer i is to
// prompt i/most.
type task struct{ run, who, first, n int }

func (e *Evaluation) cut(run, who, answers int) {
	for first := 0; first < answers; first += e.Batch {
		e.tasks = append(e.tasks, task{run, who, first, min(e.Batch, answers-first)})
	}
}

// Total is the number of answers that are sampled in all.
func (e *Evaluation) Total() (n int) {
	for _, t := range e.tasks {
		n += t.n
	}
	return n
}

// temperature of a task.
func (e *Evaluation) temperature(t task) float64 {
	if t.run == bestOf {
		return 1
	}
	return e.runs[t.run].temperature
}

// prompt is the number of the prompt that answer i of a task is to.
func (e *Evaluation) prompt(t task, i int) int {
	if t.run == bestOf {
		return (t.first + i) / e.most
	}
	return t.first + i
}

// stream tells the random streams of tasks apart. It depends on nothing else that is
// measured beside the task.
func (e *Evaluation) stream(t task) uint64 {
	kind := uint64(t.who)
	if t.run == bestOf {
		kind = 2
	}
	return math.Float64bits(e.temperature(t))*0x9e3779b97f4a7c15 + kind<<56 + uint64(t.first)
}

// Answers lists the policy's answers at the i-th temperature, by prompt.
func (e *Evaluation) Answers(i int) []Answer { return e.runs[i].answers[byPolicy] }
