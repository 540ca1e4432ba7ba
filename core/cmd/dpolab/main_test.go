package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"dpolab/core/ckpt"
	"dpolab/core/model"
	"dpolab/core/pref"
	"dpolab/core/token"
)

// dpolab runs a command line and returns its exit status and what it wrote.
func dpolab(ctx context.Context, in string, args ...string) (status int, out, err string) {
	var stdout, stderr bytes.Buffer
	a := &app{in: strings.NewReader(in), out: &stdout, err: &stderr}
	status = a.run(ctx, args)
	return status, stdout.String(), stderr.String()
}

// must runs a command line that has to succeed and returns its standard output.
func must(t *testing.T, args ...string) string {
	t.Helper()
	status, out, err := dpolab(t.Context(), "", args...)
	if status != 0 {
		t.Fatalf("dpolab %s: status %d\n%s", strings.Join(args, " "), status, err)
	}
	return out
}

// countdown is a context that is cancelled when it was asked often enough.
type countdown struct {
	context.Context
	left atomic.Int64
}

func cancelAfter(ctx context.Context, questions int) *countdown {
	c := &countdown{Context: ctx}
	c.left.Store(int64(questions))
	return c
}

func (c *countdown) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return c.Context.Err()
}

func write(t *testing.T, path string, data []byte) string {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// words is preference pairs in a tiny language.
func words(n int) (pairs []pref.Pair) {
	things := []string{"tea", "rain", "bread", "snow", "a bus"}
	for i := range n {
		thing := things[i%len(things)]
		pairs = append(pairs, pref.Pair{Prompt: fmt.Sprintf("%d. I think %s", i, thing), Chosen: " is lovely, warm.", Rejected: " is dull and cold."})
	}
	return pairs
}

var tinyShape = model.Config{Hidden: 16, Layers: 1, Heads: 2, KVHeads: 1, HeadDim: 8, FFN: 24, Context: 64,
	RopeTheta: 10000, NormEps: 1e-5, TieEmbeddings: true}

// fixture is a folder with a model in model/ and 30 pairs in pairs.jsonl.
func fixture(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	var texts []string
	for _, p := range words(30) {
		texts = append(texts, p.Prompt+p.Chosen, p.Prompt+p.Rejected)
	}
	tok, err := token.Train(texts, 290)
	if err != nil {
		t.Fatal(err)
	}
	cfg := tinyShape
	cfg.Vocab = tok.VocabSize()
	m, err := model.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	m.Init(3)
	files, err := ckpt.Folder(m, tok, ckpt.F16)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "model"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		write(t, filepath.Join(dir, "model", f.Name), f.Data)
	}
	write(t, filepath.Join(dir, "pairs.jsonl"), pref.AppendJSONL(nil, words(30)))
	return dir
}

func TestHelp(t *testing.T) {
	for _, tc := range []struct {
		args []string
		want []string
	}{
		{[]string{"--help"}, []string{"pretrain", "models", "train", "generate"}},
		{[]string{"train", "--help"}, []string{"--resume", "--beta", "Takes more than 0, at most 100. (default 0.1)", "--loss", "Takes sigmoid or robust or hinge", "--seed"}},
		{[]string{"generate", "-h"}, []string{"--top-p", "--reward", "(default 128)"}},
		{[]string{"eval", "--help"}, []string{"--reference", "run.zip", "(default 0.7,1)", "(default 1,4,16)"}},
		{[]string{"frontier", "--help"}, []string{"(default 0.05,0.1,0.5,1,5)", "--learning-rate", "frontier.svg"}},
		{[]string{"pretrain", "-help"}, []string{"--shards", "(default 0.003)"}},
		{[]string{"models", "--help"}, []string{"--force"}},
	} {
		status, out, err := dpolab(t.Context(), "", tc.args...)
		if status != 0 || err != "" {
			t.Errorf("%v: status %d, complaint %q", tc.args, status, err)
		}
		for _, want := range tc.want {
			if !strings.Contains(out, want) {
				t.Errorf("%v does not mention %q:\n%s", tc.args, want, out)
			}
		}
	}
}

func TestBadInput(t *testing.T) {
	dir := fixture(t)
	at := func(name string) string { return filepath.Join(dir, name) }
	data, mdl, out := at("pairs.jsonl"), at("model"), at("out")
	write(t, at("table.csv"), []byte("question,good,bad\na,b,c\n"))
	write(t, at("same.jsonl"), []byte(`{"prompt":"a","chosen":"b","rejected":"b"}`))
	write(t, at("cut.zip"), []byte("PK\x03\x04"))
	train := func(more ...string) []string {
		return append([]string{"train", "--model", mdl, "--data", data, "--out", out}, more...)
	}
	for _, tc := range []struct {
		args []string
		want string
	}{
		{nil, "Commands:"},
		{[]string{"fly"}, `no command "fly"`},
		{[]string{"train"}, "--model is missing"},
		{[]string{"train", "--model", mdl}, "--data is missing"},
		{[]string{"train", "--model", mdl, "--data", data}, "--out is missing"},
		{[]string{"train", "--warp", "9"}, "-warp"},
		{train("extra"), `"extra" is not a flag`},
		{train("--beta", "0"), "beta: 0 is out of range, want more than 0"},
		{train("--epochs", "2.5"), "not a whole number"},
		{train("--loss", "ppo"), `loss: "ppo" is not one of`},
		{train("--loss", "hinge", "--label-smoothing", "0.1"), "label-smoothing: loss hinge does not use it: leave it at 0"},
		{train("--steps", "-1"), "--steps is -1"},
		{train("--eval-fraction", "1"), "--eval-fraction is 1"},
		{train("--batch-size", "99"), "batch-size: a batch of 99 pairs is larger than the 27"},
		{train("--data", at("none.jsonl")), "none.jsonl: no such file"},
		{train("--data", at("table.csv")), "table.csv: pref: the file has the columns question, good, bad; wanted are prompt, chosen"},
		{train("--data", at("same.jsonl")), "same.jsonl: line 1: rejected"},
		{train("--heldout", at("same.jsonl")), "same.jsonl: none of its 1 rows"},
		{train("--model", at("none")), "none/config.json: no such file"},
		{train("--out", data), "--out"},
		{train("--resume", at("cut.zip")), "--model does not go with --resume"},
		{[]string{"train", "--resume", at("cut.zip")}, "cut.zip: saved run: not a whole zip file"},
		{[]string{"train", "--resume", at("none.zip")}, "none.zip: no such file"},
		{[]string{"generate"}, "--model is missing"},
		{[]string{"generate", "--model", mdl, "--temperature", "11"}, "temperature is 11"},
		{[]string{"generate", "--model", mdl, "--top-p", "0"}, "top-p is 0"},
		{[]string{"generate", "--model", mdl, "--max-tokens", "0"}, "0 tokens"},
		{[]string{"generate", "--model", mdl, "--samples", "0"}, "--samples is 0"},
		{[]string{"generate", "--model", mdl, "--prompt", ""}, "--prompt 1: the prompt is empty"},
		{[]string{"generate", "--model", mdl, "--prompt", strings.Repeat("xyz", 40)}, "--prompt 1: the prompt is 120 tokens long"},
		{[]string{"generate", "--model", mdl, "--reward", "mars"}, "--reward: world: no world"},
		{[]string{"eval"}, "--model is missing"},
		{[]string{"eval", "--model", mdl}, "--world is missing"},
		{[]string{"eval", "--model", mdl, "--world", "mars"}, "--world: world: no world"},
		{[]string{"eval", "--model", at("none"), "--world", "sentiment"}, "--model: stat"},
		{[]string{"eval", "--model", at("cut.zip"), "--world", "sentiment"}, "cut.zip: saved run: not a whole zip file"},
		{[]string{"eval", "--model", mdl, "--reference", at("none"), "--world", "sentiment"}, "--reference: stat"},
		{[]string{"eval", "--model", mdl, "--reference", dir, "--world", "sentiment"}, "config.json: no such file"},
		{[]string{"eval", "--model", mdl, "--world", "sentiment", "--prompts", "0"}, "--prompts is 0"},
		{[]string{"eval", "--model", mdl, "--world", "sentiment", "--temperature", "hot"}, `--temperature: "hot" is not a number`},
		{[]string{"eval", "--model", mdl, "--world", "sentiment", "--temperature", ","}, "--temperature is empty"},
		{[]string{"eval", "--model", mdl, "--world", "sentiment", "--temperature", "11"}, "temperature is 11"},
		{[]string{"eval", "--model", mdl, "--world", "sentiment", "--max-tokens", "0"}, "0 tokens"},
		{[]string{"eval", "--model", mdl, "--world", "sentiment", "--best-of", "0"}, `--best-of: "0" is not a whole number above 0`},
		{[]string{"eval", "--model", mdl, "--world", "sentiment"}, "the model's context is 64"},
		{[]string{"pretrain"}, "--out is missing"},
		{[]string{"pretrain", "--out", out, "--world", "mars"}, "--world: world: no world"},
		{[]string{"pretrain", "--out", out, "--steps", "0"}, "--steps is 0"},
		{[]string{"pretrain", "--out", out, "--learning-rate", "NaN"}, "--learning-rate is NaN"},
		{[]string{"models"}, "--out is missing"},
	} {
		status, _, err := dpolab(t.Context(), "", tc.args...)
		if status != exitBadInput || !strings.Contains(err, tc.want) {
			t.Errorf("dpolab %q: status %d, want 2 and a word about %q:\n%s", tc.args, status, tc.want, err)
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("bad input left a folder behind")
	}
}
