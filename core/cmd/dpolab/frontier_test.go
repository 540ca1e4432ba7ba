package main

import (
	"dpolab/core/preset"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dpolab/core/eval"
	"dpolab/core/exact"
	"dpolab/core/pref"
	"dpolab/core/world"
)

// frontierArgs are a short trace from an untrained model with pairs of its own.
func frontierArgs(t *testing.T, dir string, more ...string) []string {
	t.Helper()
	mdl := modelFor(t, dir, world.Sentiment())
	write(t, filepath.Join(mdl, preset.Pairs), pref.AppendJSONL(nil, words(8)))
	return append([]string{"frontier", "--world", "sentiment", "--model", mdl, "--beta", "0.1,5", "--steps", "5", "--every", "2", "--prompts", "12", "--max-tokens", "5",
		"--best-of", "1,3", "--batch-size", "4", "--learning-rate", "0.01", "--out", filepath.Join(dir, "out"), "--metrics", filepath.Join(dir, "points.jsonl")}, more...)
}

func TestFrontier(t *testing.T) {
	dir := t.TempDir()
	args := frontierArgs(t, dir)
	table := must(t, args...)
	for _, want := range []string{"Film reviews, 12 prompts", "0.1    5 ", "5      4 ", "0.00 [0.00, 0.00]", "best of n answers of the base model", "frontier.svg"} {
		if !strings.Contains(table, want) {
			t.Errorf("the table does not say %q:\n%s", want, table)
		}
	}
	rows := read(t, filepath.Join(dir, "points.jsonl"))
	checkPoints(t, rows)
	svg := read(t, filepath.Join(dir, "out", pictureFile))
	wellFormed(t, svg)
	for _, want := range []string{"β = 0.1", "β = 5", "best of n", "n = 3", "KL(π‖π_ref), nats", "true reward"} {
		if !strings.Contains(string(svg), want) {
			t.Errorf("the picture does not show %q:\n%s", want, svg)
		}
	}
	if again := must(t, args...); again != table || string(read(t, filepath.Join(dir, "points.jsonl"))) != string(rows) {
		t.Error("the same command gives other numbers")
	}
}

// checkPoints wants steps 0, 2, 4 and 5 of both β, and best-of-n.
func checkPoints(t *testing.T, rows []byte) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(string(rows)), "\n")
	if len(lines) != 10 {
		t.Fatalf("%d rows, want 10:\n%s", len(lines), rows)
	}
	last := map[float64]point{}
	for i, line := range lines[:8] {
		var p point
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatal(err)
		}
		if want := []int{0, 2, 4, 5}[i%4]; p.Step != want || p.Reward.N != 12 || p.KL.N != 12 || (p.Step == 0) != (p.KL.Mean == 0) {
			t.Errorf("row %d: %s, want step %d", i, line, want)
		}
		last[p.Beta] = p
	}
	if len(last) != 2 || last[0.1].KL == last[5].KL {
		t.Errorf("two β end at the same KL: %+v", last)
	}
	if !strings.HasPrefix(lines[9], `{"best_of":{"n":3,`) {
		t.Errorf("the last row is %s", lines[9])
	}
}

// Of a finite world the sums are exact: a point's KL is 0 where it begins, and none
// lies above the frontier. (An untrained model says something else nearly always, so
// that the KL over the world's answers is nothing at the later steps too.)
func TestFrontierExact(t *testing.T) {
	dir := t.TempDir()
	mdl := modelFor(t, dir, world.TwoWords())
	write(t, filepath.Join(mdl, preset.Pairs), pref.AppendJSONL(nil, words(8)))
	table := must(t, "frontier", "--world", "two-words", "--model", mdl, "--beta", "0.1", "--steps", "2", "--every", "1", "--prompts", "4", "--max-tokens", "3", "--best-of", "2",
		"--batch-size", "4", "--learning-rate", "0.01", "--exact", "1", "--out", dir, "--metrics", filepath.Join(dir, "points.jsonl"))
	if !strings.Contains(table, "most at that KL") || !strings.Contains(table, "all answers to 1 prompts") {
		t.Errorf("the table says nothing of sums:\n%s", table)
	}
	for i, line := range strings.Split(string(read(t, filepath.Join(dir, "points.jsonl"))), "\n")[:3] {
		var p point
		if err := json.Unmarshal([]byte(line), &p); err != nil || p.Exact == nil {
			t.Fatalf("row %d: %v, %s", i, err, line)
		}
		if q := p.Exact; q.KL < 0 || i == 0 && q.KL != 0 || q.Reward > q.Best+1e-9 {
			t.Errorf("step %d: exact %+v, want a KL of 0 at the beginning and not below, and no reward above the best", p.Step, *q)
		}
	}
	svg := read(t, filepath.Join(dir, pictureFile))
	wellFormed(t, svg)
	if !strings.Contains(string(svg), "optimum (eq. 4)") || !strings.Contains(string(svg), "stroke-dasharray") {
		t.Error("the picture does not show the frontier")
	}
}

// Best of two of three outcomes, two of them equally good, by hand.
func TestBestOfN(t *testing.T) {
	ref, reward := []float64{0.5, 0.3, 0.2}, []float64{1, 0, 1}
	got := bestOfN(ref, reward, 2)
	for i, want := range []float64{0.91 * 0.5 / 0.7, 0.09, 0.91 * 0.2 / 0.7} { // both are outcome 1 with 0.09
		if math.Abs(got[i]-want) > 1e-12 {
			t.Errorf("best of 2 is %v, want %v of outcome %d", got, want, i)
		}
	}
	for i, p := range bestOfN(ref, reward, 1) {
		if math.Abs(p-ref[i]) > 1e-12 {
			t.Errorf("best of 1 gives outcome %d %v, want the reference's %v", i, p, ref[i])
		}
	}
	// Many outcomes without ties: KL comes close to log n - (n-1)/n.
	n := 2000
	ref, reward = make([]float64, n), make([]float64, n)
	for i := range ref {
		ref[i], reward[i] = 1/float64(n), float64(i)
	}
	if kl, want := exact.KL(bestOfN(ref, reward, 4), ref), eval.BestOfKL(4); math.Abs(kl-want) > 1e-3 {
		t.Errorf("KL of best of 4 is %v, want %v", kl, want)
	}
}

func TestRewardAt(t *testing.T) {
	f := []exact.Point{{KL: 0, Reward: 0.5}, {KL: 1, Reward: 0.7}, {KL: 3, Reward: 0.8}}
	for _, tc := range [][2]float64{{0, 0.5}, {0.5, 0.6}, {2, 0.75}, {9, 0.8}} {
		if got := rewardAt(f, tc[0]); math.Abs(got-tc[1]) > 1e-12 {
			t.Errorf("reward at KL %v is %v, want %v", tc[0], got, tc[1])
		}
	}
}

func wellFormed(t *testing.T, doc []byte) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(doc)))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("not well formed: %v\n%s", err, doc)
		}
	}
}

// A point depends on its own β alone.
func TestFrontierOfOneBeta(t *testing.T) {
	dir := t.TempDir()
	args := frontierArgs(t, dir)
	must(t, args...)
	all := string(read(t, filepath.Join(dir, "points.jsonl")))
	must(t, append(args, "--beta", "5")...)
	one := string(read(t, filepath.Join(dir, "points.jsonl")))
	if !strings.Contains(all, one[:strings.Index(one, `{"best_of"`)]) {
		t.Errorf("β 5 alone\n%samong others\n%s", one, all)
	}
}

// Ctrl-C writes what is there.
func TestFrontierStops(t *testing.T) {
	dir := t.TempDir()
	status, out, err := dpolab(cancelAfter(t.Context(), 60), "", frontierArgs(t, dir)...)
	if status != exitInterrupted || !strings.Contains(err, "measured so far is written") || !strings.Contains(out, "beta ") {
		t.Errorf("status %d\n%s%s", status, out, err)
	}
	wellFormed(t, read(t, filepath.Join(dir, "out", pictureFile)))
	dir = t.TempDir()
	status, out, err = dpolab(cancelAfter(t.Context(), 1), "", frontierArgs(t, dir)...)
	if status != exitInterrupted || !strings.Contains(err, "nothing was written") || out != "" {
		t.Errorf("at once: status %d\n%s%s", status, out, err)
	}
}

func TestFrontierRefuses(t *testing.T) {
	dir := t.TempDir()
	args := frontierArgs(t, dir)
	for _, tc := range []struct {
		more []string
		want string
	}{
		{[]string{"--world", ""}, "--world is missing"},
		{[]string{"--world", "mars"}, "--world: world: no world"},
		{[]string{"--model", filepath.Join(dir, "none")}, "--model: stat"},
		{[]string{"--data", filepath.Join(dir, "none.jsonl")}, "none.jsonl: no such file"},
		{[]string{"--beta", ""}, "--beta is empty"},
		{[]string{"--beta", "0.1,x"}, `--beta: "x" is not a number`},
		{[]string{"--beta", "0.1,-1"}, "beta: -1 is out of range"},
		{[]string{"--steps", "0"}, "--steps is 0"},
		{[]string{"--every", "0"}, "--every is 0"},
		{[]string{"--prompts", "0"}, "--prompts is 0"},
		{[]string{"--batch-size", "9"}, "a batch of 9 pairs is larger than the 8"},
		{[]string{"--epochs", "2"}, "-epochs"},
		{[]string{"--metrics", filepath.Join(dir, "none", "m.jsonl")}, "--metrics: "},
	} {
		status, _, err := dpolab(t.Context(), "", append(args, tc.more...)...)
		if status != exitBadInput || !strings.Contains(err, tc.want) {
			t.Errorf("%v: status %d, want 2 and a word about %q:\n%s", tc.more, status, tc.want, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "out", pictureFile)); err == nil {
		t.Error("bad input left a picture behind")
	}
}
