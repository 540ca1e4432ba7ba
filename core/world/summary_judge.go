package world

import (
	"math/bits"
	"slices"
	"strings"
)

// maxSummary is the most sentences a summary has.
const maxSummary = 2

// Judge gives the true reward of a summary by the rule that stands at Summary.
func (summaryWorld) Judge(prompt, answer string) Judgement {
	s := compiledSummary()
	return s.judge(s.known(prompt), answer)
}

func (s *summary) judge(known []fact, answer string) Judgement {
	rest := split(answer)
	var first []piece
	var stated []fact // each once
	kept, invented, sentences, parses := 0, 0, 0, true
	for ; len(rest) > 0; sentences++ {
		var text []piece
		text, rest = cutSentence(rest)
		facts, ok := s.read(s.told, text)
		if !ok {
			invented++
		}
		for _, f := range facts {
			switch {
			case slices.Contains(stated, f):
				continue
			case slices.Contains(known, f):
				kept++
			default:
				invented++
			}
			stated = append(stated, f)
		}
		parses = parses && ok && !same(text, first)
		if sentences == 0 {
			first = text
		}
	}
	j := Judgement{Parses: parses && sentences >= 1 && sentences <= maxSummary}
	switch {
	case len(known) > 0:
		j.Reward = summaryReward(kept, invented, len(known), wordsIn(answer))
	case j.Parses:
		j.Reward = nothingKnown
	}
	return j
}

// nothingKnown is the reward of any summary of a post that states no fact.
const nothingKnown = 0.2

// summaryReward is the formula that stands at Summary.
func summaryReward(kept, invented, facts, words int) float64 {
	waste := float64(max(0, words-4-4*kept)) / 50
	return min(max(float64(kept-invented)/float64(facts)-waste, 0), 1)
}

// known gives the facts of a post, of each type the first.
func (s *summary) known(prompt string) []fact {
	var known []fact
	rest := split(prompt)
	for len(rest) > 0 {
		var text []piece
		text, rest = cutSentence(rest)
		found, _ := s.read(s.line, text)
		for _, f := range found {
			if !slices.ContainsFunc(known, func(k fact) bool { return k.rule == f.rule }) {
				known = append(known, f)
			}
		}
	}
	return known
}

// read parses one sentence and gives the facts it states.
func (s *summary) read(rule int, text []piece) (facts []fact, ok bool) {
	if len(text) > maxWords {
		return nil, false
	}
	var buf [maxWords]int
	ids := s.g.idsOf(buf[:0], text, true)
	if !s.g.derives(rule, ids) {
		// "Bonfire Night" begins like "bonfire" written large.
		id, ok := s.g.ids[text[0].text]
		if ids[0] = id; !ok || lowerFirst(text[0].text) == text[0].text || !s.g.derives(rule, ids) {
			return nil, false
		}
	}
	s.facts(&facts, s.g.rules[rule].root, ids, 0, len(ids))
	slices.Reverse(facts)
	return facts, true
}

// facts appends, last first, the facts of the first way from state n before
// text[pos] to the end of a match before text[end]. It says whether there is one.
func (s *summary) facts(out *[]fact, n *node, text []int, pos, end int) bool {
	if pos == end && n.final {
		return true
	}
	if pos < end && text[pos] != unknown {
		if to := n.words[text[pos]]; to != nil && s.facts(out, to, text, pos+1, end) {
			return true
		}
	}
	for _, e := range n.rules {
		sub := &s.g.rules[e.rule]
		if !sub.nullable && (pos == end || text[pos] == unknown || !sub.first.has(text[pos])) {
			continue
		}
		for set := s.g.ends(sub.root, text, pos); set != 0; set &= set - 1 {
			at := bits.TrailingZeros64(set)
			if at > end || !s.facts(out, e.to, text, at, end) {
				continue
			}
			if s.types[e.rule] {
				*out = append(*out, fact{e.rule, s.span(text[pos:at])})
			} else {
				s.facts(out, sub.root, text, pos, at)
			}
			return true
		}
	}
	return false
}

// span renders the words of a fact.
func (s *summary) span(ids []int) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = s.g.words[id]
	}
	return join(words)
}

// typeName is the short name of a type of fact: "who" of "fact.who".
func (s *summary) typeName(rule int) string {
	return strings.TrimPrefix(s.g.rules[rule].name, "fact.")
}
