package world

import (
	"fmt"
	"math/bits"
)

// node is a state of a rule's trie. Alternatives with the same beginning share
// their states, so that a word is looked up once.
type node struct {
	words map[int]*node
	rules []edge
	final bool
}

type edge struct {
	rule int
	to   *node
}

// bitset is a set of word ids.
type bitset []uint64

func (b bitset) has(id int) bool { return b[id>>6]>>(id&63)&1 != 0 }
func (b bitset) add(id int)      { b[id>>6] |= 1 << (id & 63) }

// compile builds tries and first-word sets, and refuses an empty or a
// self-containing rule.
func (g *grammar) compile() error {
	busy := make([]bool, len(g.rules))
	for id := range g.rules {
		if err := g.compileRule(id, busy); err != nil {
			return err
		}
	}
	return nil
}

func (g *grammar) compileRule(id int, busy []bool) error {
	r := &g.rules[id]
	switch {
	case r.done:
		return nil
	case busy[id]:
		return fmt.Errorf("world: rule %q contains itself; write it without recursion", r.name)
	case len(r.alts) == 0:
		return fmt.Errorf("world: rule %q is used but has no alternative; write one", r.name)
	}
	busy[id] = true
	r.root, r.first = &node{}, make(bitset, (len(g.words)+63)/64)
	for _, alt := range r.alts {
		at, open := r.root, true // open: everything before this symbol can be empty
		for _, s := range alt.syms {
			at = at.step(s)
			if !s.isRule() {
				if open {
					r.first.add(int(s))
				}
				open = false
				continue
			}
			if err := g.compileRule(s.rule(), busy); err != nil {
				return err
			}
			sub := &g.rules[s.rule()]
			if open {
				for i, w := range sub.first {
					r.first[i] |= w
				}
			}
			open = open && sub.nullable
		}
		at.final = true
		r.nullable = r.nullable || open
	}
	busy[id], r.done = false, true
	return nil
}

// step gives the state after s, making it where there is none.
func (n *node) step(s sym) *node {
	if s.isRule() {
		for _, e := range n.rules {
			if e.rule == s.rule() {
				return e.to
			}
		}
		to := &node{}
		n.rules = append(n.rules, edge{s.rule(), to})
		return to
	}
	if n.words == nil {
		n.words = map[int]*node{}
	}
	to := n.words[int(s)]
	if to == nil {
		to = &node{}
		n.words[int(s)] = to
	}
	return to
}

// maxWords bounds a sentence: the end positions of a match are bits of a uint64.
const maxWords = 63

// derives says whether rule derives exactly the words text (ids, or unknown).
func (g *grammar) derives(rule int, text []int) bool {
	if len(text) == 0 || len(text) > maxWords || text[0] < 0 || !g.rules[rule].first.has(text[0]) {
		return false
	}
	return g.ends(g.rules[rule].root, text, 0)>>len(text)&1 != 0
}

// ends gives the positions (as bits) at which a match that is in state n
// before text[pos] can end.
func (g *grammar) ends(n *node, text []int, pos int) uint64 {
	var out uint64
	if n.final {
		out = 1 << pos
	}
	word := unknown
	if pos < len(text) {
		word = text[pos]
	}
	if to := n.words[word]; word != unknown && to != nil {
		out |= g.ends(to, text, pos+1)
	}
	for _, e := range n.rules {
		sub := &g.rules[e.rule]
		if !sub.nullable && (word == unknown || !sub.first.has(word)) {
			continue
		}
		for set := g.ends(sub.root, text, pos); set != 0; set &= set - 1 {
			out |= g.ends(e.to, text, bits.TrailingZeros64(set))
		}
	}
	return out
}
