package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"

	"dpolab/core/eval"
	"dpolab/core/model"
	"dpolab/core/token"
	"dpolab/core/train"
	"dpolab/core/train/config"
	"dpolab/core/world"
)

// frontier is the trade of true reward for KL along training, for several β.
type frontier struct {
	*frontierOptions
	log    io.Writer
	judge  world.World
	base   *model.Model
	tok    *token.Tokenizer
	data   train.Data
	config config.Config // of every run, but for β
	eval   eval.Config
	beta   []float64
	best   []int

	sums    *exactly      // of a finite world, or nil
	start   eval.Side     // of the base model
	sampled []eval.BestOf // best-of-n of the base model
	runs    [][]point     // by β
}

// point is a policy on its way.
type point struct {
	Beta   float64       `json:"beta"`
	Step   int           `json:"step"`
	KL     eval.Estimate `json:"kl"`     // KL(π‖π_ref), nats
	Reward eval.Estimate `json:"reward"` // true reward
	Parses eval.Estimate `json:"parses"`
	Tokens eval.Estimate `json:"tokens"`
	Exact  *exactPoint   `json:"exact,omitempty"` // of a finite world
}

// trace makes the runs, as many at a time as there are cores, as far as ctx lets it.
// Each point depends on nothing but its β and its step. A run that breaks off keeps
// its points and is told; the error is of runs that broke off.
func (f *frontier) trace(ctx context.Context) error {
	f.runs = make([][]point, len(f.beta))
	bar := newProgress(f.log, "training", 0)
	defer bar.end()
	var mu sync.Mutex
	done, next := 0, 0
	broken := make([]error, len(f.beta))
	step := func(note string) {
		mu.Lock()
		defer mu.Unlock()
		done++
		bar.at(done, len(f.beta)*f.steps, note)
	}
	claim := func() int {
		mu.Lock()
		defer mu.Unlock()
		next++
		return next - 1
	}
	together(min(runtime.GOMAXPROCS(0), len(f.beta)), func(int) {
		for i := claim(); i < len(f.beta); i = claim() {
			if err := f.run(ctx, i, step); err != nil && !errors.Is(err, train.ErrStopped) {
				broken[i] = fmt.Errorf("β %v: %w", f.beta[i], err)
			}
		}
	})
	return errors.Join(broken...)
}

// measureBase measures the base model: every curve begins there.
func (f *frontier) measureBase(ctx context.Context) error {
	c := f.eval
	c.BestOf = f.best
	e, err := eval.New(f.base, nil, f.tok, f.judge, c)
	if err != nil {
		return badInput{err}
	}
	res, err := measure(ctx, f.log, "measuring the base model", e)
	if err != nil {
		return stopped{"nothing was written; the same command begins again"}
	}
	f.start, f.sampled = res.Temperatures[0].Policy, res.BestOf
	w, finite := f.judge.(world.Finite)
	if !finite || f.exact == 0 {
		return nil
	}
	if f.sums, err = newExactly(ctx, w, f.base, f.tok, f.exact, f.config.Seed); err != nil {
		return stopped{"nothing was written; the same command begins again"}
	}
	return nil
}

// run trains with one β and measures on the way.
func (f *frontier) run(ctx context.Context, i int, step func(note string)) error {
	t, err := f.begin(f.beta[i])
	if err != nil {
		return err
	}
	t.Hook = func() bool { return ctx.Err() == nil }
	first := point{KL: eval.Estimate{N: f.prompts}, Reward: f.start.Reward, Parses: f.start.Parses, Tokens: f.start.Tokens}
	if f.sums != nil {
		first.Exact = f.sums.at(f.sums.ref)
	}
	last := f.add(i, first)
	for t.Steps() < f.steps {
		if _, err := t.Step(); err != nil {
			return err
		}
		if t.Steps()%f.every == 0 || t.Steps() == f.steps {
			p, err := f.measure(ctx, t)
			if err != nil {
				return err
			}
			last = f.add(i, p)
		}
		step(fmt.Sprintf("β %v, step %d: reward %.3f, KL %.1f nats", last.Beta, last.Step, last.Reward.Mean, last.KL.Mean))
	}
	return nil
}

func (f *frontier) add(i int, p point) point {
	p.Beta = f.beta[i]
	f.runs[i] = append(f.runs[i], p)
	return p
}

// measure measures the policy as it is now.
func (f *frontier) measure(ctx context.Context, t *train.Trainer) (point, error) {
	e, err := eval.New(t.Policy, t.Reference, f.tok, f.judge, f.eval)
	if err != nil {
		return point{}, err
	}
	w := e.Worker(0, 1)
	work(ctx, w, func(int) {})
	if w.Done < e.Total() {
		return point{}, train.ErrStopped
	}
	c := e.Result().Temperatures[0]
	p := point{Step: t.Steps(), KL: *c.KL, Reward: c.Policy.Reward, Parses: c.Policy.Parses, Tokens: c.Policy.Tokens}
	if f.sums != nil {
		p.Exact, err = f.sums.point(ctx, t.Policy)
	}
	return p, err
}
