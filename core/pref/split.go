package pref

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Split divides pairs into training and held-out ones and gives their indices in
// rising order. Pairs with the same prompt stay on one side, so that the
// held-out numbers are about prompts the model has not seen. The same pairs,
// fraction and seed give the same split.
//
// About fraction of the pairs are held out, at most that many where prompts
// repeat. If fraction is above 0 and there are two prompts or more, at least one
// pair is held out; below 1 at least one is left to train on.
func Split(pairs []Pair, fraction float64, seed uint64) (train, heldout []int) {
	groups := byPrompt(pairs)
	r := rand.New(rand.NewPCG(seed, splitStream))
	r.Shuffle(len(groups), func(i, j int) { groups[i], groups[j] = groups[j], groups[i] })
	out := heldOut(groups, len(pairs), fraction)
	for i, g := range groups {
		if out[i] {
			heldout = append(heldout, g...)
		} else {
			train = append(train, g...)
		}
	}
	slices.Sort(train)
	slices.Sort(heldout)
	return train, heldout
}

// splitStream keeps the split's random numbers apart from others of the seed.
const splitStream = 0x73706c6974

// byPrompt gives the indices of pairs with the same prompt, in the order in
// which the prompts first come.
func byPrompt(pairs []Pair) [][]int {
	var groups [][]int
	index := make(map[string]int)
	for i, p := range pairs {
		g, ok := index[p.Prompt]
		if !ok {
			g = len(groups)
			index[p.Prompt] = g
			groups = append(groups, nil)
		}
		groups[g] = append(groups[g], i)
	}
	return groups
}

// heldOut picks the groups to hold out of n pairs: in order, those that fit.
func heldOut(groups [][]int, n int, fraction float64) []bool {
	out := make([]bool, len(groups))
	if !(fraction > 0) || len(groups) < 2 && fraction < 1 {
		return out
	}
	target := max(1, int(math.Round(min(fraction, 1)*float64(n))))
	most := len(groups) // groups that may be held out
	if fraction < 1 {
		most--
	}
	held, smallest := 0, 0
	for i, g := range groups {
		if len(g) < len(groups[smallest]) {
			smallest = i
		}
		if most > 0 && held+len(g) <= target {
			out[i] = true
			held += len(g)
			most--
		}
	}
	if held == 0 {
		out[smallest] = true
	}
	return out
}
