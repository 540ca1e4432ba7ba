package world

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestSummariesEarnWhatWasMeant(t *testing.T) {
	s, w, r := compiledSummary(), Summary(), source(21)
	const n = 4000
	var sum, squares float64
	lengths := 0
	for range n {
		prompt := w.Prompt(r)
		known := s.known(prompt)
		d := s.draw(r, known)
		got, want := w.Judge(prompt, d.text), summaryReward(d.kept, d.invented, postFacts, wordsIn(d.text))
		if !got.Parses || math.Abs(got.Reward-want) > 1e-12 {
			t.Fatalf("Judge(%q,\n%q) = %+v, want reward %v and parses", prompt, d.text, got, want)
		}
		if d.text[0] != ' ' || strings.Contains(d.text, "  ") || d.text == " " {
			t.Errorf("%q does not begin with a space, or holds two in a row, or is empty", d.text)
		}
		if words := wordsIn(d.text); words >= 10 && words <= 24 {
			lengths++
		}
		sum, squares = sum+got.Reward, squares+got.Reward*got.Reward
	}
	mean := sum / n
	if dev := math.Sqrt(squares/n - mean*mean); mean < 0.4 || mean > 0.55 || dev < 0.2 {
		t.Errorf("rewards have mean %.3f and deviation %.3f, want a mean in [0.4,0.55] and a deviation of 0.2 at least", mean, dev)
	}
	if lengths < n*97/100 {
		t.Errorf("%d of %d summaries have 10 to 24 words, want 97 %%", lengths, n)
	}
}

// Every sentence of a post parses and the five facts of its kind are found.
func TestPostsStateFiveFacts(t *testing.T) {
	s, w, r := compiledSummary(), Summary(), source(22)
	kinds := [4]int{}
	for range 4000 {
		prompt := w.Prompt(r)
		body, ok := strings.CutSuffix(prompt, " "+tldr)
		if !ok {
			t.Fatalf("%q does not end in %q", prompt, tldr)
		}
		for rest := split(body); len(rest) > 0; {
			var text []piece
			text, rest = cutSentence(rest)
			if _, ok := s.read(s.line, text); !ok {
				t.Fatalf("%v of %q does not parse", text, prompt)
			}
		}
		known := s.known(prompt)
		var rules [postFacts]int
		for i := range known {
			rules[min(i, postFacts-1)] = known[i].rule
		}
		k := slices.IndexFunc(s.kinds[:], func(k postKind) bool { return k.knows(known) == postFacts })
		if k < 0 || len(known) != postFacts {
			t.Fatalf("%q states %v, want the five facts of one kind", prompt, known)
		}
		kinds[k]++
		if n := wordsIn(prompt); n < minPost || n > maxPost {
			t.Errorf("%q has %d words, want %d to %d", prompt, n, minPost, maxPost)
		}
	}
	for k, n := range kinds {
		if n < 800 {
			t.Errorf("%d of 4000 posts are of kind %q, want 800 at least", n, s.kinds[k].tag)
		}
	}
}

func TestSummaryLengthAndLikelihoodTellNothing(t *testing.T) {
	s, w, r := compiledSummary(), Summary(), source(23)
	longer, decided, likelier, pairs := 0, 0, 0, 0
	for pairs < 3000 {
		known := s.known(w.Prompt(r))
		better, worse := s.draw(r, known), s.draw(r, known)
		b, c := s.judge(known, better.text).Reward, s.judge(known, worse.text).Reward
		if b == c {
			continue
		}
		if b < c {
			better, worse = worse, better
		}
		pairs++
		if better.nats < worse.nats {
			likelier++
		}
		if x, y := wordsIn(better.text), wordsIn(worse.text); x != y {
			decided++
			if x > y {
				longer++
			}
		}
	}
	for _, c := range []struct {
		name     string
		hits, of int
		low, top float64
	}{{"longer", longer, decided, 0.45, 0.55}, {"likelier", likelier, pairs, 0.42, 0.58}} {
		share := float64(c.hits) / float64(c.of)
		t.Logf("the %s summary is the better one in %.3f of pairs", c.name, share)
		if share < c.low || share > c.top {
			t.Errorf("the %s summary is the better one in %.3f of pairs, want %v to %v", c.name, share, c.low, c.top)
		}
	}
}

func TestPostsAreMany(t *testing.T) {
	w, r := Summary(), source(24)
	const n = 8000
	seen, words := map[string]bool{}, map[string]bool{}
	for range n {
		p := w.Prompt(r)
		seen[p] = true
		for _, x := range split(p + w.Answer(r, p)) {
			if !isMark(x.text) {
				words[strings.ToLower(x.text)] = true
			}
		}
	}
	// Draws from 100,000 equally likely posts would repeat about 300 times.
	if repeated := n - len(seen); repeated > 20 {
		t.Errorf("%d of %d posts were drawn before, want at most 20", repeated, n)
	}
	if len(words) < 1500 || len(words) > 4000 {
		t.Errorf("%d texts have %d distinct words, want 1,500 to 4,000", n, len(words))
	}
	t.Logf("%d words in %d texts", len(words), n)
}

func TestSummaryTableHoldsItsWordsOnce(t *testing.T) {
	s := compiledSummary()
	for id := range s.g.rules {
		if !s.types[id] {
			continue
		}
		seen := map[string]bool{}
		for i := range s.g.rules[id].alts {
			words := s.words(&s.g.rules[id].alts[i])
			if seen[words] {
				t.Errorf("%s has %q twice", s.g.rules[id].name, words)
			}
			seen[words] = true
		}
	}
	for i, table := range []string{summaryPosts, summaryAnswers} {
		for n, line := range strings.Split(table, "\n") {
			if !strings.HasPrefix(line, "#") && (strings.Contains(line, " | @") || strings.Contains(line, "*  ")) {
				t.Errorf("table %d, line %d: a tag or weight stands inside the line %q: give it a line of its own", i, n+1, line)
			}
		}
	}
}

func TestSameSeedSameSummary(t *testing.T) {
	w := Summary()
	a, b, c := source(25), source(25), source(26)
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
		t.Error("two seeds drew the same 50 posts")
	}
}

// Every set of facts must have something to draw, in every kind of post.
func TestSummaryTagsLeaveAlternatives(t *testing.T) {
	s, w, r := compiledSummary(), Summary(), source(27)
	for range 100 {
		k, facts := s.complete(r, s.known(w.Prompt(r)))
		for set := range 1 << postFacts {
			var told [postFacts]bool
			about := s.matter(k)
			for i, f := range facts {
				if told[i] = set>>i&1 != 0; told[i] {
					s.tells(about, f)
				}
			}
			for range 4 {
				d := s.tell(r, told, about) // panics where nothing is left
				text := " " + join(d.out)
				got := 0
				for rest := split(text); len(rest) > 0; {
					var sentence []piece
					sentence, rest = cutSentence(rest)
					stated, ok := s.read(s.told, sentence)
					if !ok {
						t.Fatalf("%q does not parse", text)
					}
					got += len(stated)
				}
				want := 0
				for _, is := range told {
					if is {
						want++
					}
				}
				if got != want {
					t.Fatalf("%q states %d facts, want %d", text, got, want)
				}
			}
		}
	}
}
