package pref

import (
	"math"
	"slices"
	"strconv"
	"testing"
)

// numbered makes n pairs, each prompt repeated that often.
func numbered(n, repeat int) []Pair {
	pairs := make([]Pair, n)
	for i := range pairs {
		pairs[i] = Pair{Prompt: "p" + strconv.Itoa(i/repeat), Chosen: "c", Rejected: strconv.Itoa(i)}
	}
	return pairs
}

func TestSplit(t *testing.T) {
	for _, tc := range []struct {
		name      string
		n, repeat int
		fraction  float64
		held      int
	}{
		{"a tenth", 100, 1, 0.1, 10},
		{"rounded", 15, 1, 0.1, 2},
		{"at least one", 5, 1, 0.01, 1},
		{"never all", 5, 1, 0.999, 4},
		{"all", 5, 1, 1, 5},
		{"more than all", 5, 1, 3, 5},
		{"nothing", 5, 1, 0, 0},
		{"not a number", 5, 1, math.NaN(), 0},
		{"one prompt", 6, 6, 0.5, 0},
		{"two prompts", 6, 3, 0.1, 3},
		{"groups that fit", 40, 4, 0.25, 8},
		{"no pairs", 0, 1, 0.5, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			pairs := numbered(tc.n, tc.repeat)
			for seed := range uint64(5) {
				train, held := Split(pairs, tc.fraction, seed)
				if len(held) != tc.held {
					t.Fatalf("%d held out, want %d", len(held), tc.held)
				}
				checkSplit(t, pairs, train, held)
			}
		})
	}
}

// checkSplit checks that each pair is on one side and each prompt on one side.
func checkSplit(t *testing.T, pairs []Pair, train, held []int) {
	t.Helper()
	all := slices.Concat(train, held)
	slices.Sort(all)
	for i, v := range all {
		if v != i {
			t.Fatalf("indices %v are not 0 to %d", all, len(pairs)-1)
		}
	}
	if len(all) != len(pairs) || !slices.IsSorted(train) || !slices.IsSorted(held) {
		t.Fatalf("train %v, held out %v of %d pairs", train, held, len(pairs))
	}
	prompts := make(map[string]bool)
	for _, i := range train {
		prompts[pairs[i].Prompt] = true
	}
	for _, i := range held {
		if prompts[pairs[i].Prompt] {
			t.Fatalf("prompt %q is on both sides", pairs[i].Prompt)
		}
	}
}

func TestSplitSeed(t *testing.T) {
	pairs := numbered(100, 2)
	_, a := Split(pairs, 0.2, 1)
	_, again := Split(pairs, 0.2, 1)
	_, b := Split(pairs, 0.2, 2)
	if !slices.Equal(a, again) {
		t.Errorf("seed 1 gave %v, then %v", a, again)
	}
	if slices.Equal(a, b) {
		t.Errorf("seeds 1 and 2 both gave %v", a)
	}
}
