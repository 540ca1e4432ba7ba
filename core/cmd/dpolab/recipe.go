package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"

	"dpolab/core/model"
	"dpolab/core/token"
	"dpolab/core/train"
	"dpolab/core/world"
)

// recipe is how a base model is made; all of it stands on the model card.
type recipe struct {
	world               world.World
	seed                uint64
	vocab, steps, texts int // texts: prompts of one update, each with several answers
	rate                float64
	shards              int
	trainPairs, heldout int
	gap                 float64 // least difference of true reward in a pair
	fixed

	out string
	log io.Writer
}

// fixed is the part of a recipe that no flag changes.
type fixed struct {
	shape      model.Config // without the vocabulary
	answers    int          // of each text; the prompt is computed once for all of them
	vocabTexts int          // texts that the vocabulary is learnt from
	lossTexts  int          // unseen texts that the card's loss is of
	measured   int          // answers measured at each temperature
}

// committed is the recipe of a world's checkpoint in assets/models: about a million
// parameters. Its values are the defaults of pretrain.
func committed(w world.World) recipe {
	return recipe{world: w, seed: 1, vocab: 2048, steps: 16000, texts: 8, rate: 3e-3, shards: 2, trainPairs: 960, heldout: 600, gap: 0.4,
		fixed: fixed{answers: 4, vocabTexts: 20000, lossTexts: 500, measured: 400,
			shape: model.Config{Hidden: 128, Layers: 4, Heads: 4, KVHeads: 2, HeadDim: 32, FFN: 384, Context: 256,
				RopeTheta: 10000, NormEps: 1e-5, TieEmbeddings: true}}}
}

// command is what makes the same model again.
func (r *recipe) command() string {
	return fmt.Sprintf("dpolab pretrain --world %s --seed %d --vocab %d --steps %d --batch-size %d --learning-rate %v --shards %d --pairs %d --heldout-pairs %d --least-gap %v",
		r.world.Name(), r.seed, r.vocab, r.steps, r.texts, r.rate, r.shards, r.trainPairs, r.heldout, r.gap)
}

func (r *recipe) path(name string) string { return filepath.Join(r.out, name) }

// Texts are numbered; those that training must not see begin far off.
const (
	vocabFirst = 1 << 40
	lossFirst  = 1 << 41
)

// text draws prompt number i and answers to it; the same number gives the same text.
func (r *recipe) text(i int) (prompt string, answers []string) {
	rng := rand.New(rand.NewPCG(r.seed, uint64(i)))
	prompt = r.world.Prompt(rng)
	for range r.answers {
		answers = append(answers, r.world.Answer(rng, prompt))
	}
	return prompt, answers
}

// encoded is text number i as the model learns it: the answers and their end-of-text
// are predicted. Prompt and answer are tokenised apart, so that no token crosses the
// boundary.
func (r *recipe) encoded(tok *token.Tokenizer, i int) train.Text {
	prompt, answers := r.text(i)
	t := train.Text{Prompt: tok.Encode(prompt)}
	for _, a := range answers {
		t.Answers = append(t.Answers, append(tok.Encode(a), tok.EndOfText()))
	}
	return t
}

// tokenizer learns the vocabulary from texts that training will not repeat.
func (r *recipe) tokenizer() (*token.Tokenizer, error) {
	texts := make([]string, r.vocabTexts)
	for i := range texts {
		p, a := r.text(vocabFirst + i)
		texts[i] = p + a[0]
	}
	return token.Train(texts, r.vocab)
}
