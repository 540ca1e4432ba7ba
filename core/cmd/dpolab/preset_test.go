package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dpolab/core/preset"
	"dpolab/core/train"
)

// A preset's model, pairs and settings are used, and a flag changes them.
func TestTrainPreset(t *testing.T) {
	p := preset.Preset{}
	for _, q := range preset.All {
		if q.Flip > 0 {
			p = q
		}
	}
	dir := fixture(t)
	base := filepath.Join(dir, "models", p.World)
	if err := os.MkdirAll(filepath.Dir(base), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "model"), base); err != nil {
		t.Fatal(err)
	}
	pairs := read(t, filepath.Join(dir, "pairs.jsonl"))
	write(t, filepath.Join(base, p.Pairs), pairs)
	write(t, filepath.Join(base, preset.Heldout), pairs)
	out := filepath.Join(dir, "out")
	must(t, "train", "--preset", p.Name, "--models", filepath.Join(dir, "models"), "--out", out, "--steps", "1", "--batch-size", "5")
	run, err := train.Load(read(t, filepath.Join(out, "run.zip")), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := p.Config()
	want.BatchSize = 5
	flipped := 0
	for i, q := range run.Data().Train {
		if q.Chosen == run.Data().Heldout[i].Rejected {
			flipped++
		}
	}
	if run.Config != want || run.Data().World != p.World || flipped == 0 || flipped > 15 {
		t.Errorf("settings %+v, want %+v; world %q; %d labels turned round", run.Config, want, run.Data().World, flipped)
	}
	for want, args := range map[string][]string{
		"no preset":                   {"--preset", "warp"},
		"does not go with --resume":   {"--preset", p.Name, "--resume", filepath.Join(out, "run.zip")},
		"models/" + p.World + "/conf": {"--preset", p.Name, "--models", filepath.Join(dir, "none", "models")},
	} {
		status, _, err := dpolab(t.Context(), "", append([]string{"train", "--out", out}, args...)...)
		if status != exitBadInput || !strings.Contains(err, want) {
			t.Errorf("%v: status %d, want 2 and %q\n%s", args, status, want, err)
		}
	}
}
