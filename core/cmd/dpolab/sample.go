package main

import (
	"context"
	"os"

	"dpolab/core/ckpt"
	"dpolab/core/model"
	"dpolab/core/pref"
	"dpolab/core/preset"
	"dpolab/core/token"
	"dpolab/core/train"
)

// cardFile is what a base model's folder has besides the files of ckpt.Folder and the
// sets of pairs, which preset names.
const cardFile = "README.md"

const answerTokens = 96 // longest answer that is sampled

// finish rounds the weights as they are stored, samples pairs from that very model,
// measures it, and writes the folder.
func (r *recipe) finish(ctx context.Context, lm *train.LM, tok *token.Tokenizer) error {
	if _, err := r.store(lm, tok); err != nil {
		return err
	}
	sharpen(lm.Model, float32(r.sharpen))
	files, err := r.store(lm, tok)
	if err != nil {
		return err
	}
	maker, err := r.samplePairs(ctx, lm.Model, tok, pairSet{file: preset.Pairs, size: r.trainPairs, gap: r.gap})
	if err != nil {
		return err
	}
	files[preset.Pairs] = pref.AppendJSONL(nil, maker.Train)
	files[preset.Heldout] = pref.AppendJSONL(nil, maker.Heldout)
	for _, set := range r.more {
		m, err := r.samplePairs(ctx, lm.Model, tok, set)
		if err != nil {
			return err
		}
		files[set.file] = pref.AppendJSONL(nil, m.Train)
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

// store gives the model's files and makes lm's model what they hold.
func (r *recipe) store(lm *train.LM, tok *token.Tokenizer) (map[string][]byte, error) {
	folder, err := ckpt.Folder(lm.Model, tok, ckpt.F16)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, f := range folder {
		files[f.Name] = f.Data
	}
	lm.Model, err = ckpt.ReadModel(files["config.json"], files["model.safetensors"])
	return files, err
}

// sharpen multiplies the logits by f: what is sampled at temperature 1 is then what
// was sampled at 1/f. The last norm carries it.
func sharpen(m *model.Model, f float32) {
	for _, t := range m.Tensors() {
		if t.Name == model.FinalNorm {
			for i := range m.Weights[t.Off : t.Off+t.Len] {
				m.Weights[t.Off+i] *= f
			}
		}
	}
}

// samplePairs makes a set of pairs and the held-out ones of its label.
func (r *recipe) samplePairs(ctx context.Context, m *model.Model, tok *token.Tokenizer, set pairSet) (*train.PairMaker, error) {
	maker := &train.PairMaker{Model: m, Tok: tok, Task: r.world, Answers: 4, Keep: r.most, Balance: set.label == "", Label: set.label, Gap: set.gap, Seed: r.seed + 1,
		Sampling: model.Sampling{Temperature: 1, TopP: 1, MaxTokens: answerTokens, EndOfText: tok.EndOfText()},
		Size:     set.size, Holdout: r.heldout}
	return maker, sampleAll(ctx, r.log, maker, "every update is made and kept; the same command goes on with the pairs")
}
