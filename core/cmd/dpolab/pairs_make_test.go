package main

import (
	"bytes"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"dpolab/core/pref"
)

// reviewer is the fixture with a context that a review fits into.
func reviewer(t *testing.T) (dir string) {
	t.Helper()
	dir = fixture(t)
	path := filepath.Join(dir, "model", "config.json")
	config := bytes.Replace(read(t, path), []byte(`"max_position_embeddings": 64`), []byte(`"max_position_embeddings": 256`), 1)
	write(t, path, config)
	return dir
}

func TestPairsWritesBothSets(t *testing.T) {
	dir := reviewer(t)
	args := func(out string, more ...string) []string {
		return append([]string{"pairs", "--model", filepath.Join(dir, "model"), "--world", "sentiment", "--out", filepath.Join(dir, out),
			"--size", "20", "--heldout", "10", "--label", "longer", "--gap", "1"}, more...)
	}
	summary := must(t, args("a")...)
	must(t, args("b", "--flip", "0.5")...)
	for _, want := range []string{`20 pairs in .*train\.jsonl`, `10 pairs in .*heldout\.jsonl`, `prompts \d+, ties \d+, degenerate \d+, unfit \d+`, `the longer answer wins \d+\.\d %, the likelier under the model \d+\.\d %`} {
		if !regexp.MustCompile(want).MatchString(summary) {
			t.Errorf("the summary does not say %s:\n%s", want, summary)
		}
	}
	sets := map[string]pref.Set{}
	for _, f := range []string{"a/train.jsonl", "a/heldout.jsonl", "b/train.jsonl", "b/heldout.jsonl"} {
		s, err := pref.Read(read(t, filepath.Join(dir, f)))
		if err != nil || len(s.Problems) > 0 {
			t.Fatal(f, err, s.Problems)
		}
		sets[f] = s
	}
	flipped := 0
	for i, p := range sets["a/train.jsonl"].Pairs {
		if q := sets["b/train.jsonl"].Pairs[i]; q.Chosen == p.Rejected && q.Rejected == p.Chosen {
			flipped++
		} else if q != p {
			t.Errorf("--flip makes other pairs: %+v, %+v", p, q)
		}
		if len(strings.Fields(p.Chosen)) <= len(strings.Fields(p.Rejected)) {
			t.Errorf("not the longer one: %+v", p)
		}
	}
	if flipped == 0 || len(sets["a/train.jsonl"].Pairs) != 20 {
		t.Errorf("%d of %d labels are turned round", flipped, len(sets["a/train.jsonl"].Pairs))
	}
	if string(read(t, filepath.Join(dir, "a/heldout.jsonl"))) != string(read(t, filepath.Join(dir, "b/heldout.jsonl"))) {
		t.Error("--flip changes held-out pairs")
	}
}

func TestPairsRefuses(t *testing.T) {
	dir := reviewer(t)
	full := []string{"pairs", "--model", filepath.Join(dir, "model"), "--world", "sentiment", "--out", filepath.Join(dir, "no")}
	for want, args := range map[string][]string{
		"--model is missing": {"pairs"},
		"--world is missing": full[:3],
		"no world":           append(full[:3:3], "--world", "mars", "--out", dir),
		"--out is missing":   full[:5],
		"--size is 0":        append(full[:7:7], "--size", "0"),
		"label is":           append(full[:7:7], "--label", "best"),
		"flip is 0.9":        append(full[:7:7], "--flip", "0.9"),
	} {
		status, _, err := dpolab(t.Context(), "", args...)
		if status != exitBadInput || !strings.Contains(err, want) {
			t.Errorf("%v: status %d, want 2 and %q\n%s", args, status, want, err)
		}
	}
	status, _, err := dpolab(cancelAfter(t.Context(), 3), "", full...)
	if status != exitInterrupted || !strings.Contains(err, "the same pairs") {
		t.Errorf("interrupted: status %d\n%s", status, err)
	}
}
