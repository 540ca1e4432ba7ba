// Package world holds built-in worlds: endless English text made here from a
// grammar, each with a true reward that a program can compute.
//
// A world stands in for the people of a preference study. It asks (Prompt),
// answers (Answer) and knows, for any text whatever, how good an answer is
// (Judge), so that a page can plot the true reward of what a model samples,
// which no real preference set can do.
//
// One table drives everything: the sentences that Answer expands are the
// sentences that Judge can parse. The package holds no model and no preference
// pairs, prints nothing and keeps no state; a World may be used from several
// places at once.
package world

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Judgement is what a world's own program thinks of an answer.
type Judgement struct {
	// Reward is the true reward, in [0,1]; 0.5 is neutral.
	Reward float64
	// Parses says whether the whole answer is one the world's grammar derives.
	Parses bool
}

// World is endless text with a true reward.
type World interface {
	// Name is the short name used in links and on the command line.
	Name() string
	// Title is the name shown to people.
	Title() string
	// Description says in a sentence or two what is asked and what is rewarded.
	Description() string
	// Prompt draws a prompt. The same state of r gives the same prompt.
	Prompt(r *rand.Rand) string
	// Answer draws an answer to prompt, beginning with the space that separates
	// the two. It accepts any prompt, also one that Prompt would never draw.
	Answer(r *rand.Rand, prompt string) string
	// Judge gives the true reward of any text as an answer to any prompt.
	Judge(prompt, answer string) Judgement
}

// Entropic is a world that knows how probable its own answers are, so that a model's
// perplexity can be held against the best there can be.
type Entropic interface {
	World
	// Surprisal draws an answer as Answer does and estimates its surprisal,
	// -log p(answer | prompt), in nats; the mean over many draws estimates the
	// entropy of the answers, from above where a text can be drawn in two ways.
	Surprisal(r *rand.Rand, prompt string) (answer string, nats float64)
}

// Finite is a world whose answers to a prompt can all be written down, so that
// sums over answers are exact (core/exact). A model can say other texts too; they
// count as one more outcome, whose reward is 0.
type Finite interface {
	World
	// Prompts lists every prompt; Prompt draws each equally often.
	Prompts() []string
	// Answers lists every answer to prompt, each beginning with its space.
	Answers(prompt string) []string
	// Probabilities gives the probability with which Answer draws each of
	// Answers(prompt), in their order; they sum to 1.
	Probabilities(prompt string) []float64
}

// worlds lists every built-in world, in the order in which they are shown.
var worlds = []World{Sentiment(), Summary(), Dialogue(), TwoWords()}

// Names gives the names of the built-in worlds, in the order in which they are shown.
func Names() []string {
	names := make([]string, len(worlds))
	for i, w := range worlds {
		names[i] = w.Name()
	}
	return names
}

// ByName finds a built-in world; the error lists the names there are.
func ByName(name string) (World, error) {
	for _, w := range worlds {
		if w.Name() == name {
			return w, nil
		}
	}
	return nil, fmt.Errorf("world: no world %q; choose one of: %s", name, strings.Join(Names(), ", "))
}
