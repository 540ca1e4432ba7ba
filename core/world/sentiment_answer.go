package world

import (
	"math/rand/v2"
	"strings"
)

// A prompt has 8 to 16 words, a review 2 to 4 sentences and 18 to 36 words.
const (
	minPrompt, maxPrompt       = 8, 16
	minSentences, maxSentences = 2, 4
	minReview, maxReview       = 18, 36
)

// review is a drawn answer and the sentiments that were meant.
type review struct {
	text   string
	values []float64
}

// outlook is an overall attitude: in a hundred reviews, and in a hundred
// sentences of such a review.
type outlook struct{ share, praise, neutral int }

var outlooks = [...]outlook{
	{share: 42, praise: 4, neutral: 12},
	{share: 16, praise: 38, neutral: 24},
	{share: 42, praise: 84, neutral: 12},
}

// review draws an answer to prompt. The attitude, the number of sentences and
// their sentiments are drawn first and kept; the words are drawn again until
// the length is right and no long word stands twice, so that the length tells
// nothing about the sentiment.
func (s *sentiment) review(r *rand.Rand, prompt string) review {
	values := sentiments(r)
	said := split(prompt)
	var words []string
	for try := 0; try < 400; try++ {
		words = s.draw(r, said, values)
		if n := countWords(words); n >= minReview && n <= maxReview && !repeats(words) {
			break
		}
	}
	return review{" " + join(words), values}
}

// sentiments draws the attitude and from it each sentence's sentiment.
func sentiments(r *rand.Rand) []float64 {
	var o outlook
	at := r.IntN(100)
	for _, o = range outlooks {
		if at -= o.share; at < 0 {
			break
		}
	}
	n := minSentences
	if k := r.IntN(100); k >= 85 {
		n = 4
	} else if k >= 35 {
		n = 3
	}
	values := make([]float64, n)
	for i := range values {
		strength := 1.0
		if r.IntN(100) < 12 {
			strength = 0.5
		}
		switch at := r.IntN(100); {
		case at < o.neutral:
		case at < o.neutral+o.praise:
			values[i] = strength
		default:
			values[i] = -strength
		}
	}
	return values
}

// draw gives the words of one review with those sentiments.
func (s *sentiment) draw(r *rand.Rand, prompt []piece, values []float64) []string {
	d := draft{g: s.g, r: r, tags: map[string]bool{}, used: map[int]bool{}}
	if !d.settle(s.genre, prompt) {
		d.settleAny(s.genre)
	}
	if d.settle(s.place, prompt) {
		d.tags["placed"] = true // only then does the review speak of the place
	} else {
		d.settleAny(s.place)
	}
	m := modeAfter(prompt)
	if m == completed {
		d.settle(s.about, prompt)
	}
	before := 0.0
	for _, v := range values {
		d.tags["flip"], d.tags["same"] = before*v < 0, before*v > 0
		from := len(d.out)
		for _, st := range s.starts[m] {
			if st.value == v {
				d.expand(st.rule)
			}
		}
		if m == sentence {
			d.out[from] = upperFirst(d.out[from])
		}
		m, before = sentence, v
	}
	return d.out
}

func countWords(words []string) int {
	n := 0
	for _, w := range words {
		if !isMark(w) {
			n++
		}
	}
	return n
}

// repeats says whether a word of more than five letters stands twice.
func repeats(words []string) bool {
	for i, w := range words {
		if len(w) <= 5 {
			continue
		}
		for _, v := range words[:i] {
			if strings.EqualFold(v, w) {
				return true
			}
		}
	}
	return false
}
