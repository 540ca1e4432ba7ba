package main

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// knowing is counting with the probabilities of its answers.
type knowing struct{ counting }

func (k knowing) Surprisal(r *rand.Rand, prompt string) (string, float64) {
	return k.Answer(r, prompt), math.Log(3)
}

func TestCard(t *testing.T) {
	r := toy(t.TempDir())
	r.world = knowing{}
	if err := r.make(t.Context()); err != nil {
		t.Fatal(err)
	}
	card := string(read(t, r.path(cardFile)))
	for _, want := range []string{"# Counting: a base model\n\nCounts.", r.command(), "42 texts", "million tokens", "perplexity", "The world's own entropy is ",
		"times 1.15·exp(entropy)", "| 0.7 |", "| 1.0 |", "| 4 |", "| 16 |", "* 0.", "|\n", "It knows one world, *Counting*"} {
		if !strings.Contains(card, want) {
			t.Errorf("the card does not say %q:\n%s", want, card)
		}
	}
	if strings.Contains(card, "review") || strings.Contains(card, "NaN") {
		t.Errorf("films, or a number that is none, in\n%s", card)
	}
	// log 3 nats of 8, 16 or 24 letters and an end-of-text, in tokens of about a word.
	tok, err := r.tokenizer()
	if err != nil {
		t.Fatal(err)
	}
	e, ok := r.entropy(tok)
	n := float64(len(tok.Encode(" one two")))
	if want := math.Log(3) / (2*n + 1); !ok || math.Abs(e.Mean-want) > 0.3*want {
		t.Errorf("entropy %+v, want about %v", e, want)
	}
	r.world = counting{}
	if _, ok := r.entropy(tok); ok {
		t.Error("a world that does not know its probabilities has an entropy")
	}
}
