package world

import (
	"math"
	"strings"
	"testing"
)

// The rewards were found by reading the rule at Dialogue, not by running Judge.
func TestDialogueByHand(t *testing.T) {
	const (
		stain = "\n\nHuman: How do I get a tea stain out of a shirt?\n\nAssistant:"
		place = "\n\nHuman: Where can I hang a mirror?\n\nAssistant:"
		time  = "\n\nHuman: How long does it take to dry a boot?\n\nAssistant:"
		pick  = "\n\nHuman: Which is better for a dog, a leather lead or a harness?\n\nAssistant:"
		soak  = " Soak the shirt in cold water."
	)
	for _, c := range []struct {
		name, prompt, answer string
		want                 Judgement
	}{
		{"answers", stain, soak, Judgement{0.85, true}},
		{"with details", stain, soak + " Hot water only sets the stain. Keep in mind that a second wash often helps.", Judgement{0.85, true}},
		{"politely", stain, " Certainly, soak the shirt in cold water.", Judgement{1, true}},
		{"and wishes luck", stain, soak + " Good luck with the shirt!", Judgement{1, true}},
		{"please", stain, " Please soak the shirt in cold water.", Judgement{1, true}},
		{"rudely", stain, " Good grief, soak the shirt in cold water.", Judgement{0.7, true}},
		{"scorns", stain, soak + " Stop wasting my time with your shirt.", Judgement{0.7, true}},
		{"polite and rude", stain, " Of course, soak the shirt in cold water. That is really a stupid question.", Judgement{0.7, true}},
		{"with filler", stain, " As you may well imagine, soak the shirt in cold water.", Judgement{0.75, true}},
		{"pads", stain, soak + " There are many things that one could say about a shirt. It is what it is.", Judgement{0.75, true}},
		{"another shirt", stain, " Soak the blouse in cold water.", Judgement{0.55, true}},
		{"another goal", stain, " To remove red wine from a shirt, soak the shirt in cold water.", Judgement{0.55, true}},
		{"its goal", stain, " To get a tea stain out of a shirt, soak the shirt in cold water.", Judgement{0.85, true}},
		{"a place to a how-to", stain, " The best place is at the laundry on the high street.", Judgement{0.55, true}},
		{"a place and a step", stain, " The best place is at the laundry on the high street." + soak, Judgement{0.85, true}},
		{"only a detail", stain, " Hot water only sets the stain.", Judgement{0.25, true}},
		{"evades", stain, " I would rather speak about something else today.", Judgement{0.25, true}},
		{"evades politely", stain, " I am sorry, but I have no opinion on your shirt and never had one.", Judgement{0.4, true}},
		{"evades rudely", stain, " Who cares?", Judgement{0.1, true}},
		{"off topic", stain, " Knead the dough for ten minutes.", Judgement{0.15, true}},
		{"rude and off topic", stain, " Good grief, knead the dough for ten minutes.", Judgement{0, true}},
		{"answers and strays", stain, soak + " Steam gives a crisp crust.", Judgement{0.75, true}},
		{"says it twice", stain, soak + soak, Judgement{0.425, false}},
		{"says it six times", stain, strings.Repeat(soak, 6), Judgement{0.85 / 6, false}},
		{"four sentences", stain, soak + " I would rather speak about something else today. It is hard. Rinse the cloth under the tap.", Judgement{0.425, false}},
		{"breaks off", stain, soak + " Hot water only", Judgement{0.425, false}},
		{"empty", stain, "", Judgement{0, false}},
		{"a space", stain, " ", Judgement{0, false}},
		{"gibberish", stain, " Shirt shirt thank you certainly soak.", Judgement{0, false}},
		{"small letter", stain, " soak the shirt in cold water.", Judgement{0, false}},
		{"a where", place, " The best place is between the two windows.", Judgement{0.85, true}},
		{"a where of elsewhere", place, " The best place is in a wooden bread box.", Judgement{0.15, true}},
		{"a step to a where", place, " Use a spirit level on the mirror.", Judgement{0.55, true}},
		{"a how-long", time, " It takes about two days to dry a boot.", Judgement{0.85, true}},
		{"a how-long without the verb", time, " Allow about two days for the boot.", Judgement{0.85, true}},
		{"a how-long for something else", time, " Allow about two days for the sandal.", Judgement{0.55, true}},
		{"a which", pick, " I would choose a harness for the dog.", Judgement{0.85, true}},
		{"the other of a which", pick, " A leather lead is better than a harness.", Judgement{0.85, true}},
		{"neither of a which", pick, " I would choose a muzzle for the dog.", Judgement{0.55, true}},
		{"the bare question", "How do I get a tea stain out of a shirt?", soak, Judgement{0.85, true}},
		{"unknown question", "\n\nHuman: Why is the sky blue?\n\nAssistant:", soak, Judgement{0.55, true}},
		{"unknown question, detail", "Why?", " Steam gives a crisp crust.", Judgement{0.25, true}},
		{"unknown question, evasion", "", " I would rather speak about something else today.", Judgement{0.25, true}},
		{"unknown question, gibberish", "", " Why not soak?", Judgement{0, false}},
	} {
		got := Dialogue().Judge(c.prompt, c.answer)
		if math.Abs(got.Reward-c.want.Reward) > 1e-12 || got.Parses != c.want.Parses {
			t.Errorf("%s: Judge(%q) = %+v, want %+v", c.name, c.answer, got, c.want)
		}
	}
}

// Words in the wrong order earn nothing, however polite they are.
func TestDialogueShuffledWordsEarnNothing(t *testing.T) {
	w, r := Dialogue(), source(9)
	earned, parsed := 0.0, 0
	const n = 2000
	for range n {
		prompt := w.Prompt(r)
		words := strings.Fields(w.Answer(r, prompt))
		r.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
		j := w.Judge(prompt, " "+strings.Join(words, " "))
		if j.Parses {
			parsed++
		}
		earned += j.Reward / n
	}
	if parsed > 0 || earned > 0.01 {
		t.Errorf("of %d shuffled answers %d parse and the mean reward is %.3f, want 0 and at most 0.01", n, parsed, earned)
	}
}

func FuzzDialogueJudge(f *testing.F) {
	f.Add("\n\nHuman: How do I get a tea stain out of a shirt?\n\nAssistant:", " Soak the shirt in cold water. \xff\x00 . , ! a an A")
	f.Add("\n\nHuman: ", strings.Repeat("the ", 200))
	f.Add("\n\nAssistant:\n\nHuman:", " A?!.. I'm")
	f.Fuzz(func(t *testing.T, prompt, answer string) {
		j := Dialogue().Judge(prompt, answer)
		if !(j.Reward >= 0 && j.Reward <= 1) {
			t.Errorf("reward %v, want it in [0,1]", j.Reward)
		}
		if a := Dialogue().Answer(source(1), prompt); !Dialogue().Judge(prompt, a).Parses {
			t.Errorf("the answer %q to the prompt %q does not parse", a, prompt)
		}
	})
}

func BenchmarkDialogueJudge(b *testing.B) {
	w, r := Dialogue(), source(10)
	var prompts, answers []string
	for range 256 {
		p := w.Prompt(r)
		prompts, answers = append(prompts, p), append(answers, w.Answer(r, p))
	}
	for i := 0; b.Loop(); i++ {
		w.Judge(prompts[i%256], answers[i%256])
	}
}

func BenchmarkDialogueAnswer(b *testing.B) {
	w, r := Dialogue(), source(11)
	prompt := w.Prompt(r)
	for b.Loop() {
		w.Answer(r, prompt)
	}
}

func BenchmarkDialogueCompile(b *testing.B) {
	for b.Loop() {
		names, blocks, _ := readTopics(dialogueTopics)
		if _, err := parseGrammar(dialogueTable(dialogueFrames, names, blocks)); err != nil {
			b.Fatal(err)
		}
	}
}
