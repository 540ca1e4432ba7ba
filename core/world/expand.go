package world

import (
	"math"
	"math/rand/v2"
)

// draft is one text while it is being drawn: the tags that steer it and the
// alternatives it has used, none of which is used twice while others are left.
type draft struct {
	g    *grammar
	r    *rand.Rand
	tags map[string]bool
	free bool         // a prompt: "=tag" alternatives are drawn freely
	used map[int]bool // by alternative.id
	out  []string
	nats float64 // how surprising the draws were so far: the sum of -log of their probabilities
}

// expand appends a text of rule to d.out.
func (d *draft) expand(rule int) {
	alt := d.choose(d.g.rules[rule].alts)
	for _, s := range alt.syms {
		if s.isRule() {
			d.expand(s.rule())
		} else {
			d.out = append(d.out, d.g.words[s])
		}
	}
}

// choose draws an alternative by weight among those that the tags allow and
// that are not used yet, or among the used ones where no other is left.
func (d *draft) choose(alts []alternative) *alternative {
	for _, fresh := range [...]bool{true, false} {
		total := 0
		for i := range alts {
			total += d.weight(&alts[i], fresh)
		}
		if total == 0 {
			continue
		}
		at := d.r.IntN(total)
		for i := range alts {
			if at -= d.weight(&alts[i], fresh); at < 0 {
				d.nats += math.Log(float64(total) / float64(d.weight(&alts[i], fresh)))
				if len(alts[i].syms) > 0 {
					d.used[alts[i].id] = true
				}
				return &alts[i]
			}
		}
	}
	panic("world: the tags leave a rule without alternatives; TestTagsLeaveAlternatives should have found it")
}

func (d *draft) weight(a *alternative, fresh bool) int {
	if a.set != "" && !d.free && !d.tags[a.set] || a.need != "" && !d.tags[a.need] || a.bar != "" && d.tags[a.bar] || fresh && d.used[a.id] {
		return 0
	}
	return a.weight
}

// settle sets the tag of the first of rule's "=tag" alternatives whose words
// stand in the prompt, and says whether there is one.
func (d *draft) settle(rule int, prompt []piece) bool {
	for _, alt := range d.g.rules[rule].alts {
		if alt.set != "" && d.g.stands(alt.syms, prompt) {
			d.tags[alt.set] = true
			return true
		}
	}
	return false
}

// settleAny sets the tag of one of rule's "=tag" alternatives, drawn evenly.
func (d *draft) settleAny(rule int) {
	alts := d.g.rules[rule].alts
	d.nats += math.Log(float64(len(alts)))
	d.tags[alts[d.r.IntN(len(alts))].set] = true
}

// stands says whether the words of an alternative stand in a row in text.
func (g *grammar) stands(syms []sym, text []piece) bool {
next:
	for i := 0; i+len(syms) <= len(text); i++ {
		for k, s := range syms {
			if w := text[i+k].text; w != g.words[s] && (w != "an" || g.words[s] != "a") {
				continue next
			}
		}
		return true
	}
	return false
}
