package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"

	"dpolab/core/ckpt"
	"dpolab/core/train"
)

// stateFile holds a model that is being made, beside nothing else of use.
const stateFile = "pretrain.state"

// key says which recipe a kept state belongs to.
func (r *recipe) key() string {
	return fmt.Sprintf("%s seed=%d vocab=%d steps=%d texts=%d rate=%v shards=%d", r.world.Name(), r.seed, r.vocab, r.steps, r.texts, r.rate, r.shards)
}

// keep writes weights and optimizer, so that the same command goes on from there.
func (r *recipe) keep(lm *train.LM) error {
	b, err := ckpt.WriteVectors(map[string]string{"recipe": r.key(), "step": strconv.Itoa(lm.Optim.Steps)}, lmState(lm))
	if err != nil {
		return err
	}
	return replaceFile(r.path(stateFile), b)
}

func lmState(lm *train.LM) []ckpt.Vector {
	return []ckpt.Vector{{Name: "weights", Data: lm.Model.Weights}, {Name: "adam.m", Data: lm.Optim.M}, {Name: "adam.v", Data: lm.Optim.V}}
}

// resume goes on from a kept state of the same recipe, if there is one.
func (r *recipe) resume(lm *train.LM) error {
	path := r.path(stateFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	f, err := ckpt.Read(b)
	if err != nil {
		return badf("%s: %w: delete it to start anew", path, err)
	}
	if f.Metadata["recipe"] != r.key() {
		return badf("%s was kept by another recipe (%s): delete it or name another --out", path, f.Metadata["recipe"])
	}
	if err := f.Vectors(lmState(lm)); err != nil {
		return badf("%s: %w: delete it to start anew", path, err)
	}
	if lm.Optim.Steps, err = strconv.Atoi(f.Metadata["step"]); err != nil {
		return badf("%s: step: %w: delete it to start anew", path, err)
	}
	fmt.Fprintf(r.log, "going on from update %d\n", lm.Optim.Steps)
	return nil
}

// stop keeps the state of a model that an interruption leaves unfinished.
func (r *recipe) stop(lm *train.LM) error {
	if err := r.keep(lm); err != nil {
		return fmt.Errorf("stopped after update %d, and its state could not be kept: %w", lm.Optim.Steps, err)
	}
	return stopped{fmt.Sprintf("%d of %d updates are made and kept; the same command goes on from there", lm.Optim.Steps, r.steps)}
}
