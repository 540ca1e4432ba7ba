package world

import (
	_ "embed"
	"math/rand/v2"
	"strings"
	"sync"
)

//go:embed summary.txt
var summaryPosts string

//go:embed summary_answer.txt
var summaryAnswers string

// summary is the DPO paper's summarisation task (Rafailov et al. 2023, section
// 6: TL;DR) on posts made here.
//
// A fact is what a rule "fact.…" derives: its type is the rule and its value
// the words. A post states one fact of each of the five types of its kind, and
// a summary states facts in the same words, so that both are read by parsing.
type summary struct {
	g     *grammar
	post  int                   // derives a whole post
	line  int                   // derives one sentence of a post
	say   int                   // derives a sentence of a summary that tells facts
	pad   int                   // derives one that tells none
	told  int                   // either
	types []bool                // which rules are types of facts
	value map[fact]*alternative // never ranged over: its order would decide what is drawn
	kinds [4]postKind
}

// fact is a type (the rule's number) and its value (the rule's words).
type fact struct {
	rule  int
	words string
}

// postKind is what a post is about, the types of its facts in the order of the
// telling, and the tags that keep together what goes together.
type postKind struct {
	tag     string
	facts   [postFacts]int
	classes [][]postClass
}

// postClass is a set of tags and how many posts in a hundred have it.
type postClass struct {
	share int
	tags  []string
}

// A post states postFacts facts: three of them who, where and what, then what
// went wrong and how it ended.
const (
	postFacts   = 5
	troubleFact = 3
	endFact     = 4
)

// tldr ends every prompt.
const tldr = "TL;DR:"

// Summary is the world of short posts about a day, a trip, a purchase or a
// quarrel and of their summaries, in which keeping the facts is rewarded.
// A summary's true reward is found so:
//
//   - Post and summary are cut into sentences after every ".", "!" and "?" and
//     each is parsed. The facts of a post are those of its sentences that parse
//     (of the kinds' own posts: five, such as who, where, by what, what went
//     wrong and how it ended).
//   - A fact is kept if a sentence of the summary that parses states it as the
//     post does, and invented if such a sentence states what the post does not:
//     another person or ending, or a thing of which the post says nothing. A
//     fact stated twice counts once. A sentence that does not parse tells
//     nothing and counts as one invention.
//   - Reward = (kept - invented) / facts of the post
//   - max(0, words - 4 - 4·kept) / 50, cut to [0,1]: four words a fact and
//     four to join them are free, each word beyond costs 0.02.
//   - Parses is true for 1 or 2 sentences, each derived by the grammar, not the
//     same one twice.
//   - A post of which no sentence with a fact parses has nothing to keep: every
//     summary that parses has 0.2, any other text 0.
//
// So an empty answer has 0, filler of 12 words 0, two facts in 12 words 0.4,
// the same two in 20 words 0.24, and all five in 24 words or fewer 1.
func Summary() World { return summaryWorld{} }

// compiledSummary is made when it is first needed. The table is part of the
// program and every test compiles it, so a fault in it is a programming error.
var compiledSummary = sync.OnceValue(func() *summary {
	g, err := parseGrammar(summaryPosts + summaryAnswers)
	if err != nil {
		panic(err)
	}
	s := &summary{g: g, post: g.byName["post"], line: g.byName["line"], say: g.byName["say"], pad: g.byName["pad"], told: g.byName["told"]}
	s.findFacts()
	who := func(share int, more string) []postClass {
		rest := (100 - share) / 3
		all := []postClass{{share, []string{"fam"}}, {rest, []string{"work"}}, {rest, []string{"next"}}, {rest, []string{"club"}}}
		for i := range all {
			if more != "" {
				all[i].tags = append(all[i].tags, more+all[i].tags[0])
			}
		}
		return all
	}
	s.kinds = [...]postKind{
		{"day", s.rules("when place who trouble end"), [][]postClass{who(79, "")}},
		{"trip", s.rules("place ride who trouble end"), [][]postClass{who(79, ""), {
			{45, []string{"public"}}, {40, []string{"motor"}}, {15, []string{"cycle"}}}}},
		{"buy", s.rules("thing seller price trouble end"), [][]postClass{{
			{30, []string{"elec"}}, {20, []string{"wear"}}, {20, []string{"home"}},
			{8, []string{"wheels"}}, {10, []string{"music"}}, {12, []string{"wet"}}}}},
		{"row", s.rules("who topic room trouble end"), [][]postClass{who(52, "row.")}},
	}
	return s
})

// findFacts notes which rules are facts, and the alternative of each.
func (s *summary) findFacts() {
	s.types, s.value = make([]bool, len(s.g.rules)), map[fact]*alternative{}
	for id := range s.g.rules {
		r := &s.g.rules[id]
		s.types[id] = strings.HasPrefix(r.name, "fact.")
		for i := range r.alts {
			if s.types[id] {
				s.value[fact{id, s.words(&r.alts[i])}] = &r.alts[i]
			}
		}
	}
}

// words gives the words of an alternative without rules.
func (s *summary) words(alt *alternative) string {
	words := make([]string, len(alt.syms))
	for i, w := range alt.syms {
		words[i] = s.g.words[w]
	}
	return join(words)
}

// rules finds the rules of the named types of fact.
func (s *summary) rules(names string) (ids [postFacts]int) {
	for i, name := range strings.Fields(names) {
		ids[i] = s.g.byName["fact."+name]
	}
	return ids
}

type summaryWorld struct{}

var _ Entropic = summaryWorld{}

func (summaryWorld) Name() string  { return "summary" }
func (summaryWorld) Title() string { return "Post summaries" }
func (summaryWorld) Description() string {
	return "Short posts about a day, a trip, a purchase or a quarrel, and their summaries. The true reward counts the facts a summary keeps, less those it invents and the words it wastes."
}

// A post has so many words, the mark at its end included.
const minPost, maxPost = 32, 60

// Prompt draws the kind, then posts until one has the right length.
func (summaryWorld) Prompt(r *rand.Rand) string {
	s := compiledSummary()
	tags := s.drawKind(r)
	for {
		d := draft{g: s.g, r: r, free: true, tags: tags, used: map[int]bool{}}
		d.expand(s.post)
		capitals(d.out)
		text := join(d.out) + " " + tldr
		if n := wordsIn(text); n >= minPost && n <= maxPost {
			return text
		}
	}
}

// drawKind draws a kind, evenly, and its classes: the tags of a post.
func (s *summary) drawKind(r *rand.Rand) map[string]bool {
	k := s.kinds[r.IntN(len(s.kinds))]
	tags := map[string]bool{k.tag: true}
	for _, set := range k.classes {
		at := r.IntN(100)
		for _, c := range set {
			if at -= c.share; at < 0 {
				for _, tag := range c.tags {
					tags[tag] = true
				}
				break
			}
		}
	}
	return tags
}

// capitals capitalises the first word and those after a stop.
func capitals(words []string) {
	for i, w := range words {
		if i == 0 || isStop(words[i-1]) {
			words[i] = upperFirst(w)
		}
	}
}

// wordsIn counts the words of a text as a reader would, by the spaces.
func wordsIn(text string) int { return len(strings.Fields(text)) }
