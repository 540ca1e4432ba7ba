package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"

	"dpolab/core/model"
	"dpolab/core/preset"
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
	sharpen    float64      // the finished model's logits are multiplied by it
	most       int          // pairs of one prompt, at most
	more       []pairSet    // sets besides the training pairs
}

// pairSet is a file of pairs that show something.
type pairSet struct {
	file  string
	label string // as train.PairMaker takes it
	size  int
	gap   float64
}

var (
	million = model.Config{Hidden: 128, Layers: 4, Heads: 4, KVHeads: 2, HeadDim: 32, FFN: 384, Context: 256,
		RopeTheta: 10000, NormEps: 1e-5, TieEmbeddings: true}
	tiny = model.Config{Hidden: 64, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 16, FFN: 192, Context: 64,
		RopeTheta: 10000, NormEps: 1e-5, TieEmbeddings: true}
)

// committed is the recipe of a world's checkpoint in assets/models. Its values are the
// defaults of pretrain.
func committed(w world.World) recipe {
	r := recipe{world: w, seed: 1, vocab: 2048, steps: 12000, texts: 8, rate: 3e-3, shards: 2, trainPairs: 3200, heldout: 600, gap: 0.1,
		fixed: fixed{shape: million, answers: 4, vocabTexts: 20000, lossTexts: 500, measured: 400, sharpen: 1.6, most: 2}}
	if own := particulars[w.Name()]; own != nil {
		own(&r)
	}
	return r
}

// particulars is what sets the recipe of a world apart.
var particulars = map[string]func(*recipe){
	"sentiment": func(r *recipe) {
		r.steps, r.gap = 16000, 0.2
		r.more = []pairSet{{file: preset.Near, label: train.LabelNear, size: 480, gap: 0.2}}
	},
	// Sharper, it would give a better mean reward than there is room for.
	"summary": func(r *recipe) { r.sharpen = 1.2 },
	"dialogue": func(r *recipe) {
		r.sharpen, r.most = 1.45, 1
		r.more = []pairSet{{file: preset.Longer, label: train.LabelLonger, size: 960, gap: 0.05}}
	},
	// Its probabilities are to be read as they are, and are learnt well enough.
	"two-words": func(r *recipe) {
		r.shape, r.vocab = tiny, 512
		r.steps, r.texts, r.answers, r.rate = 4000, 4, 16, 4e-3
		r.trainPairs, r.sharpen, r.most = 1920, 1, 6
	},
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
