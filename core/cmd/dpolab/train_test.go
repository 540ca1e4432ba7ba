package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"dpolab/core/train"
)

// trainArgs is a short run on the fixture: 27 pairs in batches of 8, 3 times: 12
// updates, held-out pairs scored at 0, 5, 10 and 12.
func trainArgs(dir, out string, more ...string) []string {
	return append([]string{"train", "--model", filepath.Join(dir, "model"), "--data", filepath.Join(dir, "pairs.jsonl"),
		"--out", filepath.Join(dir, out), "--metrics", filepath.Join(dir, out+".jsonl"),
		"--batch-size", "8", "--micro-batch", "3", "--epochs", "3", "--learning-rate", "3e-3", "--eval-every", "5", "--eval-pairs", "2"}, more...)
}

// sha reads the fingerprint out of a summary.
func sha(t *testing.T, summary string) string {
	t.Helper()
	m := regexp.MustCompile(`sha256 ([0-9a-f]{64})`).FindStringSubmatch(summary)
	if m == nil {
		t.Fatalf("no SHA-256 in the summary:\n%s", summary)
	}
	return m[1]
}

func TestTrainWritesModelRunAndMetrics(t *testing.T) {
	dir := fixture(t)
	summary := must(t, trainArgs(dir, "out")...)
	for _, want := range []string{"12 of 12 (3.00 epochs)", "(3 pairs)", filepath.Join("out", "run.zip"), "out.jsonl"} {
		if !strings.Contains(summary, want) {
			t.Errorf("the summary does not say %q:\n%s", want, summary)
		}
	}
	m, _, err := readModel(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	if got := train.Fingerprint(m.Weights, nil); got != sha(t, summary) {
		t.Errorf("the folder's weights are %s, the summary says\n%s", got, summary)
	}
	run, err := train.Load(read(t, filepath.Join(dir, "out", "run.zip")), nil)
	if err != nil {
		t.Fatal(err)
	}
	if train.Fingerprint(run.Policy.Weights, nil) != sha(t, summary) || run.Steps() != 12 || run.Data().Name != "pairs.jsonl" {
		t.Errorf("run.zip holds step %d of %q and other weights", run.Steps(), run.Data().Name)
	}
	checkMetrics(t, read(t, filepath.Join(dir, "out.jsonl")))
}

// checkMetrics wants steps 0 to 12 once each, and held-out scores where they are due.
func checkMetrics(t *testing.T, file []byte) {
	t.Helper()
	due := map[int]float64{0: 2, 5: 2, 10: 2, 12: 3} // pairs scored
	lines := strings.Split(strings.TrimSpace(string(file)), "\n")
	if len(lines) != 13 {
		t.Fatalf("%d rows, want 13:\n%s", len(lines), file)
	}
	for i, line := range lines {
		var row map[string]float64
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatalf("row %d: %v", i, err)
		}
		_, trained := row["loss"]
		if row["step"] != float64(i) || trained != (i > 0) || row["eval_pairs"] != due[i] {
			t.Errorf("row %d: step %v, trained %v, %v held-out pairs; want %v pairs", i, row["step"], trained, row["eval_pairs"], due[i])
		}
	}
}

func TestTrainResumedEqualsUninterrupted(t *testing.T) {
	dir := fixture(t)
	whole := must(t, trainArgs(dir, "whole")...)
	part := must(t, trainArgs(dir, "part", "--steps", "4")...)
	if !strings.Contains(part, "4 of 12") || !strings.Contains(part, "held-out") {
		t.Errorf("summary after --steps 4:\n%s", part)
	}
	run, metrics := filepath.Join(dir, "part", "run.zip"), filepath.Join(dir, "part.jsonl")
	for _, more := range [][]string{{"--steps", "7"}, nil} {
		part = must(t, append([]string{"train", "--resume", run, "--metrics", metrics}, more...)...)
	}
	same(t, dir, whole, part)
}

// same compares the files of the runs in whole and part.
func same(t *testing.T, dir, whole, part string) {
	t.Helper()
	if got, want := sha(t, part), sha(t, whole); got != want {
		t.Errorf("weights %s, uninterrupted %s", got, want)
	}
	for _, name := range []string{"%s.jsonl", "%s/run.zip", "%s/model.safetensors"} {
		got, want := read(t, filepath.Join(dir, fmt.Sprintf(name, "part"))), read(t, filepath.Join(dir, fmt.Sprintf(name, "whole")))
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs from the uninterrupted run's", fmt.Sprintf(name, "part"))
		}
	}
}

// Ctrl-C at many places, each in the middle of some work, and on from there.
func TestTrainInterrupted(t *testing.T) {
	dir := fixture(t)
	whole := must(t, trainArgs(dir, "whole")...)
	args, run := trainArgs(dir, "part"), filepath.Join(dir, "part", "run.zip")
	stops := 0
	for {
		status, out, err := dpolab(cancelAfter(t.Context(), 150+130*stops), "", args...)
		if status == 0 {
			same(t, dir, whole, out)
			break
		}
		if status != exitInterrupted || !strings.Contains(err, "go on with\n  dpolab train --resume "+run+" --metrics ") {
			t.Fatalf("interrupted: status %d\n%s", status, err)
		}
		if stops++; stops > 50 {
			t.Fatal("the run does not get on")
		}
		args = []string{"train", "--resume", run, "--metrics", filepath.Join(dir, "part.jsonl")}
	}
	if stops < 3 {
		t.Errorf("only %d interruptions: the test tried nothing", stops)
	}
}

// A sum of losses with a moving reference, stopped and taken up again with another loss.
func TestTrainWithAnotherLoss(t *testing.T) {
	dir := fixture(t)
	must(t, trainArgs(dir, "out", "--loss", "0.8*sigmoid + 0.2*bco_pair + sft", "--tr-dpo", "on", "--tr-steps", "2", "--steps", "3")...)
	run := filepath.Join(dir, "out", "run.zip")
	status, _, said := dpolab(t.Context(), "", "train", "--resume", run, "--loss", "simpo", "--beta", "2")
	if status != exitBadInput || !strings.Contains(said, "tr-dpo: loss simpo does not use it: leave it at off") {
		t.Errorf("simpo with a moving reference: status %d\n%s", status, said)
	}
	must(t, "train", "--resume", run, "--loss", "kto", "--steps", "5")
	r, err := train.Load(read(t, run), nil)
	if err != nil || r.Config.Loss != "kto" || !r.Config.TRDPO || r.Steps() != 5 || r.Base() == r.Reference {
		t.Errorf("taken up with kto: %v, %+v", err, r)
	}
}

func TestResumeChangesSettings(t *testing.T) {
	dir := fixture(t)
	must(t, trainArgs(dir, "out", "--steps", "2")...)
	run := filepath.Join(dir, "out", "run.zip")
	status, _, err := dpolab(t.Context(), "", "train", "--resume", run, "--seed", "9", "--micro-batch", "1", "--beta", "0.5")
	if status != exitBadInput || !strings.Contains(err, "--micro-batch, --seed: a run keeps the value it began with until it is reset") {
		t.Errorf("settings that wait for a reset: status %d\n%s", status, err)
	}
	must(t, "train", "--resume", run, "--seed", "1", "--beta", "0.5", "--steps", "3", "--out", filepath.Join(dir, "other"))
	r, err2 := train.Load(read(t, filepath.Join(dir, "other", "run.zip")), nil)
	if err2 != nil || r.Config.Beta != 0.5 || r.Config.BatchSize != 8 || r.Steps() != 3 {
		t.Errorf("after --beta 0.5: %v, %+v", err2, r)
	}
	status, _, err = dpolab(t.Context(), "", "train", "--resume", filepath.Join(dir, "other", "run.zip"), "--steps", "3")
	if status != 0 || !strings.Contains(err, "3 of 12 updates already") {
		t.Errorf("nothing left to do: status %d\n%s", status, err)
	}
}

func TestTrainTellsUnusableRows(t *testing.T) {
	dir := fixture(t)
	data := read(t, filepath.Join(dir, "pairs.jsonl"))
	for range 25 {
		data = append(data, `{"prompt":"a","chosen":"","rejected":"b"}`+"\n"...)
	}
	data = append([]byte(`{"prompt":"`+strings.Repeat("far too long ", 40)+`","chosen":"b","rejected":"c"}`+"\n"), data...)
	bad := write(t, filepath.Join(dir, "bad.jsonl"), data)
	status, out, err := dpolab(t.Context(), "", trainArgs(dir, "out", "--data", bad, "--steps", "1", "--eval-fraction", "0")...)
	if status != 0 || strings.Contains(out, "held-out") {
		t.Fatalf("status %d\n%s%s", status, out, err)
	}
	for _, want := range []string{"bad.jsonl: line 1: ", "bad.jsonl: line 32: chosen", "bad.jsonl: and 6 more", "30 of 56 rows are used"} {
		if !strings.Contains(err, want) {
			t.Errorf("no word about %q:\n%s", want, err)
		}
	}
	if n := strings.Count(err, ": line "); n != 20 {
		t.Errorf("%d rows are listed, want 20", n)
	}
}

func TestTrainThatCannotBeWrittenFails(t *testing.T) {
	dir := fixture(t)
	if err := os.MkdirAll(filepath.Join(dir, "out", "run.zip"), 0o755); err != nil {
		t.Fatal(err)
	}
	status, _, err := dpolab(t.Context(), "", trainArgs(dir, "out", "--steps", "1")...)
	if status != exitFailure || !strings.Contains(err, "run.zip") {
		t.Errorf("a run.zip that is a folder: status %d, want 1\n%s", status, err)
	}
}
