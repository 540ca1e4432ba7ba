package eval

import (
	"math/rand/v2"

	"dpolab/core/world"
)

// Prompts draws n prompts of a world, each once and none that is known: held-out
// ones where known holds those that were trained on. A world that seems to have no
// other prompts gives what it has again.
func Prompts(w world.World, n int, seed uint64, known map[string]bool) []string {
	const patience = 100 // draws in search of one that is new
	r := rand.New(rand.NewPCG(seed, 0x10de))
	drawn := map[string]bool{}
	var out []string
	for vain := 0; len(out) < n; {
		p := w.Prompt(r)
		if vain < patience && (known[p] || drawn[p]) {
			vain++
			continue
		}
		drawn[p] = true
		out = append(out, p)
		vain = 0
	}
	return out
}
