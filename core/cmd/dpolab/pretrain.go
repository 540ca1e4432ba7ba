package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"dpolab/core/ckpt"
	"dpolab/core/model"
	"dpolab/core/optim"
	"dpolab/core/token"
	"dpolab/core/train"
	"dpolab/core/world"
)

// recipe is how a base model is made; all of it stands on the model card.
type recipe struct {
	world               world.World
	out                 string
	seed                uint64
	vocab, steps, texts int
	rate                float64
	trainPairs, heldout int
	shards              int
}

// shape of the base models: about a million parameters.
var shape = model.Config{Hidden: 128, Layers: 4, Heads: 4, KVHeads: 2, HeadDim: 32, FFN: 384, Context: 256,
	RopeTheta: 10000, NormEps: 1e-5, TieEmbeddings: true}

func pretrain(ctx context.Context, args []string) error {
	fl := flag.NewFlagSet("pretrain", flag.ContinueOnError)
	name := fl.String("world", "sentiment", fmt.Sprintf("world whose text is learnt, one of %q", world.Names()))
	var r recipe
	fl.StringVar(&r.out, "out", "", "folder for the model, its card and its pairs (required)")
	fl.Uint64Var(&r.seed, "seed", 1, "decides texts, weights and pairs")
	fl.IntVar(&r.vocab, "vocab", 2048, "tokens of the vocabulary")
	fl.IntVar(&r.steps, "steps", 3000, "updates")
	fl.IntVar(&r.texts, "batch-size", 64, "texts of one update")
	fl.Float64Var(&r.rate, "learning-rate", 3e-3, "at the top of the schedule (warm-up, then cosine)")
	fl.IntVar(&r.trainPairs, "pairs", 640, "training pairs sampled from the finished model")
	fl.IntVar(&r.heldout, "heldout-pairs", 600, "held-out pairs, on prompts of their own")
	fl.IntVar(&r.shards, "shards", 2, "parts a step is cut into, computed at the same time; part of the recipe, because it fixes the order of sums")
	if err := parse(fl, args, "make a base model and its preference pairs from a world"); err != nil {
		return err
	}
	if r.out == "" {
		return badInput{errors.New("--out is missing: name the folder to write")}
	}
	for flagName, v := range map[string]int{"steps": r.steps, "batch-size": r.texts, "pairs": r.trainPairs, "heldout-pairs": r.heldout, "shards": r.shards} {
		if v < 1 {
			return badInput{fmt.Errorf("--%s is %d, want 1 or more", flagName, v)}
		}
	}
	var err error
	if r.world, err = world.ByName(*name); err != nil {
		return badInput{err}
	}
	return r.make(ctx)
}

func (r *recipe) make(ctx context.Context) error {
	if err := os.MkdirAll(r.out, 0o755); err != nil {
		return err
	}
	tok, err := r.tokenizer()
	if err != nil {
		return err
	}
	cfg := shape
	cfg.Vocab = tok.VocabSize()
	m, err := model.New(cfg)
	if err != nil {
		return badInput{err}
	}
	m.Init(r.seed)
	lm := train.NewLM(m, optim.Schedule{Shape: "cosine", Peak: r.rate, Warmup: 50, Total: r.steps}, r.shards)
	lm.Clip = 1
	lm.Optim.Beta1, lm.Optim.Beta2, lm.Optim.Eps, lm.Optim.Decay = 0.9, 0.95, 1e-8, 0.1
	if err := r.resume(lm); err != nil {
		return err
	}
	if err := r.learn(ctx, lm, tok); err != nil {
		return err
	}
	return r.finish(ctx, lm, tok)
}

// text draws prompt and answer number i; the same number gives the same text.
func (r *recipe) text(i int) (prompt, answer string) {
	rng := rand.New(rand.NewPCG(r.seed, uint64(i)))
	prompt = r.world.Prompt(rng)
	return prompt, r.world.Answer(rng, prompt)
}

// tokenizer learns the vocabulary from texts that training will not repeat.
func (r *recipe) tokenizer() (*token.Tokenizer, error) {
	const n, apart = 20000, 1 << 40
	texts := make([]string, n)
	for i := range texts {
		p, a := r.text(apart + i)
		texts[i] = p + a
	}
	return token.Train(texts, r.vocab)
}

// encode is a text as the model sees it: prompt and answer tokenised apart, so that
// no token crosses the boundary, and the end-of-text.
func encode(tok *token.Tokenizer, prompt, answer string) []int32 {
	return append(append(tok.Encode(prompt), tok.Encode(answer)...), tok.EndOfText())
}

// learn makes the updates, and keeps its state where it stops.
func (r *recipe) learn(ctx context.Context, lm *train.LM, tok *token.Tokenizer) error {
	bar := newProgress("pretraining", lm.Optim.Steps)
	begun, kept := time.Now(), time.Now()
	seen, smooth := 0, math.NaN()
	for step := lm.Optim.Steps; step < r.steps; step++ {
		if ctx.Err() != nil {
			return errors.Join(ctx.Err(), r.keep(lm))
		}
		texts := make([][]int32, r.texts)
		for i := range texts {
			p, a := r.text(step*r.texts + i)
			texts[i] = encode(tok, p, a)
			seen += len(texts[i])
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
		bar.at(step+1, r.steps, fmt.Sprintf("loss %.4f  %.0f tokens/s", smooth, float64(seen)/time.Since(begun).Seconds()))
	}
	return nil
}

// together runs f(0) to f(n-1) at the same time.
func together(n int, f func(int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { f(i) })
	}
	all.Wait()
}

func (r *recipe) statePath() string { return filepath.Join(r.out, "pretrain.state") }

// key says which recipe a kept state belongs to.
func (r *recipe) key() string {
	return fmt.Sprintf("%s seed=%d vocab=%d steps=%d texts=%d rate=%v shards=%d", r.world.Name(), r.seed, r.vocab, r.steps, r.texts, r.rate, r.shards)
}

// keep writes weights and optimizer, so that the same command goes on from there.
func (r *recipe) keep(lm *train.LM) error {
	f := &ckpt.File{Metadata: map[string]string{"recipe": r.key(), "step": strconv.Itoa(lm.Optim.Steps)}}
	for _, x := range lmState(lm) {
		t, err := ckpt.FromFloat32(x.name, ckpt.F32, []int{len(x.data)}, x.data)
		if err != nil {
			return err
		}
		f.Tensors = append(f.Tensors, t)
	}
	var b bytes.Buffer
	if err := ckpt.Write(&b, f); err != nil {
		return err
	}
	return replaceFile(r.statePath(), b.Bytes())
}

type named struct {
	name string
	data []float32
}

func lmState(lm *train.LM) []named {
	return []named{{"weights", lm.Model.Weights}, {"adam.m", lm.Optim.M}, {"adam.v", lm.Optim.V}}
}

// resume goes on from a kept state of the same recipe, if there is one.
func (r *recipe) resume(lm *train.LM) error {
	b, err := os.ReadFile(r.statePath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	f, err := ckpt.Read(b)
	if err != nil {
		return fmt.Errorf("%s: %w: delete it to start anew", r.statePath(), err)
	}
	if f.Metadata["recipe"] != r.key() {
		return badInput{fmt.Errorf("%s was kept by another recipe (%s): delete it or name another --out", r.statePath(), f.Metadata["recipe"])}
	}
	for _, x := range lmState(lm) {
		t, ok := f.Tensor(x.name)
		if !ok {
			return fmt.Errorf("%s has no %s: delete it to start anew", r.statePath(), x.name)
		}
		if err := t.Float32s(x.data); err != nil {
			return err
		}
	}
	lm.Optim.Steps, err = strconv.Atoi(f.Metadata["step"])
	fmt.Fprintf(os.Stderr, "going on from update %d\n", lm.Optim.Steps)
	return err
}

// replaceFile writes a file so that it is never seen half written.
func replaceFile(path string, b []byte) error {
	if err := os.WriteFile(path+".tmp", b, 0o644); err != nil {
		return err
	}
	return os.Rename(path+".tmp", path)
}
