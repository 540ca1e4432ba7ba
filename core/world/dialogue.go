package world

import (
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
)

// What stands around the question of a prompt, as in the chats of Anthropic's
// helpful and harmless set (hh-rlhf), on which the paper trains.
const (
	humanTurn     = "\n\nHuman: "
	assistantTurn = "\n\nAssistant:"
)

// dialogue is the DPO paper's single-turn dialogue (Rafailov et al. 2023,
// section 6) on everyday questions made here.
type dialogue struct {
	g      *grammar
	topics []*topic

	evade       [flavours]int // sentences that evade the question
	padding     int           // filler in a sentence of its own
	thanks      int           // courtesy in a sentence of its own ...
	first, last int           // ... at the beginning and at the end of an answer
	scorn       int           // rudeness in a sentence of its own
}

// topic is what can be asked about one thing of life, and answered.
type topic struct {
	name   string
	ask    [demands]int
	say    [demands][flavours]int
	detail int
	thing  []alternative        // what is asked about
	goal   [which][]alternative // what is asked for: a how's, a where's, a long's
	choice []alternative        // what a which asks to choose from ...
	other  []alternative        // ... and the same list, for the second of the two
	asked  bitset               // the words of all questions
	words  bitset               // the words of all sentences under say and detail
}

// demand is what a question asks for.
type demand int

const (
	how   demand = iota // a step
	where               // a place
	long                // a time
	which               // one of two things
	demands
)

// flavour is how a sentence that answers or evades begins.
type flavour int

const (
	plain flavour = iota
	polite
	rude
	wordy // with filler
	flavours
)

// Dialogue is the world of everyday questions, in which helpful answers are
// rewarded. A prompt is one turn of a chat, "\n\nHuman: question\n\nAssistant:".
// An answer's true reward is
//
//	q · (0.6·a + 0.15·(1+t) + 0.1·c)
//
// found so:
//
//   - The text is cut into sentences after every ".", "!" and "?"; what is left
//     over at the end counts as a sentence. A sentence is sound if it is one of
//     the first three, the grammar derives it and it was not said before. q is
//     the share of sound sentences, 0 for an empty answer, and only they count.
//   - a is 1 if a sentence answers what was asked: a how-to gets a step, a
//     where a place, a how-long a time, a which one of the two things named,
//     all of the question's topic. a is 1/2 if the best sentence answers
//     another kind of question on the same topic, or names another thing, goal
//     or choice than the question does. Else a is 0: an evasion, a detail that
//     answers nothing, an answer to a question about another topic.
//   - t, the tone, is -1 if a sentence is rude, else 1 if one is courteous, else 0.
//   - c is 0 if a sentence is or begins with filler, or belongs to another
//     topic, else 1. Details on the topic are harmless: they neither add nor cost.
//   - Parses is true for 1 to 3 sentences, all of them sound.
//
// So a courteous answer has 1, a plain one 0.85, a rude one 0.7; a plain evasion
// has 0.25, a rude answer to something else 0, as have gibberish and silence.
// Filler costs 0.1, and an answer of three sentences may be as good as a short one.
//
// The turns around the question may be missing. To a question that the grammar
// does not derive, a sentence that answers a question on any topic has a = 1/2
// and costs nothing: whether it is the right one is not known.
func Dialogue() World { return dialogueWorld{} }

// compiledDialogue is made when it is first needed; the tables are part of the
// program and tested, so a fault in them is a programming error.
var compiledDialogue = sync.OnceValue(func() *dialogue {
	names, blocks, err := readTopics(dialogueTopics)
	if err != nil {
		panic(err)
	}
	g, err := parseGrammar(dialogueTable(dialogueFrames, names, blocks))
	if err != nil {
		panic(err)
	}
	w := &dialogue{
		g:       g,
		evade:   g.flavoured("evade", ""),
		padding: g.byName["padding"],
		thanks:  g.byName["thanks"],
		first:   g.byName["thanks.first"],
		last:    g.byName["thanks.last"],
		scorn:   g.byName["scorn"],
	}
	for _, name := range names {
		t := &topic{
			name:   name,
			detail: g.byName["detail."+name],
			thing:  g.rules[g.byName["thing."+name]].alts,
			choice: g.rules[g.byName["choice."+name]].alts,
			other:  g.rules[g.byName["other."+name]].alts,
			asked:  make(bitset, (len(g.words)+63)/64),
			words:  make(bitset, (len(g.words)+63)/64),
		}
		seen, seenAsk := make([]bool, len(g.rules)), make([]bool, len(g.rules))
		g.reach(t.words, seen, t.detail)
		for k, label := range [demands]string{"how", "where", "long", "which"} {
			t.ask[k] = g.byName["ask."+label+"."+name]
			g.reach(t.asked, seenAsk, t.ask[k])
			t.say[k] = g.flavoured("say."+label, "."+name)
			for _, rule := range t.say[k] {
				g.reach(t.words, seen, rule)
			}
		}
		for k, list := range [which]string{"do", "seek", "last"} {
			t.goal[k] = g.rules[g.byName[list+"."+name]].alts
		}
		w.topics = append(w.topics, t)
	}
	return w
})

// flavoured gives the four rules of a sentence that can begin in four ways.
func (g *grammar) flavoured(before, after string) (rules [flavours]int) {
	for f, name := range [flavours]string{".plain", ".polite", ".rude", ".filler"} {
		rules[f] = g.byName[before+name+after]
	}
	return rules
}

// reach adds to dst the words that texts of rule can hold.
func (g *grammar) reach(dst bitset, seen []bool, rule int) {
	if seen[rule] {
		return
	}
	seen[rule] = true
	for _, alt := range g.rules[rule].alts {
		for _, s := range alt.syms {
			if s.isRule() {
				g.reach(dst, seen, s.rule())
			} else {
				dst.add(int(s))
			}
		}
	}
}

// hasAll says whether all words of a text are in the set.
func (b bitset) hasAll(ids []int) bool {
	for _, id := range ids {
		if id == unknown || !b.has(id) {
			return false
		}
	}
	return true
}

// query is what a prompt asks: numbers of alternatives in the topic's lists.
type query struct {
	topic   *topic // nil: not known
	demand  demand
	thing   int
	goal    int    // but in a which
	choices [2]int // of a which
}

// read finds what a prompt asks.
func (w *dialogue) read(prompt string) query {
	prompt = strings.TrimPrefix(prompt, humanTurn)
	text := split(strings.TrimSuffix(prompt, assistantTurn))
	if len(text) > maxWords {
		return query{}
	}
	var buf [maxWords]int
	ids := w.g.idsOf(buf[:0], text, false)
	for _, t := range w.topics {
		if !t.asked.hasAll(ids) {
			continue
		}
		for k, rule := range t.ask {
			if !w.g.derives(rule, ids) {
				continue
			}
			q := query{topic: t, demand: demand(k)}
			q.thing = w.g.named(t.thing, ids)
			if q.demand != which {
				q.goal = w.g.named(t.goal[k], ids)
			} else {
				q.choices[0] = w.g.named(t.choice, ids)
				q.choices[1] = w.g.named(t.choice, ids, q.choices[0])
			}
			return q
		}
	}
	return query{}
}

// none is no alternative.
const none = -1

// named gives the number of the first alternative of a list, those except left
// out, of which a text stands in ids; none if there is none.
func (g *grammar) named(alts []alternative, ids []int, except ...int) int {
	for i, alt := range alts {
		if !slices.Contains(except, i) && g.holds(ids, alt.syms) {
			return i
		}
	}
	return none
}

// holds says whether a text of syms stands somewhere in ids.
func (g *grammar) holds(ids []int, syms []sym) bool {
	for from := range ids {
		at := uint64(1) << from // where the symbols so far can end
		for _, s := range syms {
			next := uint64(0)
			for ; at != 0; at &= at - 1 {
				pos := bits.TrailingZeros64(at)
				if s.isRule() {
					next |= g.ends(g.rules[s.rule()].root, ids, pos)
				} else if pos < len(ids) && ids[pos] == int(s) {
					next |= 1 << (pos + 1)
				}
			}
			at = next
		}
		if at != 0 {
			return true
		}
	}
	return false
}

type dialogueWorld struct{}

func (dialogueWorld) Name() string  { return "dialogue" }
func (dialogueWorld) Title() string { return "Helpful answers" }
func (dialogueWorld) Description() string {
	return "Everyday questions and their answers, in a chat. The true reward is high where an answer gives what was asked for, politely and without filler."
}

func (dialogueWorld) Prompt(r *rand.Rand) string {
	w := compiledDialogue()
	q := w.ask(r)
	d := w.draft(r, q)
	d.expand(q.topic.ask[q.demand])
	return humanTurn + join(d.out) + assistantTurn
}

func (dialogueWorld) Answer(r *rand.Rand, prompt string) string {
	return compiledDialogue().reply(r, prompt).text
}

func (dialogueWorld) Judge(prompt, answer string) Judgement {
	return compiledDialogue().judge(prompt, answer)
}

// Surprisal implements Entropic.
func (dialogueWorld) Surprisal(r *rand.Rand, prompt string) (answer string, nats float64) {
	rp := compiledDialogue().reply(r, prompt)
	return rp.text, rp.nats
}
