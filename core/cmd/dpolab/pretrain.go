package main

import (
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"sync"
	"time"

	"dpolab/core/model"
	"dpolab/core/optim"
	"dpolab/core/token"
	"dpolab/core/train"
	"dpolab/core/world"
)

const pretrainLine = "make a base model and its preference pairs from a world"

// pretrain makes one base model; interrupted, the same command goes on.
func (a *app) pretrain(ctx context.Context, args []string) error {
	r := committed(world.Sentiment())
	fs, name := r.flags()
	if err := a.parse(fs, args, pretrainLine); err != nil {
		return err
	}
	w, err := world.ByName(*name)
	if err != nil {
		return badf("--world: %w", err)
	}
	// What no flag says is the recipe of the world that was named.
	r = committed(w)
	if fs, _ = r.flags(); fs.Parse(args) != nil {
		panic("pretrain: flags that were read cannot be read again")
	}
	r.log = a.err
	if err := r.validate(); err != nil {
		return err
	}
	return r.make(ctx)
}

// flags are the settings of a recipe, with its values as defaults.
func (r *recipe) flags() (fs *flag.FlagSet, name *string) {
	fs = flag.NewFlagSet("pretrain", flag.ContinueOnError)
	name = fs.String("world", r.world.Name(), fmt.Sprintf("`world` whose text is learnt, one of %q; what is not said here is its recipe", world.Names()))
	fs.StringVar(&r.out, "out", "", "`folder` for the model, its card and its pairs")
	fs.Uint64Var(&r.seed, "seed", r.seed, "decides texts, weights and pairs")
	fs.IntVar(&r.vocab, "vocab", r.vocab, "tokens of the vocabulary")
	fs.IntVar(&r.steps, "steps", r.steps, "updates")
	fs.IntVar(&r.texts, "batch-size", r.texts, "prompts of one update, each with its answers")
	fs.Float64Var(&r.rate, "learning-rate", r.rate, "at the top of the schedule (warm-up, then cosine)")
	fs.IntVar(&r.trainPairs, "pairs", r.trainPairs, "training pairs sampled from the finished model")
	fs.IntVar(&r.heldout, "heldout-pairs", r.heldout, "held-out pairs, on prompts of their own")
	fs.Float64Var(&r.gap, "least-gap", r.gap, "least difference of true reward that makes a preference, 0 to 1")
	fs.IntVar(&r.shards, "shards", r.shards, "parts a step is cut into, computed at the same time; part of the recipe, because it fixes the order of sums")
	return fs, name
}

func (r *recipe) validate() error {
	if r.out == "" {
		return badf("--out is missing: name the folder to write")
	}
	for _, f := range []struct {
		name string
		v    int
	}{{"steps", r.steps}, {"batch-size", r.texts}, {"pairs", r.trainPairs}, {"heldout-pairs", r.heldout}, {"shards", r.shards}} {
		if f.v < 1 {
			return badf("--%s is %d, want 1 or more", f.name, f.v)
		}
	}
	if !(r.rate > 0) || math.IsInf(r.rate, 0) {
		return badf("--learning-rate is %v, want a number above 0", r.rate)
	}
	if !(r.gap >= 0 && r.gap <= 1) {
		return badf("--least-gap is %v, want 0 to 1", r.gap)
	}
	return nil
}

// make makes the model, or goes on making it, and writes its folder.
func (r *recipe) make(ctx context.Context) error {
	if err := os.MkdirAll(r.out, 0o755); err != nil {
		return badf("--out: %w", err)
	}
	tok, err := r.tokenizer()
	if err != nil {
		return badInput{err}
	}
	lm, err := r.begin(tok)
	if err != nil {
		return err
	}
	if err := r.resume(lm); err != nil {
		return err
	}
	if err := r.learn(ctx, lm, tok); err != nil {
		return err
	}
	return r.finish(ctx, lm, tok)
}

// begin is the model and its trainer before the first update.
func (r *recipe) begin(tok *token.Tokenizer) (*train.LM, error) {
	cfg := r.shape
	cfg.Vocab = tok.VocabSize()
	m, err := model.New(cfg)
	if err != nil {
		return nil, badInput{err}
	}
	m.Init(r.seed)
	lm := train.NewLM(m, optim.Schedule{Shape: "cosine", Peak: r.rate, Warmup: 50, Total: r.steps}, r.shards)
	lm.Clip = 1
	lm.Optim.Beta1, lm.Optim.Beta2, lm.Optim.Eps, lm.Optim.Decay = 0.9, 0.95, 1e-8, 0.1
	return lm, nil
}

// learn makes the updates, and keeps its state every minute and where it stops.
func (r *recipe) learn(ctx context.Context, lm *train.LM, tok *token.Tokenizer) error {
	bar := newProgress(r.log, "pretraining", lm.Optim.Steps)
	defer bar.end()
	begun, kept := time.Now(), time.Now()
	seen, smooth := 0, math.NaN()
	for lm.Optim.Steps < r.steps {
		if ctx.Err() != nil {
			return r.stop(lm)
		}
		texts := make([]train.Text, r.texts)
		for i := range texts {
			texts[i] = r.encoded(tok, lm.Optim.Steps*r.texts+i)
			for _, a := range texts[i].Answers {
				seen += len(a)
			}
		}
		loss, _ := lm.Step(texts, together)
		if smooth += 0.05 * (loss - smooth); math.IsNaN(smooth) {
			smooth = loss
		}
		if time.Since(kept) > time.Minute {
			if err := r.keep(lm); err != nil {
				return err
			}
			kept = time.Now()
		}
		bar.at(lm.Optim.Steps, r.steps, fmt.Sprintf("loss %.4f  %.0f learnt tokens/s", smooth, float64(seen)/time.Since(begun).Seconds()))
	}
	return r.keep(lm)
}

// together runs f(0) to f(n-1) at the same time.
func together(n int, f func(int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { f(i) })
	}
	all.Wait()
}
