package main

import (
	"bytes"
	"context"
	"dpolab/core/preset"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dpolab/core/world"
)

// counting is a world in which any two answers of different length differ.
type counting struct{}

func (counting) Name() string        { return "counting" }
func (counting) Title() string       { return "Counting" }
func (counting) Description() string { return "Counts." }
func (counting) Prompt(r *rand.Rand) string {
	return fmt.Sprintf("From %d:", r.IntN(1e6))
}
func (counting) Answer(r *rand.Rand, _ string) string {
	return strings.Repeat(" one two", 1+r.IntN(3))
}
func (counting) Judge(_, answer string) world.Judgement {
	sum := 0 // of no meaning: a reward that went with length would leave no balanced pair
	for _, c := range []byte(answer) {
		sum = (31*sum + int(c)) % 101
	}
	return world.Judgement{Reward: float64(sum) / 101, Parses: strings.HasPrefix(answer, " one")}
}

func toy(out string) *recipe {
	r := committed(counting{})
	r.vocab, r.steps, r.texts, r.trainPairs, r.heldout, r.gap = 264, 7, 6, 12, 9, 0
	r.fixed = fixed{shape: tinyShape, answers: 2, vocabTexts: 50, lossTexts: 5, measured: 12, sharpen: 1.1, most: 2}
	r.shape.Context = 256 // room for what an untrained model says
	r.out, r.log = out, io.Discard
	return &r
}

func folder(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, e := range entries {
		files[e.Name()] = read(t, filepath.Join(dir, e.Name()))
	}
	return files
}

// Interrupted after every update and again while it samples pairs, a recipe makes
// the same files as in one go.
func TestPretrainInterrupted(t *testing.T) {
	dir := t.TempDir()
	whole, part := toy(filepath.Join(dir, "whole")), toy(filepath.Join(dir, "part"))
	if err := whole.make(t.Context()); err != nil {
		t.Fatal(err)
	}
	stops, amidPairs := 0, false
	for ; ; stops++ {
		err := part.make(cancelAfter(t.Context(), 1+stops/8*5))
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "same command goes on") {
			t.Fatal(err)
		}
		amidPairs = amidPairs || strings.Contains(err.Error(), "with the pairs")
		if done, err := part.finished(); done || err != nil {
			t.Fatalf("finished after %d interruptions: %v, %v", stops, done, err)
		}
	}
	if stops < 7 || !amidPairs {
		t.Errorf("%d interruptions, amid pairs: %v; want 7 or more, and true", stops, amidPairs)
	}
	got, want := folder(t, part.out), folder(t, whole.out)
	if len(got) != 8 || len(got) != len(want) {
		t.Errorf("%d files, uninterrupted %d, want 8", len(got), len(want))
	}
	for name := range want {
		if !bytes.Equal(got[name], want[name]) {
			t.Errorf("%s differs from the one made in one go", name)
		}
	}
	if n := bytes.Count(got[preset.Heldout], []byte("\n")); n != 9 {
		t.Errorf("%d held-out pairs, want 9", n)
	}
}

func TestFinished(t *testing.T) {
	r := toy(t.TempDir())
	if err := r.make(t.Context()); err != nil {
		t.Fatal(err)
	}
	if done, err := r.finished(); !done || err != nil {
		t.Errorf("finished says %v, %v of a finished model", done, err)
	}
	other := *r
	other.steps++
	if done, _ := other.finished(); done {
		t.Error("the model of another recipe is taken for this one's")
	}
}

func TestPretrainRefusesAnotherRecipesState(t *testing.T) {
	r := toy(t.TempDir())
	if err := r.make(cancelAfter(t.Context(), 3)); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	r.seed++
	err := r.make(t.Context())
	var bad badInput
	if !errors.As(err, &bad) || !strings.Contains(err.Error(), "kept by another recipe") {
		t.Errorf("another seed: %v", err)
	}
	write(t, r.path(stateFile), []byte("x"))
	if err := r.make(t.Context()); !errors.As(err, &bad) || !strings.Contains(err.Error(), "delete it to start anew") {
		t.Errorf("a broken state: %v", err)
	}
}

func TestModelsLeavesFinishedOnes(t *testing.T) {
	dir := t.TempDir()
	for _, name := range world.Names() {
		w, err := world.ByName(name)
		if err != nil {
			t.Fatal(err)
		}
		r := committed(w)
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name, cardFile), []byte("Made by\n\n    "+r.command()+"\n"))
	}
	status, _, err := dpolab(t.Context(), "", "models", "--out", dir)
	if status != 0 || strings.Count(err, "left as it is") != len(world.Names()) {
		t.Errorf("status %d\n%s", status, err)
	}
}
