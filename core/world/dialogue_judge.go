package world

import "slices"

// credit is what the sentences of an answer have earned together.
type credit struct {
	sentences, sound     int
	answer               float64 // the best sentence's
	polite, rude, filler bool
}

// reward is the formula that stands at Dialogue.
func (c credit) reward() float64 {
	if c.sentences == 0 {
		return 0
	}
	tone := 0.0
	if c.rude {
		tone = -1
	} else if c.polite {
		tone = 1
	}
	clean := 1.0
	if c.filler {
		clean = 0
	}
	return float64(c.sound) / float64(c.sentences) * (0.6*c.answer + 0.15*(1+tone) + 0.1*clean)
}

func (w *dialogue) judge(prompt, answer string) Judgement {
	q := w.read(prompt)
	rest := split(answer)
	var c credit
	var said [][]piece
	for len(rest) > 0 {
		var text []piece
		text, rest = cutSentence(rest)
		c.sentences++
		if c.sentences > maxTurn || slices.ContainsFunc(said, func(t []piece) bool { return same(t, text) }) {
			continue
		}
		if w.sentence(&c, q, text) {
			c.sound++
		}
		said = append(said, text)
	}
	if c.sound == 0 {
		return Judgement{}
	}
	return Judgement{Reward: c.reward(), Parses: c.sound == c.sentences}
}

// sentence adds to c what one sentence earns, and says whether it parses.
// Where a sentence has two readings, the one in favour of the answer counts:
// one on the topic of the question before one on another topic.
func (w *dialogue) sentence(c *credit, q query, text []piece) bool {
	if len(text) > maxWords {
		return false
	}
	var buf [maxWords]int
	ids := w.g.idsOf(buf[:0], text, true)
	if slices.Contains(ids, unknown) {
		return false
	}
	if q.topic != nil {
		if k, f, ok := w.says(q.topic, q.demand, ids); ok {
			value := 1.0
			if k != q.demand || w.another(q, ids) {
				value = 0.5
			}
			c.answer = max(c.answer, value)
			c.begins(f)
			return true
		}
		if w.g.derives(q.topic.detail, ids) {
			return true
		}
	}
	for f, rule := range w.evade {
		if w.g.derives(rule, ids) {
			c.begins(flavour(f))
			return true
		}
	}
	switch {
	case w.g.derives(w.thanks, ids):
		c.polite = true
	case w.g.derives(w.scorn, ids):
		c.rude = true
	case w.g.derives(w.padding, ids):
		c.filler = true
	default:
		return w.elsewhere(c, q, ids)
	}
	return true
}

// begins counts how a sentence begins.
func (c *credit) begins(f flavour) {
	c.polite = c.polite || f == polite
	c.rude = c.rude || f == rude
	c.filler = c.filler || f == wordy
}

// says finds which kind of question on topic t a sentence answers, first first,
// and how it begins.
func (w *dialogue) says(t *topic, first demand, ids []int) (k demand, f flavour, ok bool) {
	if !t.words.hasAll(ids) {
		return 0, 0, false
	}
	for i := range demands {
		k = (first + i) % demands
		for f, rule := range t.say[k] {
			if w.g.derives(rule, ids) {
				return k, flavour(f), true
			}
		}
	}
	return 0, 0, false
}

// elsewhere counts a sentence of a topic that was not asked about. Where it is
// not known what was asked about, there is no such topic.
func (w *dialogue) elsewhere(c *credit, q query, ids []int) bool {
	for _, t := range w.topics {
		_, f, ok := w.says(t, how, ids)
		if !ok && !(t.words.hasAll(ids) && w.g.derives(t.detail, ids)) {
			continue
		}
		if q.topic != nil {
			c.filler = true
		} else if ok {
			c.answer = max(c.answer, 0.5)
		}
		c.begins(f)
		return true
	}
	return false
}

// another says whether a sentence that answers a question of q's kind names
// another thing, goal or choice of the topic than q.
func (w *dialogue) another(q query, ids []int) bool {
	if w.g.named(q.topic.thing, ids, q.thing) != none {
		return true
	}
	if q.demand == which {
		return w.g.named(q.topic.choice, ids, q.choices[:]...) != none
	}
	return w.g.named(q.topic.goal[q.demand], ids, q.goal) != none
}
