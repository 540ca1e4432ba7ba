package world

import (
	"math"
	"math/rand/v2"
	"slices"
)

// An answer has 1 to 3 sentences and 12 to 36 words.
const (
	maxTurn            = 3
	minReply, maxReply = 12, 36
	near               = 2 // words that an answer may miss its aim by
)

// fault is what keeps an answer from answering what was asked.
type fault int

const (
	sound      fault = iota
	wrongKind        // a place to a how-to, on the right topic
	wrongThing       // about another thing, or choosing what was not asked about
	offTopic         // about another topic
	evasion
)

// aim is what an answer is to be like. It is drawn first and kept; the words
// are drawn again until they fit, so that the length tells nothing about it.
type aim struct {
	fault  fault
	tone   flavour // plain, polite or rude
	filler bool
	words  int // how many, give or take near
}

// reward is the true reward that an answer with this aim has.
func (p aim) reward() float64 {
	c := credit{sentences: 1, sound: 1, filler: p.filler || p.fault == offTopic}
	switch p.fault {
	case sound:
		c.answer = 1
	case wrongKind, wrongThing:
		c.answer = 0.5
	}
	c.polite, c.rude = p.tone == polite, p.tone == rude
	return c.reward()
}

// reply is a drawn answer, the aim it was drawn with and its surprisal, -log of
// its probability, estimated.
type reply struct {
	text string
	aim  aim
	nats float64
}

// In a hundred answers: how many have which fault (the rest are evasions),
// which tone (the rest are plain), and filler.
var (
	faultShares = [...]int{sound: 36, wrongKind: 8, wrongThing: 10, offTopic: 16}
	toneShares  = [...]int{polite: 35, rude: 32}
	fillerShare = 34
)

// planReply draws a good, middling or poor answer's aim, and its surprisal.
func planReply(r *rand.Rand) (p aim, nats float64) {
	f, share := drawShare(r, faultShares[:])
	if f == none {
		f = int(evasion)
	}
	nats += share
	t, share := drawShare(r, toneShares[:])
	nats += share
	fill, share := drawShare(r, []int{fillerShare})
	nats += share
	return aim{fault(f), flavour(max(t, 0)), fill == 0, minReply + r.IntN(maxReply-minReply+1)}, nats
}

// drawShare draws one of shares, in hundredths, or none with what they leave.
func drawShare(r *rand.Rand, shares []int) (i int, nats float64) {
	at, left := r.IntN(100), 100
	for i, share := range shares {
		if at -= share; at < 0 {
			return i, math.Log(100 / float64(share))
		}
		left -= share
	}
	return none, math.Log(100 / float64(left))
}

// ask draws a question.
func (w *dialogue) ask(r *rand.Rand) query {
	q := query{topic: w.topics[r.IntN(len(w.topics))], demand: which}
	switch at := r.IntN(100); {
	case at < 40:
		q.demand = how
	case at < 60:
		q.demand = where
	case at < 80:
		q.demand = long
	}
	q.thing = pick(r, q.topic.thing)
	q.choices[0] = pick(r, q.topic.choice)
	q.choices[1] = pick(r, q.topic.choice, q.choices[0])
	return q.withGoal(r)
}

// withGoal draws a goal for what q demands.
func (q query) withGoal(r *rand.Rand) query {
	if q.demand != which {
		q.goal = pick(r, q.topic.goal[q.demand])
	}
	return q
}

// pick draws an alternative by weight, those except left out, and gives its number.
func pick(r *rand.Rand, alts []alternative, except ...int) int {
	total := 0
	for i, alt := range alts {
		if !slices.Contains(except, i) {
			total += alt.weight
		}
	}
	at := r.IntN(total)
	for i, alt := range alts {
		if slices.Contains(except, i) {
			continue
		}
		if at -= alt.weight; at < 0 {
			return i
		}
	}
	return none // not reached
}

// draft begins a text about what q asks.
func (w *dialogue) draft(r *rand.Rand, q query) *draft {
	t := q.topic
	tags := map[string]bool{t.name: true, t.thing[q.thing].set: true, t.choice[q.choices[0]].set: true, t.other[q.choices[1]].set: true}
	if q.demand != which {
		tags[t.goal[q.demand][q.goal].set] = true
	}
	return &draft{g: w.g, r: r, tags: tags, used: map[int]bool{}}
}

// reply draws an answer to prompt. A prompt that asks nothing known is answered
// like one that was drawn.
func (w *dialogue) reply(r *rand.Rand, prompt string) reply {
	q := w.read(prompt)
	if q.topic == nil {
		q = w.ask(r)
	}
	if q.demand == which && r.IntN(2) == 0 {
		q.choices[0], q.choices[1] = q.choices[1], q.choices[0]
	}
	p, nats := planReply(r)
	said := w.mistake(r, q, p.fault)
	nats += w.rarity(q, said, p.fault) + math.Log(maxReply-minReply+1) - math.Log(2*near+1)
	for try := 1; ; try++ {
		d, ok := w.draw(r, said, p)
		slack := near + try/50
		if ok {
			n := countWords(d.out)
			ok = n >= max(minReply, p.words-slack) && n <= min(maxReply, p.words+slack)
		}
		if ok {
			return reply{" " + join(d.out), p, nats + d.nats}
		}
		// The share of drafts that fit makes those that do more probable: the
		// mean of 1 + 1/2 + ... + 1/(tries-1) is -log of that share.
		nats -= 1 / float64(try)
	}
}

// stray says how far in the table the topic of an answer lies that misses the
// question's; near ones are common, and akin.
var stray = [...]int{1, 1, -1, -1, 2, -2}

var surprisalOfStray = math.Log(3)*2/3 + math.Log(6)/3

// mistake gives the question that an answer with that fault answers.
func (w *dialogue) mistake(r *rand.Rand, q query, f fault) query {
	switch f {
	case wrongKind:
		was := q.demand
		q.demand = (was + 1 + demand(r.IntN(int(demands)-1))) % demands
		if was != which {
			q.choices[0] = pick(r, q.topic.choice)
			q.choices[1] = pick(r, q.topic.choice, q.choices[0])
		}
		q = q.withGoal(r)
	case wrongThing:
		if q.demand == which {
			a := pick(r, q.topic.choice, q.choices[:]...)
			q.choices = [2]int{a, pick(r, q.topic.choice, q.choices[0], q.choices[1], a)}
		} else {
			q.thing = pick(r, q.topic.thing, q.thing)
		}
	case offTopic:
		at := slices.Index(w.topics, q.topic) + stray[r.IntN(len(stray))] + len(w.topics)
		q.topic = w.topics[at%len(w.topics)]
		q.thing = pick(r, q.topic.thing)
		q.choices[0] = pick(r, q.topic.choice)
		q.choices[1] = pick(r, q.topic.choice, q.choices[0])
		q = q.withGoal(r)
	}
	return q
}

// rarity is the surprisal of a mistake: of what said asks that q does not.
func (w *dialogue) rarity(q, said query, f fault) (nats float64) {
	t := said.topic
	switch f {
	case wrongKind:
		nats = math.Log(float64(demands - 1))
		if said.demand != which {
			nats += surprise(t.goal[said.demand], said.goal)
		}
	case wrongThing:
		if said.demand != which {
			return surprise(t.thing, said.thing, q.thing)
		}
		return surprise(t.choice, said.choices[0], q.choices[:]...)
	case offTopic:
		nats = surprisalOfStray + surprise(t.thing, said.thing)
		if said.demand != which {
			nats += surprise(t.goal[said.demand], said.goal)
		}
	default:
		return 0
	}
	if said.demand == which {
		nats += surprise(t.choice, said.choices[0])
	}
	return nats
}

// surprise is the surprisal of one of alts drawn by pick.
func surprise(alts []alternative, i int, except ...int) float64 {
	total := 0
	for k, alt := range alts {
		if !slices.Contains(except, k) {
			total += alt.weight
		}
	}
	return math.Log(float64(total) / float64(alts[i].weight))
}

// draw gives a draft of one answer to q with aim p; ok is false if its
// sentences cannot hold what the aim wants.
func (w *dialogue) draw(r *rand.Rand, q query, p aim) (d *draft, ok bool) {
	d = w.draft(r, q)
	lines, ok := w.script(d, q, p)
	if !ok {
		return nil, false
	}
	for _, line := range lines {
		from := len(d.out)
		d.expand(line.rule)
		if p.fault == wrongThing && line.core && q.demand != which {
			ids := w.g.idsOf(nil, split(join(d.out[from:])), false)
			if w.g.named(q.topic.thing, ids) == none {
				return nil, false
			}
		}
		d.out[from] = upperFirst(d.out[from])
	}
	return d, true
}

// line is one sentence to be drawn.
type replyLine struct {
	rule int
	core bool // answers a question
}

// script draws which sentences an answer has. Tone and filler stand in a
// sentence of their own or at the beginning of one that answers (or evades).
func (w *dialogue) script(d *draft, q query, p aim) (out []replyLine, ok bool) {
	n := maxTurn
	if d.chance(50) {
		n = 2
	} else if d.chance(40) {
		n = 1
	}
	var openers []flavour
	var before, after []replyLine
	if p.tone != plain {
		first, last := w.first, w.last
		if p.tone == rude {
			first, last = w.scorn, w.scorn
		}
		switch {
		case d.chance(60):
			openers = append(openers, p.tone)
		case d.chance(50):
			before = append(before, replyLine{rule: first})
		default:
			after = append(after, replyLine{rule: last})
		}
	}
	if p.filler {
		switch {
		case d.chance(50):
			openers = append(openers, wordy)
		case d.chance(50):
			before = append(before, replyLine{rule: w.padding})
		default:
			after = append([]replyLine{{rule: w.padding}}, after...)
		}
	}
	bodies := n - len(before) - len(after)
	if bodies < max(1, len(openers)) {
		return nil, false
	}
	say := q.topic.say[q.demand]
	if p.fault == evasion {
		say = w.evade
	}
	out = before
	for i := range bodies {
		f := plain
		if i < len(openers) {
			f = openers[i]
		}
		core := i == 0 || f != plain || p.fault == evasion || q.demand <= where && d.chance(40)
		rule := q.topic.detail
		if core {
			rule = say[f]
		}
		out = append(out, replyLine{rule, core && p.fault != evasion})
	}
	return append(out, after...), true
}

// chance says yes in so many of a hundred cases, and counts the surprise.
func (d *draft) chance(percent int) bool {
	yes := d.r.IntN(100) < percent
	if !yes {
		percent = 100 - percent
	}
	d.nats += math.Log(100 / float64(percent))
	return yes
}
