package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"

	"dpolab/core/model"
	"dpolab/core/token"
	"dpolab/core/world"
)

const generateLine = "answer prompts with a model"

// generator answers prompts with a model.
type generator struct {
	m        *model.Model
	tok      *token.Tokenizer
	sampling model.Sampling
	samples  int
	seed     uint64
	world    world.World // judges the answers; nil if nobody does
	write    func(answer) error
}

// answer is one line of --json.
type answer struct {
	Prompt string   `json:"prompt"`
	Answer string   `json:"answer"`
	Tokens int      `json:"tokens"` // the end of text included
	LogP   float64  `json:"logp"`   // of the answer given the prompt at temperature 1, nats
	Ended  string   `json:"ended"`  // model.EndOfText, MaxTokens or Context
	Reward *float64 `json:"reward,omitempty"`
	Parses *bool    `json:"parses,omitempty"`
}

// generate answers the prompts of --prompt, or those that come in, a line each.
func (a *app) generate(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("generate", flag.ContinueOnError)
	var prompts []string
	var g generator
	dir := fs.String("model", "", "`folder` of the model: config.json, tokenizer.json, model.safetensors")
	fs.Func("prompt", "`text` to answer; may be given again; without it prompts are read from standard input, one a line", func(text string) error {
		prompts = append(prompts, text)
		return nil
	})
	fs.Float64Var(&g.sampling.Temperature, "temperature", 1, "0 takes the likeliest token, 1 samples as the model has learnt; 0 to 10")
	fs.Float64Var(&g.sampling.TopP, "top-p", 1, "sample among the likeliest tokens that together have this share; more than 0, at most 1")
	fs.IntVar(&g.sampling.MaxTokens, "max-tokens", 128, "longest answer in tokens, the end of text included")
	fs.Uint64Var(&g.seed, "seed", 1, "decides the answers: same model, prompts and seed, same answers")
	fs.IntVar(&g.samples, "samples", 1, "answers to each prompt")
	asJSON := fs.Bool("json", false, "write a JSON object a line: prompt, answer, tokens (their number), logp (nats), ended (\"end of text\", \"length\" or \"context\")")
	judge := fs.String("reward", "", fmt.Sprintf("`world` whose true reward is told of each answer, and whether the answer parses; one of %q", world.Names()))
	if err := a.parse(fs, args, generateLine); err != nil {
		return err
	}
	if err := g.prepare(*dir, *judge); err != nil {
		return err
	}
	g.write = func(x answer) error { return writeText(a.out, x) }
	if *asJSON {
		e := json.NewEncoder(a.out)
		e.SetEscapeHTML(false)
		g.write = func(x answer) error { return e.Encode(x) }
	}
	if prompts == nil {
		return g.answerLines(ctx, a.in)
	}
	for i, text := range prompts {
		if err := g.answer(ctx, fmt.Sprintf("--prompt %d", i+1), uint64(i), text); err != nil {
			return err
		}
	}
	return nil
}

// prepare checks the flags and reads the model.
func (g *generator) prepare(dir, judge string) (err error) {
	if dir == "" {
		return badf("--model is missing: name the folder of a model")
	}
	if g.samples < 1 {
		return badf("--samples is %d, want 1 or more", g.samples)
	}
	if err := g.sampling.Validate(); err != nil {
		return badInput{err}
	}
	if judge != "" {
		if g.world, err = world.ByName(judge); err != nil {
			return badf("--reward: %w", err)
		}
	}
	g.m, g.tok, err = readModel(dir)
	if err == nil {
		g.sampling.EndOfText = g.tok.EndOfText()
	}
	return err
}

// answerLines answers every line that comes in as it comes; empty ones are passed
// over.
func (g *generator) answerLines(ctx context.Context, in io.Reader) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for line := 1; lines.Scan(); line++ {
		text := strings.TrimSuffix(lines.Text(), "\r")
		if text == "" {
			continue
		}
		if err := g.answer(ctx, fmt.Sprintf("standard input, line %d", line), uint64(line-1), text); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return badf("standard input: %w", err)
	}
	return nil
}

// answer answers one prompt; where says where it came from. The answers depend on
// model, sampling, seed, the prompt and its number, not on the other prompts.
func (g *generator) answer(ctx context.Context, where string, number uint64, prompt string) error {
	ids := g.tok.Encode(prompt)
	switch {
	case len(ids) == 0:
		return badf("%s: the prompt is empty: write something to answer", where)
	case len(ids) >= g.m.Context:
		return badf("%s: the prompt is %d tokens long, the model's context is %d: shorten it", where, len(ids), g.m.Context)
	}
	const atOnce = 32 // answers; bounds the memory of keys and values
	r := rand.New(rand.NewPCG(g.seed, number))
	for done := 0; done < g.samples; done += atOnce {
		batch := make([][]int32, min(atOnce, g.samples-done))
		for i := range batch {
			batch[i] = ids
		}
		answers, err := g.sample(ctx, batch, r.Uint64())
		if err != nil {
			return err
		}
		for _, a := range answers {
			if err := g.write(g.judged(prompt, a)); err != nil {
				return err
			}
		}
	}
	return nil
}

// sample draws the answers to a batch of prompts.
func (g *generator) sample(ctx context.Context, prompts [][]int32, seed uint64) ([]model.Generated, error) {
	gen, err := g.m.NewGenerator(prompts, g.sampling, seed)
	if err != nil {
		return nil, err
	}
	for gen.Next() {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return gen.Answers, nil
}

func (g *generator) judged(prompt string, a model.Generated) answer {
	x := answer{Prompt: prompt, Answer: g.tok.Decode(a.Tokens), Tokens: len(a.Tokens), LogP: a.LogP, Ended: a.Ended}
	if g.world != nil {
		j := g.world.Judge(prompt, x.Answer)
		x.Reward, x.Parses = &j.Reward, &j.Parses
	}
	return x
}

// writeText writes prompt and answer as one text, and under it what the world says.
func writeText(w io.Writer, x answer) error {
	text := x.Prompt + x.Answer + "\n"
	if x.Reward != nil {
		verdict := "does not parse"
		if *x.Parses {
			verdict = "parses"
		}
		text += fmt.Sprintf("  (true reward %.3f, %s)\n", *x.Reward, verdict)
	}
	_, err := io.WriteString(w, text)
	return err
}
