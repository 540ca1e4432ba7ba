package world

import (
	"math"
	"math/rand/v2"
	"testing"
)

// meant gives the reward that a drawn review was meant to have.
func meant(rv review) float64 {
	sum := 0.0
	for _, v := range rv.values {
		sum += v
	}
	return 0.5 + 0.5*sum/float64(len(rv.values))
}

func TestJudgeFindsWhatTheGeneratorMeant(t *testing.T) {
	s, r := compiledSentiment(), rand.New(rand.NewPCG(1, 1))
	w := Sentiment()
	total := 0.0
	const n = 20000
	for range n {
		prompt := w.Prompt(r)
		rv := s.review(r, prompt)
		got, want := w.Judge(prompt, rv.text), Judgement{Reward: meant(rv), Parses: true}
		if got.Parses != want.Parses || math.Abs(got.Reward-want.Reward) > 1e-12 {
			t.Fatalf("Judge(%q,\n%q) = %v, want %v", prompt, rv.text, got, want)
		}
		total += got.Reward
	}
	if mean := total / n; mean < 0.45 || mean > 0.55 {
		t.Errorf("mean reward %.3f, want it in [0.45,0.55]", mean)
	}
}
