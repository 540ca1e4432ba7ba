package world

import (
	"math"
	"strings"
	"testing"
	"time"
)

const posted = "Last week my aunt and I went to the lake by train. We sang old songs all the way. But our bags were stolen. In the end a farmer took us in. " + tldr

// The rewards were worked out from the rule at Summary, not by running Judge.
func TestSummaryJudgeByHand(t *testing.T) {
	const (
		all  = " Went to the lake by train with my aunt, but our bags were stolen, and in the end a farmer took us in."
		quit = " It was quite a trip, and there is little more to say."
	)
	for _, c := range []struct {
		name, prompt, answer string
		want                 Judgement
	}{
		{"all five facts", posted, all, Judgement{1, true}},
		{"all five, in other words", posted, " My aunt and I took the train to the lake. Our bags were stolen; finally, a farmer took us in.", Judgement{1, true}},
		{"two facts tersely", posted, " Went to the lake with my aunt.", Judgement{0.4, true}},
		{"two facts and filler", posted, " Went to the lake with my aunt." + quit, Judgement{0.4 - 7./50, true}},
		{"filler alone", posted, quit, Judgement{0, true}},
		{"another person", posted, " Went to the lake by train with my uncle, but our bags were stolen.", Judgement{0.4, true}},
		{"another ending", posted, " Our bags were stolen, and in the end we flew home.", Judgement{0, true}},
		{"a fact of another kind of post", posted, " Went to the lake. I bought a kettle.", Judgement{0, true}},
		{"a fact said twice", posted, " Went to the lake with my aunt. My aunt and I visited the lake.", Judgement{0.4 - 2./50, true}},
		{"a sentence said twice", posted, " Went to the lake by train." + " Went to the lake by train.", Judgement{0.4, false}},
		{"empty", posted, "", Judgement{0, false}},
		{"space", posted, " ", Judgement{0, false}},
		{"gibberish", posted, " Lake aunt train farmer bags stolen.", Judgement{0, false}},
		{"gibberish after facts", posted, all + " Lake aunt.", Judgement{0.8 - 1./50, false}},
		{"cut off", posted, " Went to the lake by train with my aunt. Our bags were", Judgement{0.4, false}},
		{"one sentence, cut off", posted, strings.TrimSuffix(all, "."), Judgement{0, false}},
		{"three sentences", posted, " Went to the lake by train. Our bags were stolen. A farmer took us in.", Judgement{0.8, false}},
		{"small letter", posted, " went to the lake.", Judgement{0, false}},
		{"a sentence of the post", posted, " We sang old songs all the way.", Judgement{0, false}},
		{"typed without the space", posted, all[1:], Judgement{1, true}},
		{"no post", "", all, Judgement{0.2, true}},
		{"no post, no summary", "", " Lake aunt.", Judgement{0, false}},
		{"a post of other words", "The cat sat on the mat. TL;DR:", " Went to the lake.", Judgement{0.2, true}},
		{"a post of which a sentence parses", "Our cat came too. I took the train to the lake with my aunt last week. TL;DR:", " Went to the lake by train with my aunt.", Judgement{1, true}},
	} {
		got := Summary().Judge(c.prompt, c.answer)
		if math.Abs(got.Reward-c.want.Reward) > 1e-12 || got.Parses != c.want.Parses {
			t.Errorf("%s: Judge(%q) = %+v, want %+v", c.name, c.answer, got, c.want)
		}
	}
}

// Words in the wrong order tell nothing, whatever they are.
func TestShuffledSummariesEarnNothing(t *testing.T) {
	w, r := Summary(), source(31)
	parsed, high := 0, 0
	const n = 1000
	for range n {
		prompt := w.Prompt(r)
		words := strings.Fields(w.Answer(r, prompt))
		r.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
		j := w.Judge(prompt, " "+strings.Join(words, " "))
		if j.Parses {
			parsed++
		}
		if j.Reward > 0.2 {
			high++
		}
	}
	if parsed > n/100 || high > n/100 {
		t.Errorf("of %d shuffled summaries %d parse and %d earn more than 0.2, want at most %d of each", n, parsed, high, n/100)
	}
}

func TestSummaryJudgeIsQuick(t *testing.T) {
	start := time.Now()
	for _, text := range []string{
		strings.Repeat("my aunt and I went to the lake by train with ", 1000),
		strings.Repeat("Went to the lake by train. ", 1000),
		strings.Repeat("; in the end, and then ", 1000),
		strings.Repeat(". ", 10000),
	} {
		Summary().Judge(posted, text)
		Summary().Judge(text, text)
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("long texts took %v to judge, want less than 5 s", d)
	}
}

func FuzzSummaryJudge(f *testing.F) {
	f.Add(posted, " Went to the lake by train with my aunt, but our bags were stolen.")
	f.Add("I bought an apron. TL;DR:", " It was \xff\x00 . , ! a an A")
	f.Add("", strings.Repeat("the ", 200))
	f.Add("Bonfire Night with my aunt.", " Bonfire Night with my aunt.")
	f.Fuzz(func(t *testing.T, prompt, answer string) {
		j := Summary().Judge(prompt, answer)
		if !(j.Reward >= 0 && j.Reward <= 1) {
			t.Errorf("reward %v, want it in [0,1]", j.Reward)
		}
		if a := Summary().Answer(source(1), prompt); !Summary().Judge(prompt, a).Parses {
			t.Errorf("the answer %q to the prompt %q does not parse", a, prompt)
		}
	})
}

func BenchmarkSummaryJudge(b *testing.B) {
	w, r := Summary(), source(32)
	var prompts, answers []string
	for range 256 {
		p := w.Prompt(r)
		prompts, answers = append(prompts, p), append(answers, w.Answer(r, p))
	}
	for i := 0; b.Loop(); i++ {
		w.Judge(prompts[i%256], answers[i%256])
	}
}

func BenchmarkSummaryAnswer(b *testing.B) {
	w, r := Summary(), source(33)
	for b.Loop() {
		w.Answer(r, posted)
	}
}
