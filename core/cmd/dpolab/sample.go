package main

import (
	"context"
	"fmt"
	"os"
	"slices"

	"dpolab/core/ckpt"
	"dpolab/core/model"
	"dpolab/core/pref"
	"dpolab/core/token"
	"dpolab/core/train"
	"dpolab/core/world"
)

// task is a world as training sees it.
type task struct{ world.World }

func (t task) Reward(prompt, answer string) (float64, bool) {
	j := t.Judge(prompt, answer)
	return j.Reward, j.Parses
}

// Files of a base model's folder, besides those of ckpt.Folder.
const (
	cardFile    = "README.md"
	trainFile   = "train.jsonl"
	heldoutFile = "heldout.jsonl"
)

const answerTokens = 96 // longest answer that is sampled

// finish rounds the weights as they are stored, samples pairs from that very model,
// measures it, and writes the folder.
func (r *recipe) finish(ctx context.Context, lm *train.LM, tok *token.Tokenizer) error {
	folder, err := ckpt.Folder(lm.Model, tok, ckpt.F16)
	if err != nil {
		return err
	}
	files := map[string][]byte{}
	for _, f := range folder {
		files[f.Name] = f.Data
	}
	if lm.Model, err = ckpt.ReadModel(files["config.json"], files["model.safetensors"]); err != nil {
		return err
	}
	maker := &train.PairMaker{Model: lm.Model, Tok: tok, Task: task{r.world}, Answers: 4, Keep: 2, Gap: r.gap, Seed: r.seed + 1,
		Sampling: model.Sampling{Temperature: 1, TopP: 1, MaxTokens: answerTokens, EndOfText: tok.EndOfText()}}
	if files[trainFile], err = r.samplePairs(ctx, maker, r.trainPairs); err != nil {
		return err
	}
	if files[heldoutFile], err = r.samplePairs(ctx, maker, r.heldout); err != nil {
		return err
	}
	if files[cardFile], err = r.card(ctx, lm, tok, maker, files); err != nil {
		return err
	}
	for name, b := range files {
		if err := replaceFile(r.path(name), b); err != nil {
			return err
		}
	}
	return os.Remove(r.path(stateFile))
}

// samplePairs collects n pairs that fit the context, as JSON Lines. It gives up on a
// model whose answers are all alike to the world.
func (r *recipe) samplePairs(ctx context.Context, maker *train.PairMaker, n int) ([]byte, error) {
	bar := newProgress(r.log, "sampling pairs", 0)
	defer bar.end()
	const hopeless = 2000 // prompts without a pair
	var pairs []pref.Pair
	for begun := maker.Prompts; len(pairs) < n; {
		if asked := maker.Prompts - begun; len(pairs) == 0 && asked >= hopeless {
			return nil, fmt.Errorf("answers to %d prompts gave no pair, their true rewards being equal: make more updates (--steps)", asked)
		}
		if ctx.Err() != nil {
			return nil, stopped{"every update is made and kept; the same command goes on with the pairs"}
		}
		next, err := maker.Next(8)
		if err != nil {
			return nil, err
		}
		next = slices.DeleteFunc(next, func(p pref.Pair) bool {
			_, problem := pref.Tokenize(maker.Tok, p, maker.Model.Context)
			return problem != nil
		})
		pairs = append(pairs, next[:min(len(next), n-len(pairs))]...)
		bar.at(len(pairs), n, fmt.Sprintf("%d prompts, %d ties left out", maker.Prompts, maker.Ties))
	}
	return pref.AppendJSONL(nil, pairs), nil
}
