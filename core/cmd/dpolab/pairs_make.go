package main

import (
	"context"
	"dpolab/core/preset"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"dpolab/core/model"
	"dpolab/core/pref"
	"dpolab/core/train"
	"dpolab/core/world"
)

const pairsLine = "sample preference pairs of a world from a model"

// makePairs writes the training and held-out pairs that a maker samples.
func (a *app) makePairs(ctx context.Context, args []string) error {
	p := &train.PairMaker{Sampling: model.Sampling{TopP: 1, MaxTokens: answerTokens}}
	fs := flag.NewFlagSet("pairs", flag.ContinueOnError)
	dir := fs.String("model", "", "`folder` of the model that answers: config.json, tokenizer.json, model.safetensors")
	name := fs.String("world", "", fmt.Sprintf("`world` that asks, and knows the true reward; one of %q", world.Names()))
	out := fs.String("out", "", "`folder` for "+preset.Pairs+" and "+preset.Heldout)
	fs.IntVar(&p.Size, "size", 1000, "training pairs")
	fs.IntVar(&p.Holdout, "heldout", 500, "held-out pairs, on prompts of their own, without noise and flips; the same whatever the size")
	fs.StringVar(&p.Label, "label", train.LabelReward, "which of two answers is chosen: reward (the higher true reward), longer (of two about equally good), or near (the higher reward of two that differ in at most 3 words)")
	fs.Float64Var(&p.Gap, "gap", 0, "least difference of true reward that makes a pair, 0 to 1; with --label longer the greatest")
	fs.Float64Var(&p.Noise, "noise", 0, "Bradley-Terry temperature of training labels: P(i over j) = σ((reward i - reward j)/noise); 0 always takes the higher reward")
	fs.Float64Var(&p.Flip, "flip", 0, "share of training labels that are turned round, 0 to 0.5")
	fs.IntVar(&p.Answers, "answers", 4, "answers to each prompt, of which every two may make a pair")
	fs.IntVar(&p.Keep, "keep", 0, "pairs kept of one prompt, at most; 0 keeps all")
	fs.BoolVar(&p.Balance, "balance", true, "leave out pairs until neither the longer nor the likelier answer wins much more than half of them (only with --label reward)")
	fs.Float64Var(&p.Sampling.Temperature, "temperature", 1, "of the answers; 0 to 10")
	fs.Uint64Var(&p.Seed, "seed", 1, "decides prompts, answers and labels")
	if err := a.parse(fs, args, pairsLine); err != nil {
		return err
	}
	switch {
	case *dir == "":
		return badf("--model is missing: name the folder of a model")
	case *name == "":
		return badf("--world is missing: name one of %q", world.Names())
	case *out == "":
		return badf("--out is missing: name the folder to write")
	case p.Size < 1:
		return badf("--size is %d, want 1 or more", p.Size)
	}
	w, err := world.ByName(*name)
	if err != nil {
		return badf("--world: %w", err)
	}
	p.Task = w
	if p.Model, p.Tok, err = readModel(*dir); err != nil {
		return err
	}
	p.Balance = p.Balance && p.Label == train.LabelReward
	p.Sampling.EndOfText = p.Tok.EndOfText()
	if err := p.Validate(); err != nil {
		return badInput{err}
	}
	return a.writePairs(ctx, p, *out)
}

func (a *app) writePairs(ctx context.Context, p *train.PairMaker, out string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return badf("--out: %w", err)
	}
	if err := sampleAll(ctx, a.err, p, "nothing was written; the same command makes the same pairs"); err != nil {
		return err
	}
	for _, f := range []struct {
		name  string
		pairs []pref.Pair
	}{{preset.Pairs, p.Train}, {preset.Heldout, p.Heldout}} {
		if len(f.pairs) == 0 {
			continue
		}
		path := filepath.Join(out, f.name)
		if err := replaceFile(path, pref.AppendJSONL(nil, f.pairs)); err != nil {
			return err
		}
		fmt.Fprintf(a.out, "%d pairs in %s\n", len(f.pairs), path)
	}
	fmt.Fprintf(a.out, "prompts %d, ties %d, degenerate %d, unfit %d, left out for balance %d\n", p.Prompts, p.Ties, p.Degenerate, p.Unfit, p.Skewed)
	fmt.Fprintf(a.out, "the longer answer wins %.1f %%, the likelier under the model %.1f %%\n", 100*p.Longer(), 100*p.Likelier())
	return nil
}

// sampleAll runs a maker to its end. After an interruption the same command makes the
// same pairs; left says what it finds.
func sampleAll(ctx context.Context, log io.Writer, p *train.PairMaker, left string) error {
	bar := newProgress(log, "sampling pairs", 0)
	defer bar.end()
	for more := true; more; {
		if ctx.Err() != nil {
			return stopped{left}
		}
		var err error
		if more, err = p.Step(); err != nil {
			return badInput{err}
		}
		bar.at(len(p.Train)+len(p.Heldout), p.Size+p.Holdout, fmt.Sprintf("%d prompts, %d ties", p.Prompts, p.Ties))
	}
	return nil
}
