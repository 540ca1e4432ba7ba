package main

import (
	"bytes"
	"context"
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
	fmt.Fprintf(&b, "## Pairs\n\n`train.jsonl` (%d) and `heldout.jsonl` (%d) were sampled from this very model at temperature 1: %d answers a prompt, at most %d pairs of one prompt, the answer whose true reward is higher by %v or more chosen; %d pairs that are closer were left out. \"The longer answer wins\" would be right on %.1f %% of the held-out pairs.\n\n",
		r.trainPairs, r.heldout, maker.Answers, maker.Keep, r.gap, maker.Ties, 100*longerWins(files[heldoutFile]))
	fmt.Fprintf(&b, "## What it cannot do\n\nIt knows one world, *%s*, in the words of one grammar, and nothing else: on any other text it is a beginner, and what the world says of such answers means nothing. It has learnt from good, middling and poor answers alike and does not try to be good; that is what preferences are for. Answers end after %d tokens at the latest, prompt and answer after %d.\n",
		r.world.Title(), answerTokens, m.Context)
	return b.Bytes(), nil
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
	fmt.Fprintf(w, "## Training\n\n%d texts, each a prompt with answers to it (%d), drawn from the world's grammar, none twice but by chance, %d to an update; about %.1f million tokens. Held-out loss %.4f nats a token of an answer (perplexity %.3f) on %d answers it has not seen.\n\n",
		n, r.answers, r.texts, float64(n)*float64(tokens)/float64(len(texts))/1e6, loss, math.Exp(loss), answers)
	e, ok := r.entropy(tok)
	if !ok {
		return
	}
	ratio := math.Exp(loss) / (1.15 * math.Exp(e.Mean))
	fmt.Fprintf(w, "The world's own entropy is %s nats a token, from %d answers that it drew, so that no perplexity can be below %.3f. The model's is %.3f times 1.15·exp(entropy); at most 1 is wanted.\n\n",
		interval(e, 4, 1), e.N, math.Exp(e.Mean), ratio)
	fmt.Fprintf(r.log, "held-out loss %.4f, entropy %s, perplexity %.3f of 1.15·exp(entropy)\n", loss, interval(e, 4, 1), ratio)
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
	for _, name := range []string{trainFile, heldoutFile} {
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
