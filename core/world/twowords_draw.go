package world

import (
	"math"
	"math/rand/v2"
)

// fashion is how often the words of a wheel are drawn, by the word's number; it sums
// to 1.
type fashion [wheelWords]float64

// fashionOf is the fashion of a wheel for a thing, theme asked being asked for; meant
// says whether the word is meant to fit or to clash.
func fashionOf(thing, asked int, meant bool) (f fashion) {
	sum := 0.0
	for i := range f {
		f[i] = 1 / float64(1+(i%perTheme+max(thing, 0))%perTheme)
		if asked != unknown {
			d := apart(i/perTheme, asked)
			if !meant {
				d = opposite - d
			}
			f[i] = math.Ldexp(f[i], -d)
		}
		sum += f[i]
	}
	for i := range f {
		f[i] /= sum
	}
	return f
}

// draw gives the number of a word.
func (f *fashion) draw(r *rand.Rand) int {
	at := r.Float64()
	for i, p := range f {
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

// Surprisal implements Entropic, exactly: every answer can be drawn in one way from
// each attitude, and both are summed.
func (twoWordsWorld) Surprisal(r *rand.Rand, prompt string) (answer string, nats float64) {
	q := readWish(prompt)
	meant := r.IntN(2) == 0
	adjectives, nouns := fashionOf(q.thing, q.mood, meant), fashionOf(q.thing, q.place, meant)
	a, n := adjectives.draw(r), nouns.draw(r)
	otherAdjectives, otherNouns := fashionOf(q.thing, q.mood, !meant), fashionOf(q.thing, q.place, !meant)
	p := (adjectives[a]*nouns[n] + otherAdjectives[a]*otherNouns[n]) / 2
	return pairOfWords(a, n), -math.Log(p)
}

// Probabilities implements Finite.
func (twoWordsWorld) Probabilities(prompt string) []float64 {
	q := readWish(prompt)
	out := make([]float64, wheelWords*wheelWords)
	for _, meant := range [...]bool{true, false} {
		adjectives, nouns := fashionOf(q.thing, q.mood, meant), fashionOf(q.thing, q.place, meant)
		for a, pa := range adjectives {
			for n, pn := range nouns {
				out[a*wheelWords+n] += pa * pn / 2
			}
		}
	}
	return out
}
