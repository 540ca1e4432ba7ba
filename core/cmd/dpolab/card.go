package main

import (
	"bytes"
	"context"
	"dpolab/core/preset"
	"fmt"
	"io"
	"math"
	"math/rand/v2"

	"dpolab/core/eval"
	"dpolab/core/pref"
	"dpolab/core/token"
	"dpolab/core/train"
	"dpolab/core/world"
)

// card writes the README of a base model: data, tokens, loss, samples, limits.
func (r *recipe) card(ctx context.Context, lm *train.LM, tok *token.Tokenizer, maker *train.PairMaker, files map[string][]byte) ([]byte, error) {
	m := lm.Model
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s: a base model\n\n%s\n\nMade from nothing by\n\n    %s\n\n", r.world.Title(), r.world.Description(), r.command())
	fmt.Fprintf(&b, "## Model\n\nLlama architecture, %d parameters: %d layers of %d channels, %d heads (%d for keys and values), feed-forward %d, context %d, tied head, byte-level BPE vocabulary of %d. Weights in float16, %d bytes.\n\n",
		m.Parameters(), m.Layers, m.Hidden, m.Heads, m.KVHeads, m.FFN, m.Context, m.Vocab, len(files["model.safetensors"]))
	r.cardTraining(&b, lm, tok)
	if err := r.cardAnswers(ctx, &b, lm, tok, files); err != nil {
		return nil, err
	}
	r.cardPairs(&b, maker)
	fmt.Fprintf(&b, "## What it cannot do\n\nIt knows one world, *%s*, in the words of one grammar, and nothing else: on any other text it is a beginner, and what the world says of such answers means nothing. It has learnt from good, middling and poor answers alike and does not try to be good; that is what preferences are for. Answers end after %d tokens at the latest, prompt and answer after %d.\n",
		r.world.Title(), answerTokens, m.Context)
	return b.Bytes(), nil
}

// cardPairs writes where the sets of pairs come from.
func (r *recipe) cardPairs(w io.Writer, maker *train.PairMaker) {
	fmt.Fprintf(w, "## Pairs\n\n`%s` (%d) and `%s` (%d) were sampled from this very model at temperature 1: %d answers a prompt, at most %d pairs of one prompt, the answer whose true reward is higher by %v or more chosen, no prompt in both; %d pairs that are closer and %d degenerate ones were left out, and %d more so that neither length nor likelihood predicts the label: \"the longer answer wins\" is right on %.1f %% of them, \"the likelier under this model wins\" on %.1f %%.\n\n",
		preset.Pairs, r.trainPairs, preset.Heldout, r.heldout, maker.Answers, maker.Keep, r.gap, maker.Ties, maker.Degenerate, maker.Skewed, 100*maker.Longer(), 100*maker.Likelier())
	fmt.Fprintf(r.log, "the longer answer wins %.1f %%, the likelier %.1f %%\n", 100*maker.Longer(), 100*maker.Likelier())
	for _, set := range r.more {
		fmt.Fprintf(w, "`%s` (%d) is labelled otherwise: %s.\n\n", set.file, set.size, labels[set.label])
	}
}

// labels says what a rule for labels makes of two answers.
var labels = map[string]string{
	train.LabelNear:   "chosen and rejected differ in at most three words, and the higher true reward is chosen",
	train.LabelLonger: "of two answers whose true rewards are as good as equal the longer one is chosen",
}

// cardTraining writes what was learnt from, and how well, against the best there can
// be where the world knows it.
func (r *recipe) cardTraining(w io.Writer, lm *train.LM, tok *token.Tokenizer) {
	var texts []train.Text
	tokens, answers := 0, 0
	for i := range r.lossTexts {
		t := r.encoded(tok, lossFirst+i)
		texts = append(texts, t)
		tokens += len(t.Prompt)
		for _, a := range t.Answers {
			tokens += len(a)
			answers++
		}
	}
	loss := lm.Loss(texts)
	n := r.steps * r.texts
	fmt.Fprintf(w, "## Training\n\n%d texts, each a prompt with answers to it (%d), drawn from the world's grammar, none twice but by chance, %d to an update; about %.1f million tokens. Held-out loss %.4f nats a token of an answer (perplexity %.3f) on %d answers it has not seen.%s\n\n",
		n, r.answers, r.texts, float64(n)*float64(tokens)/float64(len(texts))/1e6, loss, math.Exp(loss), answers, r.sharpened())
	e, ok := r.entropy(tok)
	if !ok {
		return
	}
	ratio := math.Exp(loss) / (1.15 * math.Exp(e.Mean))
	fmt.Fprintf(w, "The world's own entropy is %s nats a token, from %d answers that it drew, so that no perplexity can be below %.3f. The model's is %.3f times 1.15·exp(entropy); at most 1 is wanted.\n\n",
		interval(e, 4, 1), e.N, math.Exp(e.Mean), ratio)
	fmt.Fprintf(r.log, "held-out loss %.4f, entropy %s, perplexity %.3f of 1.15·exp(entropy)\n", loss, interval(e, 4, 1), ratio)
}

// sharpened says what the loss does not: that the finished model is surer than the
// texts it learnt from.
func (r *recipe) sharpened() string {
	if r.sharpen == 1 {
		return ""
	}
	return fmt.Sprintf(" The finished model's logits were multiplied by %v (in its last norm), which costs a little loss: temperature 1 here is %.2f before, where more answers parse.", r.sharpen, 1/r.sharpen)
}

// entropy estimates the entropy of the world's answers in nats a token, if the world
// knows how probable they are.
func (r *recipe) entropy(tok *token.Tokenizer) (eval.Estimate, bool) {
	w, ok := r.world.(world.Entropic)
	if !ok {
		return eval.Estimate{}, false
	}
	rng := rand.New(rand.NewPCG(r.seed+3, 0))
	var nats, tokens []float64
	for range 4 * r.lossTexts {
		answer, x := w.Surprisal(rng, w.Prompt(rng))
		nats, tokens = append(nats, x), append(tokens, float64(len(tok.Encode(answer))+1)) // +1: its end-of-text
	}
	return eval.Ratio(nats, tokens, r.seed), true
}

// cardAnswers writes what answers are like at two temperatures and what best-of-n
// makes of them, and shows some.
func (r *recipe) cardAnswers(ctx context.Context, w io.Writer, lm *train.LM, tok *token.Tokenizer, files map[string][]byte) error {
	s := subject{known: map[string]bool{}}
	for _, name := range []string{preset.Pairs, preset.Heldout} {
		set, err := pref.Read(files[name])
		if err != nil {
			return err
		}
		s.knows(set.Pairs)
	}
	c := eval.Config{Prompts: eval.Prompts(r.world, r.measured, r.seed+2, s.known), Temperatures: []float64{0.7, 1}, BestOf: []int{1, 4, 16},
		MaxTokens: answerTokens, Batch: measureBatch, Seed: r.seed + 2}
	e, err := eval.New(lm.Model, nil, tok, r.world, c)
	if err != nil {
		return err
	}
	res, err := measure(ctx, r.log, "measuring", e)
	if err != nil {
		return stopped{"every update is made and kept; the same command goes on with the pairs and the card"}
	}
	fmt.Fprintf(w, "## What it says\n\nAnswers to %d prompts that no pair has, one a prompt at each temperature; in brackets 95 %% intervals.\n\n| temperature | parse under the grammar, %% | mean true reward | its spread | tokens | distinct-2 | entropy, nats a token |\n| --- | --- | --- | --- | --- | --- | --- |\n", res.Prompts)
	for _, t := range res.Temperatures {
		p := t.Policy
		fmt.Fprintf(w, "| %.1f | %s | %s | %.3f | %s | %.3f | %s |\n", t.Temperature, interval(p.Parses, 1, 100), interval(p.Reward, 3, 1), p.Spread, interval(p.Tokens, 1, 1), p.Distinct2, interval(p.Entropy, 3, 1))
		fmt.Fprintf(r.log, "temperature %.1f: %.1f %% parse, true reward %.3f, %.1f tokens\n", t.Temperature, 100*p.Parses.Mean, p.Reward.Mean, p.Tokens.Mean)
	}
	fmt.Fprintf(w, "\nThe best of n answers at temperature 1, the mark that training is held against:\n\n| n | mean true reward |\n| --- | --- |\n")
	for _, b := range res.BestOf {
		fmt.Fprintf(w, "| %d | %s |\n", b.N, interval(b.Reward, 3, 1))
	}
	fmt.Fprintf(w, "\nThe first ten at temperature 1, with their true reward (`|` ends the prompt):\n\n")
	for i, a := range e.Answers(1)[:min(10, len(c.Prompts))] {
		fmt.Fprintf(w, "* %.2f: %s |%s\n", a.Reward, e.Prompts[i], a.Text)
	}
	fmt.Fprintln(w)
	return nil
}
