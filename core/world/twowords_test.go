package world

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"dpolab/core/token"
)

// The world knows its own distribution.
var _ Entropic = twoWordsWorld{}

func TestTwoWordsListsEverything(t *testing.T) {
	w := TwoWords()
	prompts := w.Prompts()
	if len(prompts) != 320 || len(unique(prompts)) != 320 {
		t.Errorf("%d prompts, %d of them different, want 320", len(prompts), len(unique(prompts)))
	}
	for _, prompt := range prompts {
		answers, p := w.Answers(prompt), w.Probabilities(prompt)
		if len(answers) != 1600 || len(unique(answers)) != 1600 || len(p) != 1600 {
			t.Fatalf("%q has %d answers, %d of them different, and %d probabilities, want 1600", prompt, len(answers), len(unique(answers)), len(p))
		}
		if sum := floats.Sum(p); math.Abs(sum-1) > 1e-12 || floats.Min(p) <= 0 {
			t.Errorf("probabilities of the answers to %q sum to %v, the least is %v, want 1 and more than 0", prompt, sum, floats.Min(p))
		}
		rewards := rewardsOf(w, prompt)
		if best, mean := slices.Max(rewards), stat.Mean(rewards, p); best != 1 || mean < 0.44 || mean > 0.55 {
			t.Errorf("%q: the best answer has reward %v and a drawn one %.3f, want 1 and 0.44 to 0.55", prompt, best, mean)
		}
	}
}

func unique(texts []string) map[string]bool {
	seen := map[string]bool{}
	for _, s := range texts {
		seen[s] = true
	}
	return seen
}

func rewardsOf(w Finite, prompt string) []float64 {
	var out []float64
	for _, a := range w.Answers(prompt) {
		out = append(out, w.Judge(prompt, a).Reward)
	}
	return out
}

// The table of letters and themes is short enough to be checked by hand.
func TestTwoWordsJudge(t *testing.T) {
	const cosySea = "Name a cosy inn near the sea:"
	for _, c := range []struct {
		prompt, answer string
		reward         float64
		parses         bool
	}{
		{cosySea, " Snug Swell", 1, true},
		{cosySea, " Warm Tide", 0.9, true},
		{cosySea, " Warm Hull", 0.45 + 0.45*0.75, true},
		{cosySea, " Gentle Shell", 0.9 * 0.75, true},
		{cosySea, " Quiet Shop", 0.45*0.5 + 0.45*0.5, true},
		{cosySea, " Cold Ram", 0, true},
		{cosySea, " Stark Stone", 0.1, true},
		{"", " Cold Ram", 0.45, true},
		{"Something merry, please", " Hale Bell", 0.45 + 0.225, true},
		{cosySea, "Snug Swell", 0, false},
		{cosySea, "  Snug Swell", 0, false},
		{cosySea, " Snug  Swell", 0, false},
		{cosySea, " Snug Swell.", 0, false},
		{cosySea, " snug swell", 0, false},
		{cosySea, " Swell Snug", 0, false},
		{cosySea, " Snug", 0, false},
		{cosySea, " Snug ", 0, false},
		{cosySea, " ", 0, false},
		{cosySea, "", 0, false},
		{cosySea, " Snug Swell Snug Swell", 0, false},
		{"\xff", "\xff \xff", 0, false},
	} {
		if got := TwoWords().Judge(c.prompt, c.answer); math.Abs(got.Reward-c.reward) > 1e-12 || got.Parses != c.parses {
			t.Errorf("Judge(%q, %q) = %+v, want %v and parses %v", c.prompt, c.answer, got, c.reward, c.parses)
		}
	}
}

// Answers come as often as the world says, and Surprisal is the logarithm of that.
func TestTwoWordsDrawsWhatItSays(t *testing.T) {
	w, r := twoWordsWorld{}, source(1)
	const n = 400000
	for _, prompt := range []string{"Name a wild tale of the river:", "Good morning."} {
		index := map[string]int{}
		for i, a := range w.Answers(prompt) {
			index[a] = i
		}
		p := w.Probabilities(prompt)
		seen, want := make([]float64, len(p)), make([]float64, len(p))
		for range n {
			a, nats := w.Surprisal(r, prompt)
			i, ok := index[a]
			if !ok || math.Abs(nats+math.Log(p[i])) > 1e-9 {
				t.Fatalf("Surprisal drew %q with %v nats, want an answer of %v nats", a, nats, -math.Log(p[i]))
			}
			seen[i]++
		}
		floats.ScaleTo(want, n, p)
		// Chi squared of 1,599 degrees of freedom: mean 1,599, standard deviation 57.
		if chi := stat.ChiSquare(seen, want); chi < 1350 || chi > 1850 {
			t.Errorf("%q: chi squared of %d draws is %.0f, want about 1,599", prompt, n, chi)
		}
	}
}

// Neither length nor likelihood may tell which of two answers is the better one, and
// rewards are spread, so that there is something to prefer.
func TestTwoWordsOnlyTheRewardTells(t *testing.T) {
	w, r := twoWordsWorld{}, source(2)
	var longer, likelier share
	var rewards []float64
	for range 20000 {
		prompt := w.Prompt(r)
		better, b := w.Surprisal(r, prompt)
		worse, c := w.Surprisal(r, prompt)
		x, y := w.Judge(prompt, better).Reward, w.Judge(prompt, worse).Reward
		rewards = append(rewards, x, y)
		if x < y {
			better, worse, b, c = worse, better, c, b
		}
		if x != y {
			longer.add(float64(len(better)), float64(len(worse)))
			likelier.add(c, b)
		}
	}
	if s := longer.of(); s < 0.47 || s > 0.53 {
		t.Errorf("the longer answer is the better one in %.3f of pairs, want 0.47 to 0.53", s)
	}
	if s := likelier.of(); s < 0.47 || s > 0.53 {
		t.Errorf("the likelier answer is the better one in %.3f of pairs, want 0.47 to 0.53", s)
	}
	if s := stat.StdDev(rewards, nil); s < 0.2 {
		t.Errorf("rewards have a standard deviation of %.3f, want 0.2 or more", s)
	}
	t.Logf("longer %.3f, likelier %.3f, reward %.3f ± %.3f", longer.of(), likelier.of(), stat.Mean(rewards, nil), stat.StdDev(rewards, nil))
}

// share counts how often a is more than b, ties apart.
type share struct{ more, decided float64 }

func (s *share) add(a, b float64) {
	if a != b {
		s.decided++
	}
	if a > b {
		s.more++
	}
}

func (s *share) of() float64 { return s.more / s.decided }

// The words are chosen so that a vocabulary of 512 holds nearly all of them: it has
// 255 merges, and the world's texts ask for one or two more.
func TestTwoWordsInFewTokens(t *testing.T) {
	w := TwoWords()
	for seed := range uint64(4) {
		r := source(seed)
		texts := make([]string, 20000)
		for i := range texts {
			p := w.Prompt(r)
			texts[i] = p + w.Answer(r, p)
		}
		tok, err := token.Train(texts, 512)
		if err != nil {
			t.Fatal(err)
		}
		whole := 0
		for _, wheel := range [...]*wheel{&moods, &places} {
			for i := range wheelWords {
				n := len(tok.Encode(" " + wheel.word(i)))
				if n == 1 {
					whole++
				}
				if n > 3 {
					t.Errorf("seed %d: %q is %d tokens, want at most 3", seed, wheel.word(i), n)
				}
			}
		}
		if whole < 2*wheelWords-2 {
			t.Errorf("seed %d: %d words of %d are one token, want all but two", seed, whole, 2*wheelWords)
		}
		for _, p := range w.Prompts() {
			if n := len(tok.Encode(p)); n > 10 {
				t.Errorf("seed %d: %q is %d tokens, want at most 10", seed, p, n)
			}
		}
	}
}

func TestTwoWordsReadsItsPrompts(t *testing.T) {
	for k := range nameless {
		for m := range moods {
			for p := range places {
				want := wish{k, m, p}
				if got := readWish(want.prompt()); got != want {
					t.Errorf("readWish(%q) = %v, want %v", want.prompt(), got, want)
				}
				if s := want.prompt(); strings.ContainsAny(s, "MP") {
					t.Errorf("prompt %q has a hole", s)
				}
			}
		}
	}
}
