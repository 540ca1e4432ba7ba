package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"dpolab/core/eval"
	"dpolab/core/preset"
	"dpolab/core/train"
	"dpolab/core/train/config"
	"dpolab/core/world"
)

const frontierLine = "train with several β and draw true reward over KL"

// frontierOptions are the flags of frontier, besides the table of settings.
type frontierOptions struct {
	world, model, data, betas, bestOf string
	steps, every, prompts, maxTokens  int
	exact                             int
	out, metrics                      string
	settings                          settings
}

// The settings that are not flags: there are several β, and frontier itself says how
// long a run is and when it is measured.
var notFlags = map[string]bool{"beta": true, "epochs": true, "eval-every": true, "eval-pairs": true}

// frontier trains a policy for each β, measures each along the way, and writes table
// and picture.
func (a *app) frontier(ctx context.Context, args []string) error {
	o := &frontierOptions{}
	fs := flag.NewFlagSet("frontier", flag.ContinueOnError)
	fs.StringVar(&o.world, "world", "", fmt.Sprintf("`world` that asks and judges, one of %q", world.Names()))
	fs.StringVar(&o.model, "model", "", "`folder` of the base model; without it assets/models/WORLD")
	fs.StringVar(&o.data, "data", "", "`file` of preference pairs to train on; without it "+preset.Pairs+" beside the model")
	fs.StringVar(&o.betas, "beta", "0.05,0.1,0.5,1,5", "`list` of β, a run each")
	fs.IntVar(&o.steps, "steps", 120, "updates of each run; the learning rate stays where the warm-up brings it, unless --schedule is given")
	fs.IntVar(&o.every, "every", 12, "updates between two measurements")
	fs.IntVar(&o.prompts, "prompts", 200, "prompts of a measurement, none of a pair while the world has others; the same for all")
	fs.StringVar(&o.bestOf, "best-of", "2,4,16", "`list` of n of best-of-n sampling of the base model, to compare with; empty leaves it out")
	fs.IntVar(&o.maxTokens, "max-tokens", answerTokens, "longest answer in tokens, the end of text included")
	fs.IntVar(&o.exact, "exact", 16, "prompts over all whose answers the sums go, where a world can list them; 0 samples alone")
	fs.StringVar(&o.out, "out", "", "`folder` for the picture, frontier.svg; without it only the table is printed")
	fs.StringVar(&o.metrics, "metrics", "", "`file` for the measurements, a row of JSON a line")
	for i := range config.Fields {
		if f := &config.Fields[i]; !notFlags[f.Name] {
			fs.Var(&setting{f, &o.settings}, f.Name, settingHelp(f))
		}
	}
	if err := a.parse(fs, args, frontierLine); err != nil {
		return err
	}
	f, err := a.newFrontier(o)
	if err != nil {
		return err
	}
	if err := f.measureBase(ctx); err != nil {
		return err
	}
	broken := f.trace(ctx)
	if err := a.writeFrontier(f); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return stopped{"what was measured so far is written; the same command begins again"}
	}
	return broken
}

// newFrontier checks the flags and reads what the runs begin with.
func (a *app) newFrontier(o *frontierOptions) (*frontier, error) {
	f := &frontier{frontierOptions: o, log: a.err}
	if o.world == "" {
		return nil, badf("--world is missing: name the world that asks and judges, one of %q", world.Names())
	}
	var err error
	if f.judge, err = world.ByName(o.world); err != nil {
		return nil, badf("--world: %w", err)
	}
	if err := f.lists(); err != nil {
		return nil, err
	}
	if o.model == "" {
		o.model = filepath.Join("assets", "models", o.world)
	}
	s := subject{known: map[string]bool{}}
	if _, err := s.read("model", o.model, &f.base); err != nil {
		return nil, err
	}
	f.tok = s.tok
	if o.data == "" {
		o.data = filepath.Join(o.model, preset.Pairs)
	}
	f.data.Name = filepath.Base(o.data)
	if f.data.Train, err = a.readPairs(o.data, f.tok, f.base.Context); err != nil {
		return nil, err
	}
	s.knows(f.data.Train)
	if err := f.configure(); err != nil {
		return nil, err
	}
	f.eval = eval.Config{Prompts: eval.Prompts(f.judge, o.prompts, f.config.Seed, s.known), Temperatures: []float64{1},
		MaxTokens: o.maxTokens, Batch: measureBatch, Seed: f.config.Seed, Alone: true}
	return f, f.makeRoom()
}

// lists reads the flags that are lists and checks the counts.
func (f *frontier) lists() (err error) {
	if f.beta, err = numbers("beta", f.betas); err != nil {
		return err
	}
	if f.best, err = counts("best-of", f.bestOf); err != nil {
		return err
	}
	if len(f.beta) == 0 {
		return badf("--beta is empty: name one β or more, such as 0.1,1")
	}
	if f.exact < 0 {
		return badf("--exact is %d, want 0 or more", f.exact)
	}
	for _, c := range []struct {
		name string
		n    int
	}{{"steps", f.steps}, {"every", f.every}, {"prompts", f.prompts}, {"max-tokens", f.maxTokens}} {
		if c.n < 1 {
			return badf("--%s is %d, want 1 or more", c.name, c.n)
		}
	}
	return nil
}

// configure makes the settings of the runs: those of the world's preset, a constant
// learning rate, and what was given.
func (f *frontier) configure() error {
	f.config = config.Defaults()
	if p, err := preset.ByName(f.judge.Name()); err == nil {
		f.config = p.Config()
	}
	f.config.Schedule = config.Constant
	if err := f.config.Apply(f.settings.given); err != nil {
		return badInput{err}
	}
	n := len(f.data.Train)
	perEpoch := (n + f.config.BatchSize - 1) / f.config.BatchSize
	f.config.Epochs = (f.steps + perEpoch - 1) / perEpoch
	for _, beta := range f.beta {
		t, err := f.begin(beta)
		if err == nil {
			err = t.CanTrain()
		}
		if err != nil {
			return badInput{err}
		}
	}
	return nil
}

// begin is the run of one β before its first update.
func (f *frontier) begin(beta float64) (*train.Trainer, error) {
	c := f.config
	c.Beta = beta
	t, _, err := train.New(f.base, f.tok, c, f.data) // readPairs has told every problem
	return t, err
}

// makeRoom sees to it that what will be written can be.
func (f *frontier) makeRoom() error {
	if f.out != "" {
		if err := os.MkdirAll(f.out, 0o755); err != nil {
			return badf("--out: %w", err)
		}
	}
	if f.metrics != "" {
		if err := replaceFile(f.metrics, nil); err != nil {
			return badf("--metrics: %w", err)
		}
	}
	return nil
}
