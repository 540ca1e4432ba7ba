package world

import (
	"math"
	"math/rand/v2"
)

// custom is how often the words of a wheel are drawn, by the word's number; it sums
// to 1.
type custom [wheelWords]float64

// customOf is the custom of a wheel for a thing, theme asked being asked for.
func customOf(thing, asked int) (c custom) {
	sum := 0.0
	for i := range c {
		c[i] = 1 / float64(1+(i%perTheme+max(thing, 0))%perTheme)
		if asked != unknown {
			d := apart(i/perTheme, asked)
			c[i] *= math.Ldexp(1, -2*d) + math.Ldexp(1, 2*(d-opposite))
		}
		sum += c[i]
	}
	for i := range c {
		c[i] /= sum
	}
	return c
}

// draw gives the number of a word.
func (c *custom) draw(r *rand.Rand) int {
	at := r.Float64()
	for i, p := range c {
		if at -= p; at < 0 {
			return i
		}
	}
	return wheelWords - 1
}

func (w twoWordsWorld) Answer(r *rand.Rand, prompt string) string {
	answer, _ := w.Surprisal(r, prompt)
	return answer
}

// Surprisal implements Entropic, exactly.
func (twoWordsWorld) Surprisal(r *rand.Rand, prompt string) (answer string, nats float64) {
	q := readWish(prompt)
	adjectives, nouns := customOf(q.thing, q.mood), customOf(q.thing, q.place)
	a, n := adjectives.draw(r), nouns.draw(r)
	return pairOfWords(a, n), -math.Log(adjectives[a]) - math.Log(nouns[n])
}

// Probabilities implements Finite.
func (twoWordsWorld) Probabilities(prompt string) []float64 {
	q := readWish(prompt)
	adjectives, nouns := customOf(q.thing, q.mood), customOf(q.thing, q.place)
	out := make([]float64, 0, wheelWords*wheelWords)
	for _, a := range adjectives {
		for _, n := range nouns {
			out = append(out, a*n)
		}
	}
	return out
}
