package main

import (
	"bytes"
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
	return replaceFile(r.path(stateFile), b.Bytes())
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
	for _, x := range lmState(lm) {
		t, ok := f.Tensor(x.name)
		if !ok || t.Elements() != len(x.data) {
			return badf("%s: %s is missing or not of the model's %d numbers: delete it to start anew", path, x.name, len(x.data))
		}
		if err := t.Float32s(x.data); err != nil {
			return badf("%s: %w: delete it to start anew", path, err)
		}
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
