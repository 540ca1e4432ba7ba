package world

import (
	"math/rand/v2"
	"strings"
)

const (
	themes     = 8 // of a wheel: neighbours are alike, opposites clash
	opposite   = themes / 2
	perTheme   = 5 // words of a theme
	wheelWords = themes * perTheme
)

// wheel is themes in a circle. Its words are numbered theme by theme.
type wheel [themes]theme

// theme is how a prompt asks for it, and the words that fit.
type theme struct {
	asked string
	words [perTheme]string
}

// word is word i of the wheel.
func (w *wheel) word(i int) string { return w[i/perTheme].words[i%perTheme] }

// find gives the number of a word, or unknown.
func (w *wheel) find(word string) int {
	for i := range wheelWords {
		if w.word(i) == word {
			return i
		}
	}
	return unknown
}

// moods is the wheel of the first word.
var moods = wheel{
	{"cosy", [...]string{"Warm", "Snug", "Mild", "Cosy", "Tidy"}},
	{"merry", [...]string{"Merry", "Sunny", "Rosy", "Bright", "Hale"}},
	{"lively", [...]string{"Swift", "Brisk", "Lively", "Bold", "Keen"}},
	{"wild", [...]string{"Wild", "Stormy", "Raw", "Rough", "Mighty"}},
	{"frosty", [...]string{"Frosty", "Stark", "Bare", "Cold", "White"}},
	{"gloomy", [...]string{"Gloomy", "Dark", "Sad", "Bleak", "Misty"}},
	{"quiet", [...]string{"Quiet", "Still", "Calm", "Shy", "Lone"}},
	{"gentle", [...]string{"Gentle", "Soft", "Dear", "Light", "Mellow"}},
}

// places is the wheel of the second word: a walk around an island.
var places = wheel{
	{"sea", [...]string{"Wave", "Swell", "Whale", "Foam", "Tide"}},
	{"port", [...]string{"Hull", "Sail", "Mast", "Rope", "Crew"}},
	{"town", [...]string{"Bell", "Shop", "Lamp", "Tower", "Well"}},
	{"farm", [...]string{"Barn", "Sheep", "Mare", "Corn", "Lark"}},
	{"hills", [...]string{"Ram", "Stone", "Goat", "Crag", "Moor"}},
	{"wood", [...]string{"Crow", "Stag", "Wolf", "Bear", "Moss"}},
	{"river", [...]string{"Brook", "Swan", "Mill", "Willow", "Heron"}},
	{"shore", [...]string{"Gull", "Shell", "Cove", "Boat", "Cave"}},
}

// nameless is what wants a name; "M" and "P" stand for mood and place.
var nameless = [...]struct{ asked, prompt string }{
	{"bakery", "Name a M bakery near the P:"},
	{"inn", "Name a M inn near the P:"},
	{"song", "Name a M song of the P:"},
	{"tale", "Name a M tale of the P:"},
	{"poem", "Name a M poem of the P:"},
}

// TwoWords is the world of names of two words, small enough for every sum to be
// exact: 320 prompts (8 moods, 8 places, 5 things), each with the same 1,600
// answers, an adjective and a noun.
//
// Moods and places lie on a wheel of eight each, d = 0 to 4 steps apart. A word
// belongs to one mood or place and fits the one that was asked for by 1 - d/4: 1 if
// it is the same, 0 if it is the opposite. The true reward is
//
//	0.45 fit(adjective, mood) + 0.45 fit(noun, place) + 0.1 [same first letter]
//
// so that every prompt has a best answer of 1. Any other text has 0, as has an
// answer without its space or with anything after it.
//
// What people write is half fitting, half clashing, so that likelihood does not tell
// which is which. Each word is drawn by itself: a word of a theme d steps away from
// what was asked for has a weight of 4^-d + 4^-(4-d), times 1/(1 + (j+k) mod 5), where
// j is the word's number in its theme and k that of the thing, which has its own
// fashion.
//
// In a prompt that names no mood every adjective has a fit of 1/2, and every mood is
// as likely; so for the place. One that names no thing counts as k = 0.
func TwoWords() Finite { return twoWordsWorld{} }

type twoWordsWorld struct{}

func (twoWordsWorld) Name() string  { return "two-words" }
func (twoWordsWorld) Title() string { return "Two words" }
func (twoWordsWorld) Description() string {
	return "Names of two words for inns, songs and the like. The true reward is how well the first word fits the mood and the second the place, and a little for the same first letter. With 1,600 possible answers everything can be computed exactly."
}

func (twoWordsWorld) Prompts() []string {
	var out []string
	for k := range nameless {
		for m := range moods {
			for p := range places {
				out = append(out, wish{k, m, p}.prompt())
			}
		}
	}
	return out
}

func (twoWordsWorld) Prompt(r *rand.Rand) string {
	return wish{r.IntN(len(nameless)), r.IntN(themes), r.IntN(themes)}.prompt()
}

// Answers lists the answers adjective by adjective; they do not depend on the prompt.
func (twoWordsWorld) Answers(string) []string {
	out := make([]string, 0, wheelWords*wheelWords)
	for a := range wheelWords {
		for n := range wheelWords {
			out = append(out, pairOfWords(a, n))
		}
	}
	return out
}

// pairOfWords is the answer of adjective a and noun n.
func pairOfWords(a, n int) string { return " " + moods.word(a) + " " + places.word(n) }

// Judge gives the true reward by the formula that stands at TwoWords.
func (twoWordsWorld) Judge(prompt, answer string) Judgement {
	first, second, ok := strings.Cut(strings.TrimPrefix(answer, " "), " ")
	a, n := moods.find(first), places.find(second)
	if !ok || a == unknown || n == unknown || answer[0] != ' ' {
		return Judgement{}
	}
	q := readWish(prompt)
	reward := 0.45*fits(a/perTheme, q.mood) + 0.45*fits(n/perTheme, q.place)
	if first[0] == second[0] {
		reward += 0.1
	}
	return Judgement{Reward: reward, Parses: true}
}

// wish is what a prompt asks for: indices into nameless, moods and places, each
// unknown where the prompt does not say.
type wish struct{ thing, mood, place int }

func (q wish) prompt() string {
	return strings.NewReplacer("M", moods[q.mood].asked, "P", places[q.place].asked).Replace(nameless[q.thing].prompt)
}

// readWish finds what any prompt asks for; where it names two, the first counts.
func readWish(prompt string) wish {
	q := wish{unknown, unknown, unknown}
	for _, p := range split(prompt) {
		for k, t := range nameless {
			if q.thing == unknown && t.asked == p.text {
				q.thing = k
			}
		}
		for t := range themes {
			if q.mood == unknown && moods[t].asked == p.text {
				q.mood = t
			}
			if q.place == unknown && places[t].asked == p.text {
				q.place = t
			}
		}
	}
	return q
}

// fits is 1 - d/4 for a word of a theme, 1/2 if no theme was asked for.
func fits(own, asked int) float64 {
	if asked == unknown {
		return 0.5
	}
	return 1 - float64(apart(own, asked))/opposite
}

// apart counts the steps between two themes of a wheel, 0 to opposite.
func apart(a, b int) int {
	d := (a - b + themes) % themes
	return min(d, themes-d)
}
