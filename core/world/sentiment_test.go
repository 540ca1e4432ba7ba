package world

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func source(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 17)) }

// meant gives the reward that a drawn review was meant to have.
func meant(rv review) float64 {
	sum := 0.0
	for _, v := range rv.values {
		sum += v
	}
	return 0.5 + 0.5*sum/float64(len(rv.values))
}

func TestJudgeFindsWhatTheGeneratorMeant(t *testing.T) {
	s, w, r := compiledSentiment(), Sentiment(), source(1)
	const n = 20000
	total, low, high := 0.0, 0, 0
	for range n {
		prompt := w.Prompt(r)
		rv := s.review(r, prompt)
		got, want := w.Judge(prompt, rv.text), meant(rv)
		if !got.Parses || math.Abs(got.Reward-want) > 1e-12 {
			t.Fatalf("Judge(%q,\n%q) = %+v, want reward %v and parses", prompt, rv.text, got, want)
		}
		if words := len(strings.Fields(rv.text)); words < minReview || words > maxReview {
			t.Errorf("%q has %d words, want %d to %d", rv.text, words, minReview, maxReview)
		}
		if rv.text[0] != ' ' || strings.Contains(rv.text, "  ") {
			t.Errorf("%q does not begin with a space, or holds two in a row", rv.text)
		}
		total += got.Reward
		if got.Reward < 0.2 {
			low++
		}
		if got.Reward > 0.8 {
			high++
		}
	}
	if mean := total / n; mean < 0.45 || mean > 0.55 {
		t.Errorf("mean reward %.3f, want it in [0.45,0.55]", mean)
	}
	if low < n/6 || high < n/6 {
		t.Errorf("%d of %d rewards under 0.2 and %d over 0.8, want a sixth of each", low, n, high)
	}
}

// A sentence that two start rules derive would have two true sentiments.
func TestSentencesHaveOneReading(t *testing.T) {
	s, w, r := compiledSentiment(), Sentiment(), source(2)
	for range 5000 {
		prompt := w.Prompt(r)
		m, rest := modeAfter(split(prompt)), split(w.Answer(r, prompt))
		for len(rest) > 0 {
			var text []piece
			text, rest = cutSentence(rest)
			readings := 0
			for _, st := range s.starts[m] {
				if s.g.derives(st.rule, s.g.idsOf(nil, text, m == sentence)) {
					readings++
				}
			}
			if readings != 1 {
				t.Errorf("%v has %d readings, want 1", text, readings)
			}
			m = sentence
		}
	}
}

func TestLengthTellsNothing(t *testing.T) {
	w, r := Sentiment(), source(3)
	measures := map[string]func(string) int{
		"characters": func(s string) int { return len(s) },
		"words":      func(s string) int { return len(strings.Fields(s)) },
		"sentences":  func(s string) int { return strings.Count(s, ".") + strings.Count(s, "!") + strings.Count(s, "?") },
	}
	longer, decided := map[string]int{}, map[string]int{}
	for pairs := 0; pairs < 5000; {
		prompt := w.Prompt(r)
		better, worse := w.Answer(r, prompt), w.Answer(r, prompt)
		b, c := w.Judge(prompt, better).Reward, w.Judge(prompt, worse).Reward
		if b == c {
			continue
		}
		if b < c {
			better, worse = worse, better
		}
		pairs++
		for name, size := range measures {
			if x, y := size(better), size(worse); x != y {
				decided[name]++
				if x > y {
					longer[name]++
				}
			}
		}
	}
	for name := range measures {
		if share := float64(longer[name]) / float64(decided[name]); share < 0.45 || share > 0.55 {
			t.Errorf("the answer with more %s is the better one in %.3f of pairs, want 0.45 to 0.55", name, share)
		}
	}
}

func TestPromptsAreManyAndShort(t *testing.T) {
	s, w, r := compiledSentiment(), Sentiment(), source(4)
	if n := s.g.texts(s.prompt); n < 1e6 {
		t.Errorf("the table derives %.0f prompts, want at least 1e6 (100,000 of them 8 to 16 words long)", n)
	}
	const n = 30000
	seen := map[string]bool{}
	for range n {
		p := w.Prompt(r)
		seen[p] = true
		if words := len(strings.Fields(p)); words < minPrompt || words > maxPrompt {
			t.Errorf("%q has %d words, want %d to %d", p, words, minPrompt, maxPrompt)
		}
	}
	// Draws from 100,000 equally likely prompts would repeat about 4,000 times.
	if repeated := n - len(seen); repeated > 400 {
		t.Errorf("%d of %d prompts were drawn before, want at most 400", repeated, n)
	}
}

// texts counts the derivations of a rule.
func (g *grammar) texts(rule int) float64 {
	sum := 0.0
	for _, alt := range g.rules[rule].alts {
		product := 1.0
		for _, s := range alt.syms {
			if s.isRule() {
				product *= g.texts(s.rule())
			}
		}
		sum += product
	}
	return sum
}

func TestTableIsRichAndSmall(t *testing.T) {
	g := compiledSentiment().g
	words := map[string]bool{}
	for _, w := range g.words {
		if !isMark(w) {
			words[strings.ToLower(w)] = true
		}
	}
	if len(words) < 1500 || len(words) > 4000 {
		t.Errorf("the table has %d distinct words, want 1,500 to 4,000", len(words))
	}
	if len(sentimentTable) > 120<<10 {
		t.Errorf("the table has %d bytes, want at most 120 KiB", len(sentimentTable))
	}
	shapes := map[int]bool{} // written alternatives that join words and a slot
	for i := range g.rules {
		name := g.rules[i].name
		if !strings.HasSuffix(name, "+") && !strings.HasSuffix(name, "-") && name != "clause.neutral" {
			continue
		}
		for _, alt := range g.rules[i].alts {
			slots := 0
			for _, s := range alt.syms {
				if s.isRule() {
					slots++
				}
			}
			if slots > 0 && slots < len(alt.syms) {
				shapes[alt.id] = true
			}
		}
	}
	if len(shapes) < 60 {
		t.Errorf("the table has %d clause and sentence shapes, want at least 60", len(shapes))
	}
	t.Logf("%d words, %d shapes, %d bytes", len(words), len(shapes), len(sentimentTable))
}

func TestSameSeedSameText(t *testing.T) {
	w := Sentiment()
	a, b, c := source(5), source(5), source(6)
	differ := false
	for range 50 {
		pa, pb, pc := w.Prompt(a), w.Prompt(b), w.Prompt(c)
		aa, ab := w.Answer(a, pa), w.Answer(b, pb)
		if pa != pb || aa != ab {
			t.Fatalf("same seed: %q%q and %q%q", pa, aa, pb, ab)
		}
		w.Answer(c, pc)
		differ = differ || pa != pc
	}
	if !differ {
		t.Error("two seeds drew the same 50 prompts")
	}
}

func TestAnswersKeepToTheGenre(t *testing.T) {
	s, w, r := compiledSentiment(), Sentiment(), source(7)
	named := 0
	const n = 2000
	for range n {
		prompt := w.Prompt(r)
		d := draft{g: s.g, r: r, tags: map[string]bool{}}
		if !d.settle(s.genre, split(prompt)) {
			t.Fatalf("prompt %q names no genre", prompt)
		}
		text := split(w.Answer(r, prompt))
		hit := false
		for _, rule := range [...]string{"hero", "things", "scene", "genre"} {
			for _, alt := range s.g.rules[s.g.byName[rule]].alts {
				if !s.g.stands(alt.syms, text) {
					continue
				}
				hit = true
				if rule == "hero" && !d.tags[alt.need] {
					t.Errorf("the answer %v to %q has a hero of another genre", text, prompt)
				}
			}
		}
		if hit {
			named++
		}
	}
	if named < n/2 {
		t.Errorf("%d of %d answers name something of their genre, want half", named, n)
	}
}

// Every rule must have something to draw whatever tags are set.
func TestTagsLeaveAlternatives(t *testing.T) {
	s, r := compiledSentiment(), source(8)
	for _, genre := range s.g.rules[s.genre].alts {
		for _, place := range s.g.rules[s.place].alts {
			for _, about := range s.g.rules[s.about].alts {
				tags := map[string]bool{genre.set: true, place.set: true, about.set: true, "placed": r.IntN(2) == 0}
				for m := range s.starts {
					for _, st := range s.starts[m] {
						d := draft{g: s.g, r: r, tags: tags, used: map[int]bool{}}
						d.expand(st.rule) // panics where nothing is left
					}
				}
			}
		}
	}
}

// Surprisal is held against what can be counted: the share of answers with two, three
// and four sentences, and the shares of the drawn sentiments.
func TestProbabilityOfSentiments(t *testing.T) {
	r := source(6)
	const n = 200000
	counted := map[string]int{}
	for range n {
		counted[fmt.Sprint(sentiments(r))]++
	}
	for _, values := range [][]float64{{1, 1}, {-1, 1}, {0, -0.5}, {1, 1, 1}, {0, 0, 0}, {-1, -1, 0.5}, {-1, -1, -1, -1}} {
		p := probability(values)
		got, sd := float64(counted[fmt.Sprint(values)])/n, math.Sqrt(p*(1-p)/n)
		if math.Abs(got-p) > 5*sd {
			t.Errorf("sentiments %v come in %.5f of the draws, probability is %.5f, want within %.5f", values, got, p, 5*sd)
		}
	}
}

// In a grammar that can be counted out, the mean surprisal is the entropy.
func TestSurprisalIsEntropy(t *testing.T) {
	g, err := parseGrammar("top\n  3* <a> <b>\n  <a>\na\n  x | y\nb\n  5* u\n  3* v | w\n")
	if err != nil {
		t.Fatal(err)
	}
	r := source(7)
	counted, nats := map[string]int{}, 0.0
	const n = 100000
	for range n {
		d := draft{g: g, r: r, tags: map[string]bool{}, used: map[int]bool{}}
		d.expand(g.byName["top"])
		counted[join(d.out)]++
		nats += d.nats / n
	}
	if len(counted) != 8 {
		t.Fatalf("%d texts were drawn, want 8", len(counted))
	}
	entropy := 0.0
	for _, c := range counted {
		p := float64(c) / n
		entropy -= p * math.Log(p)
	}
	if math.Abs(nats-entropy) > 0.005 {
		t.Errorf("mean surprisal %.4f, entropy of the drawn texts %.4f: want them within 0.005", nats, entropy)
	}
}
