package main

import (
	"context"
	"dpolab/core/preset"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"dpolab/core/eval"
	"dpolab/core/model"
	"dpolab/core/pref"
	"dpolab/core/token"
	"dpolab/core/train"
	"dpolab/core/world"
)

const evalLine = "measure a model on a world's prompts, against its reference"

// evalOptions are the flags of eval.
type evalOptions struct {
	model, reference, world string
	temperatures, bestOf    string
	prompts                 int
	json                    bool
	config                  eval.Config
}

// eval measures a model and says what it found.
func (a *app) eval(ctx context.Context, args []string) error {
	o := &evalOptions{}
	fs := flag.NewFlagSet("eval", flag.ContinueOnError)
	fs.StringVar(&o.model, "model", "", "`folder` of the model that is measured, or a saved run.zip, whose policy is measured against its reference")
	fs.StringVar(&o.reference, "reference", "", "`folder` of the model to compare with, as --model; best-of-n is of its answers; without it --model is measured alone")
	fs.StringVar(&o.world, "world", "", fmt.Sprintf("`world` that asks and judges, one of %q; a saved run may know its own", world.Names()))
	fs.IntVar(&o.prompts, "prompts", 200, "prompts; none of a pair in the run or beside the models is asked, while the world has others")
	fs.StringVar(&o.temperatures, "temperature", "0.7,1", "`list` of temperatures at which answers are sampled; 0 takes the likeliest token")
	fs.StringVar(&o.bestOf, "best-of", "1,4,16", "`list` of n: the best true reward of n answers of the reference at temperature 1; empty leaves it out")
	fs.IntVar(&o.config.MaxTokens, "max-tokens", answerTokens, "longest answer in tokens, the end of text included")
	fs.Uint64Var(&o.config.Seed, "seed", 1, "decides prompts, answers and intervals: same models and flags, same numbers")
	fs.BoolVar(&o.json, "json", false, "write one JSON object instead of a table")
	if err := a.parse(fs, args, evalLine); err != nil {
		return err
	}
	s, err := o.prepare()
	if err != nil {
		return err
	}
	e, err := eval.New(s.policy, s.reference, s.tok, s.world, o.config)
	if err != nil {
		return badInput{err}
	}
	res, err := measure(ctx, a.err, "measuring", e)
	if err != nil {
		return stopped{"nothing was written; the same command begins again"}
	}
	if o.json {
		return json.NewEncoder(a.out).Encode(report{o.model, o.reference, s.world.Name(), o.config.Seed, o.config.MaxTokens, res})
	}
	return writeResult(a.out, s.world, res)
}

// report is what --json writes.
type report struct {
	Model     string `json:"model"`
	Reference string `json:"reference,omitempty"`
	World     string `json:"world"`
	Seed      uint64 `json:"seed"`
	MaxTokens int    `json:"max_tokens"`
	eval.Result
}

// subject is what is measured.
type subject struct {
	policy, reference *model.Model
	tok               *token.Tokenizer
	world             world.World
	known             map[string]bool // prompts of pairs that a model may have learnt
}

// prepare checks the flags, reads the models and draws the prompts.
func (o *evalOptions) prepare() (*subject, error) {
	c := &o.config
	c.Batch = measureBatch
	var err error
	if c.Temperatures, err = numbers("temperature", o.temperatures); err != nil {
		return nil, err
	}
	if c.BestOf, err = counts("best-of", o.bestOf); err != nil {
		return nil, err
	}
	switch {
	case o.model == "":
		return nil, badf("--model is missing: name the folder of a model, or a saved run")
	case len(c.Temperatures) == 0:
		return nil, badf("--temperature is empty: name one temperature or more, such as 0.7,1")
	case o.prompts < 1:
		return nil, badf("--prompts is %d, want 1 or more", o.prompts)
	}
	for _, t := range c.Temperatures {
		if err := (model.Sampling{Temperature: t, TopP: 1, MaxTokens: c.MaxTokens}).Validate(); err != nil {
			return nil, badInput{err}
		}
	}
	s, err := o.subject()
	if err != nil {
		return nil, err
	}
	c.Prompts = eval.Prompts(s.world, o.prompts, c.Seed, s.known)
	return s, nil
}

// subject reads what --model, --reference and --world name.
func (o *evalOptions) subject() (*subject, error) {
	s := &subject{known: map[string]bool{}}
	name := o.world
	own, err := s.read("model", o.model, &s.policy)
	if err != nil {
		return nil, err
	}
	if name == "" {
		name = own
	}
	if name == "" {
		return nil, badf("--world is missing: name the world that asks and judges, one of %q", world.Names())
	}
	if s.world, err = world.ByName(name); err != nil {
		return nil, badf("--world: %w", err)
	}
	if o.reference == "" {
		return s, nil
	}
	tok := s.tok
	if _, err := s.read("reference", o.reference, &s.reference); err != nil {
		return nil, err
	}
	if string(tok.JSON()) != string(s.tok.JSON()) {
		return nil, badf("--reference: %s and %s have different tokenizers, so that neither can say how likely the other's answers are: name the model that training began with", o.reference, o.model)
	}
	return s, nil
}

// read reads a model and its tokenizer from a folder or a saved run, and notes the
// prompts of the pairs that lie with it. A run brings its reference, and the name of
// its world where it has one.
func (s *subject) read(which, path string, to **model.Model) (world string, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", badf("--%s: %w", which, err)
	}
	if info.IsDir() {
		if *to, s.tok, err = readModel(path); err != nil {
			return "", err
		}
		for _, name := range []string{preset.Pairs, preset.Heldout} {
			if err := s.note(filepath.Join(path, name)); err != nil {
				return "", err
			}
		}
		return "", nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", badf("--%s: %w", which, err)
	}
	run, err := train.Load(b, nil)
	if err != nil {
		return "", badf("--%s: %s: %w", which, path, err)
	}
	s.knows(run.Data().Train)
	s.knows(run.Data().Heldout)
	*to, s.tok = run.Policy, run.Tok
	if s.reference == nil {
		s.reference = run.Reference
	}
	return run.Data().World, nil
}

// note notes the prompts of a file of pairs, if there is one.
func (s *subject) note(path string) error {
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return badInput{err}
	}
	set, err := pref.Read(b)
	if err != nil {
		return badf("%s: %w", path, err)
	}
	s.knows(set.Pairs)
	return nil
}

func (s *subject) knows(pairs []pref.Pair) {
	for _, p := range pairs {
		s.known[p.Prompt] = true
	}
}

// numbers reads a list such as 0.7,1.
func numbers(name, list string) (out []float64, err error) {
	for _, text := range listed(list) {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, badf("--%s: %q is not a number; write a list such as 0.5,1", name, text)
		}
		out = append(out, v)
	}
	return out, nil
}

// counts reads a list such as 1,4,16 of whole numbers above 0.
func counts(name, list string) (out []int, err error) {
	for _, text := range listed(list) {
		v, err := strconv.Atoi(text)
		if err != nil || v < 1 {
			return nil, badf("--%s: %q is not a whole number above 0; write a list such as 1,4,16", name, text)
		}
		out = append(out, v)
	}
	return out, nil
}

func listed(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}
