package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dpolab/core/ckpt"
	"dpolab/core/pref"
	"dpolab/core/train"
	"dpolab/core/world"
)

// modelFor is a folder with an untrained model that has room for a world's prompts.
func modelFor(t *testing.T, dir string, w world.World) string {
	t.Helper()
	r := toy(filepath.Join(dir, "base"))
	r.world = w
	tok, err := r.tokenizer()
	if err != nil {
		t.Fatal(err)
	}
	lm, err := r.begin(tok)
	if err != nil {
		t.Fatal(err)
	}
	files, err := ckpt.Folder(lm.Model, tok, ckpt.F32)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(r.out, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		write(t, r.path(f.Name), f.Data)
	}
	return r.out
}

func evalArgs(mdl string, more ...string) []string {
	return append([]string{"eval", "--model", mdl, "--world", "sentiment", "--prompts", "20", "--max-tokens", "6", "--best-of", "1,4"}, more...)
}

func TestEvalTable(t *testing.T) {
	mdl := modelFor(t, t.TempDir(), world.Sentiment())
	alone := must(t, evalArgs(mdl)...)
	for _, want := range []string{"Film reviews, 20 prompts", "temperature 0.7 ", "temperature 1 ", "true reward ", "best of n answers of the model at temperature 1"} {
		if !strings.Contains(alone, want) {
			t.Errorf("the table does not say %q:\n%s", want, alone)
		}
	}
	if strings.Contains(alone, "KL(") || strings.Contains(alone, "win rate") {
		t.Errorf("a model without a reference is compared:\n%s", alone)
	}
	both := must(t, evalArgs(mdl, "--reference", mdl)...)
	for _, want := range []string{"0.00 [0.00, 0.00], both at temperature 0.7", "win rate, %", "answers of the reference", "policy at temperature 1 above it"} {
		if !strings.Contains(both, want) {
			t.Errorf("the comparison does not say %q:\n%s", want, both)
		}
	}
	if again := must(t, evalArgs(mdl, "--reference", mdl)...); again != both {
		t.Error("the same command prints other numbers")
	}
}

func TestEvalJSON(t *testing.T) {
	mdl := modelFor(t, t.TempDir(), world.Sentiment())
	var r report
	if err := json.Unmarshal([]byte(must(t, evalArgs(mdl, "--reference", mdl, "--json", "--temperature", "1,0")...)), &r); err != nil {
		t.Fatal(err)
	}
	one, greedy := r.Temperatures[0], r.Temperatures[1]
	if r.World != "sentiment" || r.Seed != 1 || r.MaxTokens != 6 || r.Prompts != 20 || len(r.BestOf) != 2 || r.BestOf[1].N != 4 || r.BestOf[1].Lead.N != 20 {
		t.Errorf("the report is %+v", r)
	}
	if one.KL == nil || one.KL.Mean != 0 || one.WinRate.N != 20 || one.Policy.Tokens.Mean > 6 || one.Policy.Entropy.Mean <= 0 {
		t.Errorf("at temperature 1: %+v", one)
	}
	if greedy.KL != nil || greedy.WinRate.Mean != 0.5 {
		t.Errorf("at temperature 0: KL %v, win rate %v; want none and 0.5", greedy.KL, greedy.WinRate)
	}
}

// A saved run brings its reference, and its prompts are not asked.
func TestEvalRun(t *testing.T) {
	dir := t.TempDir()
	mdl := modelFor(t, dir, world.Sentiment())
	w := world.Sentiment()
	var pairs []pref.Pair
	r := toy(dir)
	r.world = w
	for i := range 4 {
		prompt, answers := r.text(i)
		pairs = append(pairs, pref.Pair{Prompt: prompt, Chosen: answers[0], Rejected: " No."})
	}
	data := write(t, filepath.Join(dir, "pairs.jsonl"), pref.AppendJSONL(nil, pairs))
	out := filepath.Join(dir, "out")
	must(t, "train", "--model", mdl, "--data", data, "--out", out, "--batch-size", "4", "--learning-rate", "0.01", "--eval-fraction", "0")
	text := must(t, evalArgs(filepath.Join(out, "run.zip"))...)
	if !strings.Contains(text, "KL(") || strings.Contains(text, "0.00 [0.00, 0.00]") {
		t.Errorf("a trained run has no KL, or none above 0:\n%s", text)
	}
	folder := must(t, evalArgs(out, "--reference", mdl)...)
	if folder != text {
		t.Errorf("the folder of the run is measured as\n%s\nthe run as\n%s", folder, text)
	}
	var s subject
	s.known = map[string]bool{}
	if _, err := s.read("model", filepath.Join(out, "run.zip"), &s.policy); err != nil {
		t.Fatal(err)
	}
	if len(s.known) != 4 || train.Fingerprint(s.policy.Weights, nil) == train.Fingerprint(s.reference.Weights, nil) {
		t.Errorf("%d known prompts, want 4, and two models", len(s.known))
	}
}

func TestEvalStops(t *testing.T) {
	mdl := modelFor(t, t.TempDir(), world.Sentiment())
	status, out, err := dpolab(cancelAfter(t.Context(), 3), "", evalArgs(mdl)...)
	if status != exitInterrupted || out != "" || !strings.Contains(err, "nothing was written") {
		t.Errorf("status %d, %q\n%s", status, out, err)
	}
}

func TestEvalRefusesAnotherTokenizer(t *testing.T) {
	mdl := modelFor(t, t.TempDir(), world.Sentiment())
	status, _, err := dpolab(t.Context(), "", evalArgs(mdl, "--reference", filepath.Join(fixture(t), "model"))...)
	if status != exitBadInput || !strings.Contains(err, "different tokenizers") {
		t.Errorf("status %d\n%s", status, err)
	}
}
