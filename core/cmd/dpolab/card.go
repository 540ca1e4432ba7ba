package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"gonum.org/v1/gonum/stat"

	"dpolab/core/ckpt"
	"dpolab/core/model"
	"dpolab/core/pref"
	"dpolab/core/token"
	"dpolab/core/train"
	"dpolab/core/world"
)

// task is a world as training sees it.
type task struct{ world.World }

func (t task) Reward(prompt, answer string) (float64, bool) {
	j := t.Judge(prompt, answer)
	return j.Reward, j.Parses
}

// finish rounds the weights as they are stored, samples pairs from that very model,
// measures it, and writes the folder.
func (r *recipe) finish(ctx context.Context, lm *train.LM, tok *token.Tokenizer) error {
	files, err := ckpt.Folder(lm.Model, tok, ckpt.F16)
	if err != nil {
		return err
	}
	stored := map[string][]byte{}
	for _, f := range files {
		stored[f.Name] = f.Data
	}
	m, err := ckpt.ReadModel(stored["config.json"], stored["model.safetensors"])
	if err != nil {
		return err
	}
	lm.Model = m
	maker := &train.PairMaker{Model: m, Tok: tok, Task: task{r.world}, Answers: 4, Keep: 2, Seed: r.seed + 1,
		Sampling: model.Sampling{Temperature: 1, TopP: 1, MaxTokens: 96, EndOfText: tok.EndOfText()}}
	for _, set := range []struct {
		name string
		n    int
	}{{"train.jsonl", r.trainPairs}, {"heldout.jsonl", r.heldout}} {
		pairs, err := samplePairs(ctx, maker, set.n, tok, m.Context)
		if err != nil {
			return err
		}
		stored[set.name] = pref.AppendJSONL(nil, pairs)
	}
	if stored["README.md"], err = r.card(lm, tok, maker, stored); err != nil {
		return err
	}
	for name, b := range stored {
		if err := replaceFile(filepath.Join(r.out, name), b); err != nil {
			return err
		}
	}
	return os.Remove(r.statePath())
}

// samplePairs collects n pairs that fit the context.
func samplePairs(ctx context.Context, maker *train.PairMaker, n int, tok *token.Tokenizer, context int) ([]pref.Pair, error) {
	bar := newProgress("sampling pairs", 0)
	var out []pref.Pair
	for len(out) < n {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		pairs, err := maker.Next(8)
		if err != nil {
			return nil, err
		}
		for _, p := range pairs {
			if _, problem := pref.Tokenize(tok, p, context); problem == nil && len(out) < n {
				out = append(out, p)
			}
		}
		bar.at(len(out), n, fmt.Sprintf("%d prompts, %d ties left out", maker.Prompts, maker.Ties))
	}
	return out, nil
}

// sampled is what answers at one temperature are like.
type sampled struct {
	temperature, parses, reward, tokens, distinct2 float64
}

// measure samples n answers to prompts that nothing was trained on.
func (r *recipe) measure(m *model.Model, tok *token.Tokenizer, temperature float64, n int) (sampled, []string, error) {
	rng := rand.New(rand.NewPCG(r.seed+2, 0))
	s := sampled{temperature: temperature}
	var texts []string
	var rewards []float64
	bigrams, words := map[string]bool{}, 0
	for done := 0; done < n; {
		var prompts [][]int32
		var asked []string
		for range min(32, n-done) {
			p := r.world.Prompt(rng)
			asked = append(asked, p)
			prompts = append(prompts, tok.Encode(p))
		}
		g, err := m.NewGenerator(prompts, model.Sampling{Temperature: temperature, TopP: 1, MaxTokens: 96, EndOfText: tok.EndOfText()}, rng.Uint64())
		if err != nil {
			return s, nil, err
		}
		for g.Next() {
		}
		for i, a := range g.Answers {
			text := tok.Decode(a.Tokens)
			j := r.world.Judge(asked[i], text)
			rewards = append(rewards, j.Reward)
			if j.Parses {
				s.parses += 1 / float64(n)
			}
			s.tokens += float64(len(a.Tokens)) / float64(n)
			w := strings.Fields(text)
			for k := 1; k < len(w); k++ {
				bigrams[w[k-1]+" "+w[k]] = true
				words++
			}
			texts = append(texts, asked[i]+" |"+text)
		}
		done += len(prompts)
	}
	s.reward = stat.Mean(rewards, nil)
	s.distinct2 = float64(len(bigrams)) / float64(max(1, words))
	return s, texts, nil
}

// card writes the README of a base model: data, tokens, loss, samples, limits.
func (r *recipe) card(lm *train.LM, tok *token.Tokenizer, maker *train.PairMaker, stored map[string][]byte) ([]byte, error) {
	m := lm.Model
	var texts [][]int32
	const unseen = 1 << 41
	for i := range 500 {
		p, a := r.text(unseen + i)
		texts = append(texts, encode(tok, p, a))
	}
	loss := lm.Loss(texts)
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s: a base model\n\n%s\n\nMade from nothing by\n\n    dpolab pretrain --world %s --seed %d --vocab %d --steps %d --batch-size %d --learning-rate %v --shards %d --pairs %d --heldout-pairs %d\n\n",
		r.world.Title(), r.world.Description(), r.world.Name(), r.seed, r.vocab, r.steps, r.texts, r.rate, r.shards, r.trainPairs, r.heldout)
	fmt.Fprintf(&b, "## Model\n\nLlama architecture, %d parameters: %d layers of %d channels, %d heads (%d for keys and values), feed-forward %d, context %d, tied head, byte-level BPE vocabulary of %d. Weights in float16, %d bytes.\n\n",
		m.Parameters(), m.Layers, m.Hidden, m.Heads, m.KVHeads, m.FFN, m.Context, m.Vocab, len(stored["model.safetensors"]))
	fmt.Fprintf(&b, "## Training\n\n%d reviews drawn from the world's grammar, none twice but by chance, %d to an update. Held-out loss %.4f nats a token (perplexity %.3f) on 500 reviews it has not seen.\n\n",
		r.steps*r.texts, r.texts, loss, math.Exp(loss))
	fmt.Fprintf(&b, "## What it says\n\n400 answers to prompts it has not seen, at each temperature:\n\n| temperature | parse under the grammar | mean true reward | tokens | distinct-2 |\n| --- | --- | --- | --- | --- |\n")
	var samples []string
	for _, temperature := range []float64{0.7, 1} {
		s, texts, err := r.measure(m, tok, temperature, 400)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "| %.1f | %.1f %% | %.3f | %.1f | %.3f |\n", s.temperature, 100*s.parses, s.reward, s.tokens, s.distinct2)
		fmt.Fprintf(os.Stderr, "temperature %.1f: %.1f %% parse, true reward %.3f, %.1f tokens\n", s.temperature, 100*s.parses, s.reward, s.tokens)
		samples = texts
	}
	fmt.Fprintf(&b, "\nThe first ten at temperature 1 (`|` ends the prompt):\n\n")
	for _, s := range samples[:10] {
		fmt.Fprintf(&b, "* %s\n", s)
	}
	fmt.Fprintf(&b, "\n## Pairs\n\n`train.jsonl` (%d) and `heldout.jsonl` (%d) were sampled from this very model at temperature 1: %d answers a prompt, at most %d pairs of one prompt, the answer with the higher true reward chosen; %d ties were left out. \"The longer answer wins\" would be right on %.1f %% of the held-out pairs.\n\n",
		r.trainPairs, r.heldout, maker.Answers, maker.Keep, maker.Ties, 100*longerWins(stored["heldout.jsonl"]))
	fmt.Fprintf(&b, "## What it cannot do\n\nIt knows only this world: short film reviews in the words of one grammar. On any other text it is a beginner, and its praise or blame means nothing.\n")
	return b.Bytes(), nil
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
