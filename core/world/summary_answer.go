package world

import (
	"math"
	"math/rand/v2"
	"slices"
)

// A summary has minGist to maxGist words, but for few that no draw fits.
const minGist, maxGist = 13, 23

// gist is what a summary is to be like: how many of the five facts it tells,
// how many of those are invented, and how many words it has, give or take
// nearGist. It is drawn first and kept; the words are drawn again until they
// fit, so that the length tells nothing about the quality.
type gist struct{ told, invented, words int }

const nearGist = 1

// gists is how many of a hundred summaries tell that many facts and invent
// that many. About a third is good, a third poor.
var gists = [...]struct{ share, told, invented int }{
	{6, 5, 0}, {17, 4, 0}, {20, 3, 0},
	{8, 5, 1}, {12, 4, 1}, {6, 3, 1},
	{18, 2, 0}, {7, 1, 0}, {4, 2, 1}, {2, 0, 0},
}

// A summary that tells three facts or fewer leaves out what went wrong and how
// it ended in so many cases of a hundred, and any facts in the others.
const startOnly = 85

// draftSummary is a drawn summary, what was meant and its surprisal, -log of
// its probability, estimated.
type draftSummary struct {
	text           string
	kept, invented int
	nats           float64
}

// Answer draws a summary.
func (w summaryWorld) Answer(r *rand.Rand, prompt string) string {
	text, _ := w.Surprisal(r, prompt)
	return text
}

// Surprisal draws a summary and estimates its surprisal in nats.
func (summaryWorld) Surprisal(r *rand.Rand, prompt string) (string, float64) {
	s := compiledSummary()
	d := s.draw(r, s.known(prompt))
	return d.text, d.nats
}

// draw draws a summary of a post of which those facts are known.
func (s *summary) draw(r *rand.Rand, known []fact) draftSummary {
	g, nats := drawGist(r)
	told, more := chooseTold(r, g.told)
	nats += more
	k, facts := s.complete(r, known)
	about := s.matter(k)
	kept, wrong := 0, g.invented
	for _, at := range r.Perm(postFacts) {
		if !told[at] {
			continue
		}
		f := facts[at]
		if wrong > 0 {
			wrong--
			f, more = s.other(r, f)
			nats += more
		}
		if slices.Contains(known, f) {
			kept++
		}
		s.tells(about, f)
	}
	nats += math.Log(choices(g.told, g.invented))
	text, more := s.tellAbout(r, g.words, told, about)
	return draftSummary{text, kept, g.told - kept, nats + more}
}

// matter is what one summary is about: the grammar with only the facts that it
// tells, and the tags of its kind and of the types of these facts.
type matter struct {
	g    grammar
	tags map[string]bool
}

func (s *summary) matter(k postKind) *matter {
	t := &matter{*s.g, map[string]bool{k.tag: true}}
	t.g.rules = slices.Clone(t.g.rules)
	return t
}

// tells makes f the one fact of its type.
func (s *summary) tells(t *matter, f fact) {
	alt := *s.value[f]
	alt.need = ""
	t.g.rules[f.rule].alts = []alternative{alt}
	t.tags["m."+s.typeName(f.rule)] = true
}

// drawGist draws what a summary is to be like. The length's share of the
// surprisal is left to tellAbout.
func drawGist(r *rand.Rand) (gist, float64) {
	at := r.IntN(100)
	for _, p := range gists {
		if at -= p.share; at < 0 {
			return gist{p.told, p.invented, minGist + r.IntN(5) + r.IntN(6)}, math.Log(100 / float64(p.share))
		}
	}
	panic("world: the shares of gists do not sum to 100")
}

// chooseTold draws which n of the five facts are told.
func chooseTold(r *rand.Rand, n int) (told [postFacts]bool, nats float64) {
	p := 1 / choices(postFacts, n)
	order := r.Perm(postFacts)
	if n <= troubleFact {
		p *= 1 - startOnly/100.
		if r.IntN(100) < startOnly {
			order = []int{0, 1, 2}
		}
	}
	start := true
	for _, at := range order[:n] {
		told[at] = true
		start = start && at < n
	}
	if start && n <= troubleFact {
		p += startOnly / 100.
	}
	return told, -math.Log(p)
}

// choices is the number of ways to choose k of n.
func choices(n, k int) float64 {
	c := 1.0
	for i := range k {
		c = c * float64(n-i) / float64(i+1)
	}
	return c
}

// complete finds the kind of a post and its five facts; what the post does
// not say is drawn.
func (s *summary) complete(r *rand.Rand, known []fact) (k postKind, facts [postFacts]fact) {
	k = s.kinds[r.IntN(len(s.kinds))]
	for _, other := range s.kinds {
		if other.knows(known) > k.knows(known) {
			k = other
		}
	}
	for i, rule := range k.facts {
		if at := slices.IndexFunc(known, func(f fact) bool { return f.rule == rule }); at >= 0 {
			facts[i] = known[at]
			continue
		}
		// The kind's own tag, or a class's that no other kind uses of this type.
		facts[i], _ = s.any(r, rule, func(a *alternative) bool { return a.need == k.tag || !s.isKind(a.need) })
	}
	return k, facts
}

// knows counts the known facts that are of the kind's types.
func (k postKind) knows(known []fact) (n int) {
	for _, f := range known {
		if slices.Contains(k.facts[:], f.rule) {
			n++
		}
	}
	return n
}

func (s *summary) isKind(tag string) bool {
	return slices.ContainsFunc(s.kinds[:], func(k postKind) bool { return k.tag == tag })
}

// other draws another fact of the same type that goes with the same things,
// among the commonest: what is made up is what is often said.
func (s *summary) other(r *rand.Rand, f fact) (fact, float64) {
	was := s.value[f]
	most := 0
	for _, a := range s.g.rules[f.rule].alts {
		if a.need == was.need {
			most = max(most, a.weight)
		}
	}
	return s.any(r, f.rule, func(a *alternative) bool {
		return a.need == was.need && a.weight == most && s.value[f] != a && s.words(a) != f.words
	})
}

// any draws a fact of that type among the alternatives that fit, by weight.
func (s *summary) any(r *rand.Rand, rule int, fits func(*alternative) bool) (f fact, nats float64) {
	alts := s.g.rules[rule].alts
	total := 0
	for i := range alts {
		if fits(&alts[i]) {
			total += alts[i].weight
		}
	}
	at := r.IntN(total)
	for i := range alts {
		if !fits(&alts[i]) {
			continue
		}
		if at -= alts[i].weight; at < 0 {
			return fact{rule, s.words(&alts[i])}, math.Log(float64(total) / float64(alts[i].weight))
		}
	}
	panic("not reached")
}

// tellAbout draws a summary of about so many words, or of as near as forty
// draws came.
func (s *summary) tellAbout(r *rand.Rand, near int, told [postFacts]bool, about *matter) (text string, nats float64) {
	miss, missed := math.MaxInt, 0.0
	for try := 1; try <= 40; try++ {
		d := s.tell(r, told, about)
		words := join(d.out)
		n := wordsIn(words)
		if m := max(n-near, near-n); m < miss {
			text, nats, miss = " "+words, d.nats-math.Log(nearness(n)), m
		}
		if miss <= nearGist {
			break
		}
		// What is drawn again until it fits is less surprising by -log of the chance
		// to fit, of which 1 + 1/2 + ... + 1/(tries-1) is an unbiased estimate.
		missed += 1 / float64(try)
	}
	return text, nats - missed
}

// nearness is the share of drawn lengths to which n words are near enough.
func nearness(n int) float64 {
	hits := 0
	for i := range 5 {
		for k := range 6 {
			if d := n - minGist - i - k; d >= -nearGist && d <= nearGist {
				hits++
			}
		}
	}
	return float64(max(hits, 1)) / 30
}

// How many of a hundred summaries have which layout, where there is a choice.
const (
	twoSentences = 30 // the facts in two sentences
	padAfter     = 30 // a sentence of filler after the facts
	padBefore    = 5
	emptyWords   = 20 // filler at the beginning, or at the end, of a sentence of facts
)

// tell draws the words of a summary that tells those facts: one sentence or
// two, with or without words that tell nothing.
func (s *summary) tell(r *rand.Rand, told [postFacts]bool, about *matter) *draft {
	d := &draft{g: &about.g, r: r, tags: about.tags, used: map[int]bool{}}
	var parts string // h who, where and what; t what went wrong; e how it ended
	if told[0] || told[1] || told[2] {
		parts = "h"
	}
	if told[troubleFact] {
		parts += "t"
	}
	if told[endFact] {
		parts += "e"
	}
	sentences := []string{parts}
	if parts == "" {
		sentences = []string{"p", "p"}[:1+r.IntN(2)]
		d.nats += math.Log(2)
	} else {
		split := []string{}
		if len(parts) > 1 {
			cut := 1 + r.IntN(len(parts)-1)
			split = []string{parts[:cut], parts[cut:]}
		}
		at, share := r.IntN(100), 100-padAfter-padBefore
		switch {
		case at < padAfter:
			sentences, share = []string{parts, "p"}, padAfter
		case at < padAfter+padBefore:
			sentences, share = []string{"p", parts}, padBefore
		case at < padAfter+padBefore+twoSentences && len(split) > 0:
			sentences, share = split, twoSentences
			d.nats += math.Log(float64(len(parts) - 1))
		case len(split) > 0:
			share -= twoSentences
		}
		d.nats += math.Log(100 / float64(share))
	}
	for _, parts := range sentences {
		s.sentence(d, parts)
	}
	capitals(d.out)
	return d
}

// sentence draws one sentence that tells those parts; "p" tells nothing.
func (s *summary) sentence(d *draft, parts string) {
	if parts == "p" {
		d.expand(s.pad)
		return
	}
	d.tags["first"] = len(d.out) == 0
	d.tags["lead"] = d.tags["first"] && d.maybe(emptyWords)
	d.tags["coda"] = d.maybe(emptyWords)
	d.tags[parts] = true
	d.expand(s.say)
	delete(d.tags, parts)
}

// maybe says yes in so many cases of a hundred.
func (d *draft) maybe(share int) bool {
	yes := d.r.IntN(100) < share
	if !yes {
		share = 100 - share
	}
	d.nats += math.Log(100 / float64(share))
	return yes
}
