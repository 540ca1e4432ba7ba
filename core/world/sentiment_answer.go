package world

import (
	"math"
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
	nats   float64 // estimated surprisal
}

// outlook is an overall attitude: in a hundred reviews, and in a hundred
// sentences of such a review.
type outlook struct{ share, praise, neutral int }

var outlooks = [...]outlook{
	{share: 42, praise: 4, neutral: 12},
	{share: 16, praise: 38, neutral: 24},
	{share: 42, praise: 84, neutral: 12},
}

// lengths is how many of a hundred reviews have 2, 3 and 4 sentences, and mildShare
// how many of a hundred sentiments are half ones.
var lengths = [maxSentences + 1]int{2: 35, 3: 50, 4: 15}

const mildShare = 12

// review draws an answer to prompt. The attitude, the number of sentences and
// their sentiments are drawn first and kept; the words are drawn again until
// the length is right and no long word stands twice, so that the length tells
// nothing about the sentiment.
func (s *sentiment) review(r *rand.Rand, prompt string) review {
	values := sentiments(r)
	said := split(prompt)
	nats := -math.Log(probability(values))
	var d draft
	for try := 1; try <= 400; try++ {
		d = s.draw(r, said, values)
		if n := countWords(d.out); n >= minReview && n <= maxReview && !repeats(d.out) {
			break
		}
		// What is drawn again and again until it fits is less surprising by -log of
		// the chance to fit, of which 1 + 1/2 + ... + 1/(tries-1) is an unbiased estimate.
		nats -= 1 / float64(try)
	}
	return review{" " + join(d.out), values, nats + d.nats}
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
	for k := r.IntN(100) - lengths[n]; k >= 0; k -= lengths[n] {
		n++
	}
	values := make([]float64, n)
	for i := range values {
		strength := 1.0
		if r.IntN(100) < mildShare {
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

// probability is that of sentiments drawing those values.
func probability(values []float64) (p float64) {
	for _, o := range outlooks {
		of := float64(o.share) / 100
		for _, v := range values {
			switch {
			case v == 0:
				of *= float64(o.neutral) / 100
			case v > 0:
				of *= float64(o.praise) / 100
			default:
				of *= float64(100-o.neutral-o.praise) / 100
			}
			switch math.Abs(v) {
			case 1:
				of *= 1 - mildShare/100.
			case 0.5:
				of *= mildShare / 100.
			}
		}
		p += of
	}
	return p * float64(lengths[len(values)]) / 100
}

// draw draws the words of one review with those sentiments.
func (s *sentiment) draw(r *rand.Rand, prompt []piece, values []float64) draft {
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
	return d
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
