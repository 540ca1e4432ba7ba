package world

import "slices"

// Judge gives the true reward of a review by the rule that stands at Sentiment.
func (sentimentWorld) Judge(prompt, answer string) Judgement {
	return compiledSentiment().judge(prompt, answer)
}

// stumble is the sentiment of a sentence that is broken, said twice or missing.
const stumble = -0.5

func (s *sentiment) judge(prompt, answer string) Judgement {
	m := modeAfter(split(prompt))
	rest := split(answer)
	parses := true
	var said [][]piece
	var sum float64
	for n := 0; len(rest) > 0; n++ {
		var text []piece
		text, rest = cutSentence(rest)
		v, ok := s.sentiment(m, text)
		if ok && slices.ContainsFunc(said, func(t []piece) bool { return same(t, text) }) {
			ok = false
		}
		if !ok {
			v = stumble
		}
		sum += v
		parses = parses && ok
		said = append(said, text)
		m = sentence
	}
	for n := len(said); n < minSentences; n++ {
		sum += stumble
	}
	return Judgement{
		Reward: 0.5 + 0.5*sum/float64(max(len(said), minSentences)),
		Parses: parses && len(said) >= minSentences && len(said) <= maxSentences,
	}
}

// cutSentence cuts after the first stop.
func cutSentence(text []piece) (first, rest []piece) {
	for i, p := range text {
		if isStop(p.text) {
			return text[:i+1], text[i+1:]
		}
	}
	return text, nil
}

func same(a, b []piece) bool {
	return slices.EqualFunc(a, b, func(x, y piece) bool { return x.text == y.text })
}

// sentiment parses one sentence. Should two rules derive it, the more neutral
// one counts (the table's test finds no such sentence).
func (s *sentiment) sentiment(m mode, text []piece) (v float64, ok bool) {
	if len(text) > maxWords {
		return 0, false
	}
	var buf [maxWords]int
	ids := s.g.idsOf(buf[:0], text, m == sentence)
	for _, st := range s.starts[m] {
		if s.g.derives(st.rule, ids) {
			return st.value, true
		}
	}
	return 0, false
}
