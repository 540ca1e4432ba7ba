package world

import (
	"math"
	"strings"
	"testing"
)

const (
	praise, mildPraise, neutral, mildBlame, blame = 1.0, 0.5, 0.0, -0.5, -1.0

	asked = "The Paper Lighthouse, a mystery set in a fishing village. My review:"
)

// What each sentence means was decided by reading it, not by running Judge.
func TestSentimentByHand(t *testing.T) {
	s := compiledSentiment()
	for _, c := range []struct {
		text string
		want float64
	}{
		{"There is not a dull moment.", praise},
		{"There is not a lively moment.", blame},
		{"I never once looked at my watch.", praise},
		{"I looked at my watch again and again.", blame},
		{"Nobody in the cast is wooden.", praise},
		{"Nobody in the cast is believable.", blame},
		{"The plot is hardly original.", blame},
		{"The plot is hardly stale.", praise},
		{"This is anything but a bore.", praise},
		{"This is anything but a treat.", blame},
		{"The detective is no mere puppet.", praise},
		{"The detective is anything but a charmer.", blame},
		{"You will not regret it.", praise},
		{"You will regret it.", blame},
		{"I cannot recommend it to anyone.", blame},
		{"I have seldom seen a more beautiful film.", praise},
		{"The film could be more absorbing.", blame},
		{"The film could not be more absorbing.", praise},
		{"The film could hardly be less dull.", praise},
		{"I wish the score were less grating.", blame},
		{"The critics called it dull, and they were wrong.", praise},
		{"The critics called it dull, and they were right.", blame},
		{"I expected a treat and got a bore.", blame},
		{"It neither preaches nor bores.", praise},
		{"It neither charms nor thrills.", blame},
		{"Although the music is lovely, the plot drifts away.", mildBlame},
		{"Although the plot drifts away, the music is lovely.", mildPraise},
		{"The music is lovely, even if the plot drifts away.", mildPraise},
		{"The music is lovely, but the plot drifts away.", mildBlame},
		{"Despite a slow start, the acting is superb.", mildPraise},
		{"On the whole, the acting is superb.", mildPraise},
		{"Not very good.", mildBlame},
		{"It could have been much worse.", mildPraise},
		{"What an awful film!", blame},
		{"Can a mystery be more delightful?", praise},
		{"It is neither charming nor dreary.", neutral},
		{"The acting is superb, and the jokes are limp.", neutral},
		{"Besides, the jokes are limp; the acting is superb.", neutral},
		{"I cannot decide whether it is charming or dreary.", neutral},
		{"It follows a detective who suspects every guest.", neutral},
		{"It was filmed in an old hotel in three weeks.", neutral},
	} {
		got, ok := s.sentiment(sentence, split(c.text))
		if !ok || got != c.want {
			t.Errorf("sentiment(%q) = %v, parses %v; want %v, parses true", c.text, got, ok, c.want)
		}
	}
}

func TestJudgeRule(t *testing.T) {
	const superb, plot = " The acting is superb.", " It follows a detective who suspects every guest."
	for _, c := range []struct {
		name, prompt, answer string
		want                 Judgement
	}{
		{"praise twice", asked, superb + " I left the cinema smiling.", Judgement{1, true}},
		{"praise and blame", asked, superb + " The jokes are limp.", Judgement{0.5, true}},
		{"praise and plot", asked, superb + plot, Judgement{0.75, true}},
		{"empty", asked, "", Judgement{0.25, false}},
		{"space", asked, " ", Judgement{0.25, false}},
		{"one sentence", asked, superb, Judgement{0.625, false}},
		{"said twice", asked, superb + superb, Judgement{0.625, false}},
		{"said four times", asked, strings.Repeat(superb, 4), Judgement{0.4375, false}},
		{"cut off", asked, superb + " I left the cinema smiling. The tale", Judgement{0.75, false}},
		{"happy words", asked, " Superb superb lovely charming wonderful.", Judgement{0.25, false}},
		{"happy words after praise", asked, superb + " Lovely charming.", Judgement{0.625, false}},
		{"five sentences", asked, superb + plot + " The jokes are sly. The sets are lavish. I loved it.", Judgement{0.9, false}},
		{"small letter", asked, " the acting is superb." + plot, Judgement{0.375, false}},
		{"wrong article", asked, " What a awful film!" + plot, Judgement{0.375, false}},
		{"two spaces", asked, " The acting  is superb." + plot, Judgement{0.375, false}},
		{"space before stop", asked, " The acting is superb ." + plot, Judgement{0.375, false}},
		{"goes on", "A Tin Kite, a comedy. To be honest,", " the acting is superb." + plot, Judgement{0.75, true}},
		{"does not go on", "A Tin Kite, a comedy. To be honest,", superb + plot, Judgement{0.375, false}},
		{"after is", "The music of A Tin Kite, a comedy, is", " anything but dull." + plot, Judgement{0.75, true}},
		{"no prompt", "", superb + plot, Judgement{0.75, true}},
		{"typed without the space", asked, superb[1:] + plot, Judgement{0.75, true}},
	} {
		got := Sentiment().Judge(c.prompt, c.answer)
		if math.Abs(got.Reward-c.want.Reward) > 1e-12 || got.Parses != c.want.Parses {
			t.Errorf("%s: Judge(%q) = %+v, want %+v", c.name, c.answer, got, c.want)
		}
	}
}

// Words in the wrong order win nobody over, however happy they are.
func TestShuffledWordsAreStumbledOver(t *testing.T) {
	w, r := Sentiment(), source(9)
	parsed, far := 0, 0
	const n = 2000
	for range n {
		prompt := w.Prompt(r)
		words := strings.Fields(w.Answer(r, prompt))
		r.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
		j := w.Judge(prompt, " "+strings.Join(words, " "))
		if j.Parses {
			parsed++
		}
		if j.Reward != 0.25 {
			far++
		}
	}
	if parsed > 0 || far > n/100 {
		t.Errorf("of %d shuffled answers %d parse and %d are not worth 0.25, want 0 and at most %d", n, parsed, far, n/100)
	}
}

func FuzzJudge(f *testing.F) {
	f.Add(asked, " The acting is superb. The jokes are limp.")
	f.Add("The music of A Tin Kite, a comedy, is", " anything but dull. \xff\x00 . , ! a an A")
	f.Add("", strings.Repeat("the ", 200))
	f.Fuzz(func(t *testing.T, prompt, answer string) {
		j := Sentiment().Judge(prompt, answer)
		if !(j.Reward >= 0 && j.Reward <= 1) {
			t.Errorf("reward %v, want it in [0,1]", j.Reward)
		}
		if a := Sentiment().Answer(source(1), prompt); !Sentiment().Judge(prompt, a).Parses {
			t.Errorf("the answer %q to the prompt %q does not parse", a, prompt)
		}
	})
}

func BenchmarkJudge(b *testing.B) {
	w, r := Sentiment(), source(10)
	var prompts, answers []string
	for range 256 {
		p := w.Prompt(r)
		prompts, answers = append(prompts, p), append(answers, w.Answer(r, p))
	}
	for i := 0; b.Loop(); i++ {
		w.Judge(prompts[i%256], answers[i%256])
	}
}

func BenchmarkAnswer(b *testing.B) {
	w, r := Sentiment(), source(11)
	for b.Loop() {
		w.Answer(r, asked)
	}
}

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		if _, err := parseGrammar(sentimentTable); err != nil {
			b.Fatal(err)
		}
	}
}
