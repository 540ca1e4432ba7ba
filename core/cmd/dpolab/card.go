package main

import (
	"bytes"
	"fmt"
	"io"
	"math"

	"dpolab/core/pref"
	"dpolab/core/token"
	"dpolab/core/train"
)

// card writes the README of a base model: data, tokens, loss, samples, limits.
func (r *recipe) card(lm *train.LM, tok *token.Tokenizer, maker *train.PairMaker, files map[string][]byte) ([]byte, error) {
	m := lm.Model
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s: a base model\n\n%s\n\nMade from nothing by\n\n    %s\n\n", r.world.Title(), r.world.Description(), r.command())
	fmt.Fprintf(&b, "## Model\n\nLlama architecture, %d parameters: %d layers of %d channels, %d heads (%d for keys and values), feed-forward %d, context %d, tied head, byte-level BPE vocabulary of %d. Weights in float16, %d bytes.\n\n",
		m.Parameters(), m.Layers, m.Hidden, m.Heads, m.KVHeads, m.FFN, m.Context, m.Vocab, len(files["model.safetensors"]))
	loss := r.unseenLoss(lm, tok)
	fmt.Fprintf(&b, "## Training\n\n%d reviews drawn from the world's grammar, none twice but by chance, %d to an update. Held-out loss %.4f nats a token (perplexity %.3f) on %d reviews it has not seen.\n\n",
		r.steps*r.texts, r.texts, loss, math.Exp(loss), r.lossTexts)
	if err := r.cardSamples(&b, lm, tok); err != nil {
		return nil, err
	}
	fmt.Fprintf(&b, "## Pairs\n\n`train.jsonl` (%d) and `heldout.jsonl` (%d) were sampled from this very model at temperature 1: %d answers a prompt, at most %d pairs of one prompt, the answer whose true reward is higher by %v or more chosen; %d pairs that are closer were left out. \"The longer answer wins\" would be right on %.1f %% of the held-out pairs.\n\n",
		r.trainPairs, r.heldout, maker.Answers, maker.Keep, r.gap, maker.Ties, 100*longerWins(files[heldoutFile]))
	fmt.Fprintf(&b, "## What it cannot do\n\nIt knows only this world: short film reviews in the words of one grammar. On any other text it is a beginner, and its praise or blame means nothing.\n")
	return b.Bytes(), nil
}

// unseenLoss is the mean loss in nats a token on answers that nothing was trained on.
func (r *recipe) unseenLoss(lm *train.LM, tok *token.Tokenizer) float64 {
	var texts []train.Text
	for i := range r.lossTexts {
		texts = append(texts, r.encoded(tok, lossFirst+i))
	}
	return lm.Loss(texts)
}

// cardSamples writes what answers are like at two temperatures, and some of them.
func (r *recipe) cardSamples(w io.Writer, lm *train.LM, tok *token.Tokenizer) error {
	fmt.Fprintf(w, "## What it says\n\n%d answers to prompts it has not seen, at each temperature:\n\n| temperature | parse under the grammar | mean true reward | tokens | distinct-2 |\n| --- | --- | --- | --- | --- |\n", r.measured)
	var texts []string
	for _, temperature := range []float64{0.7, 1} {
		s, err := r.measure(lm.Model, tok, temperature)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "| %.1f | %.1f %% | %.3f | %.1f | %.3f |\n", temperature, 100*s.parses, s.reward(), s.tokens, s.distinct2())
		fmt.Fprintf(r.log, "temperature %.1f: %.1f %% parse, true reward %.3f, %.1f tokens\n", temperature, 100*s.parses, s.reward(), s.tokens)
		texts = s.texts
	}
	fmt.Fprintf(w, "\nThe first ten at temperature 1 (`|` ends the prompt):\n\n")
	for _, text := range texts[:min(10, len(texts))] {
		fmt.Fprintf(w, "* %s\n", text)
	}
	fmt.Fprintln(w)
	return nil
}

// longerWins is the share of pairs whose chosen answer is the longer one, in bytes;
// equal lengths count half.
func longerWins(jsonl []byte) float64 {
	set, err := pref.Read(jsonl)
	if err != nil || len(set.Pairs) == 0 {
		return math.NaN()
	}
	sum := 0.0
	for _, p := range set.Pairs {
		switch d := len(p.Chosen) - len(p.Rejected); {
		case d > 0:
			sum++
		case d == 0:
			sum += 0.5
		}
	}
	return sum / float64(len(set.Pairs))
}
