package main

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"

	"dpolab/core/ckpt"
	"dpolab/core/pref"
	"dpolab/core/train"
	"dpolab/core/train/config"
)

const trainLine = "train a model on preference pairs, with DPO or another loss"

// trainOptions are the flags of train, besides the table of settings.
type trainOptions struct {
	model, data, heldout string
	fraction             float64
	resume               string
	out, metrics         string
	steps                int
	settings             settings
	preset               presetChoice
}

// train makes a run, or goes on with a saved one, and writes what it learnt.
func (a *app) train(ctx context.Context, args []string) error {
	o, err := a.trainOptions(args)
	if err != nil {
		return err
	}
	begin := a.newRun
	if o.resume != "" {
		begin = a.resumedRun
	}
	t, err := begin(o)
	if err != nil {
		return err
	}
	if err := t.CanTrain(); err != nil {
		return badInput{err}
	}
	// Asked now, so that a model that cannot be stored is not trained for an hour.
	if _, err := ckpt.Folder(t.Policy, t.Tok, ckpt.F32); err != nil {
		return badInput{err}
	}
	return a.drive(ctx, o, t)
}

func (a *app) trainOptions(args []string) (*trainOptions, error) {
	o := &trainOptions{}
	fs := flag.NewFlagSet("train", flag.ContinueOnError)
	fs.StringVar(&o.model, "model", "", "`folder` of the model to begin with: config.json, tokenizer.json, model.safetensors")
	fs.StringVar(&o.data, "data", "", "`file` of preference pairs: JSON Lines or one JSON array with prompt, chosen and rejected")
	fs.StringVar(&o.heldout, "heldout", "", "`file` of pairs to measure on, as --data; without it --eval-fraction of the data is kept apart")
	fs.Float64Var(&o.fraction, "eval-fraction", 0.1, "share of the pairs that is measured on instead of trained on, prompt by prompt; 0 to 0.9")
	fs.StringVar(&o.resume, "resume", "", "go on with a saved run.zip `file`, which has model, pairs and settings of its own; settings given here change it")
	fs.StringVar(&o.out, "out", "", "`folder` for the trained model (float32) and run.zip; what is there is replaced; with --resume it defaults to the run's folder")
	fs.StringVar(&o.metrics, "metrics", "", "`file` for the metrics of the whole run, a row of JSON a line; begun anew, each row written when it is complete, with what was measured on held-out pairs")
	fs.IntVar(&o.steps, "steps", 0, "stop when the run has made this many updates, those before --resume included; 0 is all epochs")
	o.preset.define(fs)
	o.settings.define(fs)
	if err := a.parse(fs, args, trainLine); err != nil {
		return nil, err
	}
	given := map[string]bool{}
	fs.Visit(func(f *flag.Flag) { given[f.Name] = true })
	if err := o.choose(given); err != nil {
		return nil, err
	}
	return o, o.check(given)
}

// check refuses flags that do not go together.
func (o *trainOptions) check(given map[string]bool) error {
	if o.resume != "" {
		for _, name := range []string{"model", "data", "heldout", "eval-fraction"} {
			if given[name] {
				return badf("--%s does not go with --resume: a saved run has its model and its pairs", name)
			}
		}
		if o.out == "" {
			o.out = filepath.Dir(o.resume)
		}
	}
	switch {
	case o.resume == "" && o.model == "":
		return badf("--model is missing: name the folder of a model, a preset with --preset, or a saved run with --resume")
	case o.resume == "" && o.data == "":
		return badf("--data is missing: name a file of preference pairs")
	case o.out == "":
		return badf("--out is missing: name the folder to write")
	case !(o.fraction >= 0 && o.fraction <= 0.9):
		return badf("--eval-fraction is %v, want 0 to 0.9", o.fraction)
	case o.steps < 0:
		return badf("--steps is %d, want 0 or more", o.steps)
	}
	return nil
}

// newRun begins a run from --model and --data.
func (a *app) newRun(o *trainOptions) (*train.Trainer, error) {
	cfg := config.Defaults()
	if err := cfg.Apply(o.settings.given); err != nil {
		return nil, badInput{err}
	}
	m, tok, err := readModel(o.model)
	if err != nil {
		return nil, err
	}
	data := train.Data{Name: filepath.Base(o.data)}
	if data.Train, err = a.readPairs(o.data, tok, m.Context); err != nil {
		return nil, err
	}
	if o.heldout != "" {
		data.Heldout, err = a.readPairs(o.heldout, tok, m.Context)
	} else {
		data.Train, data.Heldout = split(data.Train, o.fraction, cfg.Seed)
	}
	if err != nil {
		return nil, err
	}
	o.preset.finish(&data)
	t, _, err := train.New(m, tok, cfg, data) // readPairs has told every problem
	if err != nil {
		return nil, badInput{err}
	}
	return t, nil
}

func split(pairs []pref.Pair, fraction float64, seed uint64) (training, heldout []pref.Pair) {
	in, out := pref.Split(pairs, fraction, seed)
	pick := func(at []int) (set []pref.Pair) {
		for _, i := range at {
			set = append(set, pairs[i])
		}
		return set
	}
	return pick(in), pick(out)
}

// resumedRun loads a saved run and applies the settings that were given.
func (a *app) resumedRun(o *trainOptions) (*train.Trainer, error) {
	b, err := os.ReadFile(o.resume)
	if err != nil {
		return nil, badf("--resume: %w", err)
	}
	t, err := train.Load(b, nil)
	if err != nil {
		return nil, badf("%s: %w", o.resume, err)
	}
	cfg := t.Config
	if err := cfg.Apply(o.settings.given); err != nil {
		return nil, badInput{err}
	}
	waits, err := t.Configure(cfg)
	switch {
	case err != nil:
		return nil, badInput{err}
	case len(waits) > 0:
		return nil, badf("--%s: a run keeps the value it began with until it is reset: leave it out, or begin a new run", strings.Join(waits, ", --"))
	}
	return t, nil
}
