// Package config is the one table of settings of a run. Command-line flags, the
// page's controls, the saved run and the link are all made from it. It is a leaf:
// it knows nothing of models, files or browsers.
package config

import (
	"errors"
	"fmt"
	"math"
	"strconv"
)

// Config is everything that decides a run, besides the model and the pairs.
// Defaults gives the values; Fields gives unit, range and reason of each.
type Config struct {
	Objective      string
	Beta           float64
	LabelSmoothing float64
	LearningRate   float64
	Schedule       string
	WarmupSteps    int
	WeightDecay    float64
	Beta1          float64
	Beta2          float64
	Epsilon        float64
	MaxGradNorm    float64
	BatchSize      int
	MicroBatch     int
	Epochs         int
	EvalEvery      int
	EvalPairs      int
	Seed           uint64
}

// Defaults are the settings a page opens with: the paper's β, the learning rate
// that a model of a million parameters wants (METHOD: 1e-4 to 1e-3, tens of steps).
func Defaults() Config {
	return Config{
		Objective: DPO, Beta: 0.1, LabelSmoothing: 0,
		LearningRate: 2e-4, Schedule: Linear, WarmupSteps: 5,
		WeightDecay: 0, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, MaxGradNorm: 1,
		BatchSize: 16, MicroBatch: 4, Epochs: 1,
		EvalEvery: 10, EvalPairs: 48, Seed: 1,
	}
}

// What a run optimises, and how its learning rate moves.
const (
	DPO = "dpo" // preference pairs against a frozen reference
	SFT = "sft" // cross-entropy on the chosen answers

	Constant = "constant"
	Linear   = "linear"
	Cosine   = "cosine"
)

// When says when a changed setting takes hold.
type When uint8

const (
	Live    When = iota // with the next step
	AtReset             // only with a new run: it is part of how a run begins
)

// Field is one row of the table: how a setting is named, shown, bounded and reached.
type Field struct {
	Name    string // in flags, links, saved runs
	Label   string // beside its control
	Unit    string
	Help    string // one sentence: what it does
	When    When
	Lo, Hi  float64  // inclusive; OpenLo excludes Lo
	OpenLo  bool     //
	Choices []string // a text setting takes one of these
	text    func(*Config) *string
	num     func(*Config) *float64
	count   func(*Config) *int
	seed    func(*Config) *uint64
}

// Fields is the table.
var Fields = []Field{
	{Name: "objective", Label: "Objective", When: AtReset, Choices: []string{DPO, SFT},
		Help: "dpo learns from pairs against a frozen reference; sft imitates the chosen answers.",
		text: func(c *Config) *string { return &c.Objective }},
	{Name: "beta", Label: "β", Lo: 0, OpenLo: true, Hi: 100,
		Help: "How dear it is to move away from the reference: small β moves far, large β stays close.",
		num:  func(c *Config) *float64 { return &c.Beta }},
	{Name: "label-smoothing", Label: "Label smoothing", Lo: 0, Hi: 0.499,
		Help: "The share of labels assumed to be wrong (conservative DPO).",
		num:  func(c *Config) *float64 { return &c.LabelSmoothing }},
	{Name: "learning-rate", Label: "Learning rate", Lo: 0, OpenLo: true, Hi: 1,
		Help: "How far one update moves the weights, at the top of the schedule.",
		num:  func(c *Config) *float64 { return &c.LearningRate }},
	{Name: "schedule", Label: "Schedule", Choices: []string{Constant, Linear, Cosine},
		Help: "How the learning rate falls after the warm-up.",
		text: func(c *Config) *string { return &c.Schedule }},
	{Name: "warmup-steps", Label: "Warm-up", Unit: "steps", Lo: 0, Hi: 1e6,
		Help:  "Steps over which the learning rate rises from zero.",
		count: func(c *Config) *int { return &c.WarmupSteps }},
	{Name: "weight-decay", Label: "Weight decay", Lo: 0, Hi: 10,
		Help: "AdamW's pull of the matrices towards zero.",
		num:  func(c *Config) *float64 { return &c.WeightDecay }},
	{Name: "adam-beta1", Label: "Adam β₁", Lo: 0, Hi: 0.9999,
		Help: "Memory of the gradient's running mean.",
		num:  func(c *Config) *float64 { return &c.Beta1 }},
	{Name: "adam-beta2", Label: "Adam β₂", Lo: 0, Hi: 0.99999,
		Help: "Memory of the squared gradient's running mean.",
		num:  func(c *Config) *float64 { return &c.Beta2 }},
	{Name: "adam-epsilon", Label: "Adam ε", Lo: 0, OpenLo: true, Hi: 1,
		Help: "Keeps AdamW's division from blowing up.",
		num:  func(c *Config) *float64 { return &c.Epsilon }},
	{Name: "max-grad-norm", Label: "Gradient clip", Lo: 0, Hi: 1e6,
		Help: "Longest gradient that is used as it is; longer ones are scaled down. 0 turns it off.",
		num:  func(c *Config) *float64 { return &c.MaxGradNorm }},
	{Name: "batch-size", Label: "Batch size", Unit: "pairs", Lo: 1, Hi: 4096,
		Help:  "Pairs whose gradients are averaged for one update.",
		count: func(c *Config) *int { return &c.BatchSize }},
	{Name: "micro-batch", Label: "Micro-batch", Unit: "pairs", When: AtReset, Lo: 1, Hi: 4096,
		Help:  "Most pairs computed at once; part of the run, because it fixes the order of sums.",
		count: func(c *Config) *int { return &c.MicroBatch }},
	{Name: "epochs", Label: "Epochs", Lo: 1, Hi: 1000,
		Help:  "Times that every pair is seen.",
		count: func(c *Config) *int { return &c.Epochs }},
	{Name: "eval-every", Label: "Evaluate every", Unit: "steps", Lo: 0, Hi: 1e6,
		Help:  "How often held-out pairs are scored during training. 0: only at the end.",
		count: func(c *Config) *int { return &c.EvalEvery }},
	{Name: "eval-pairs", Label: "Held-out pairs", Unit: "pairs", Lo: 1, Hi: 1e6,
		Help:  "How many held-out pairs are scored during training; all of them at the end.",
		count: func(c *Config) *int { return &c.EvalPairs }},
	{Name: "seed", Label: "Seed", When: AtReset, Lo: 0, Hi: 1 << 53,
		Help: "Decides the order of the pairs: the same seed gives the same run.",
		seed: func(c *Config) *uint64 { return &c.Seed }},
}

// ByName returns the row of a setting.
func ByName(name string) (*Field, bool) {
	for i := range Fields {
		if Fields[i].Name == name {
			return &Fields[i], true
		}
	}
	return nil, false
}

// Get formats the field's value as Set reads it.
func (f *Field) Get(c *Config) string {
	switch {
	case f.text != nil:
		return *f.text(c)
	case f.num != nil:
		return strconv.FormatFloat(*f.num(c), 'g', -1, 64)
	case f.count != nil:
		return strconv.Itoa(*f.count(c))
	}
	return strconv.FormatUint(*f.seed(c), 10)
}

// Set reads a value into c. A value that cannot be read or lies outside the
// field's range is an error, and c is left as it was.
func (f *Field) Set(c *Config, value string) error {
	next := *c
	var err error
	switch {
	case f.text != nil:
		*f.text(&next) = value
	case f.num != nil:
		*f.num(&next), err = strconv.ParseFloat(value, 64)
	case f.count != nil:
		*f.count(&next), err = strconv.Atoi(value)
	default:
		*f.seed(&next), err = strconv.ParseUint(value, 10, 64)
	}
	if err != nil {
		return fmt.Errorf("%s: %q is not a %s", f.Name, value, f.kind())
	}
	if err := f.check(&next); err != nil {
		return err
	}
	*c = next
	return nil
}

func (f *Field) kind() string {
	if f.num != nil {
		return "number"
	}
	return "whole number"
}

// check holds one field of c against its row.
func (f *Field) check(c *Config) error {
	if f.text != nil {
		v := *f.text(c)
		for _, ok := range f.Choices {
			if v == ok {
				return nil
			}
		}
		return fmt.Errorf("%s: %q is not one of %q", f.Name, v, f.Choices)
	}
	var v float64
	switch {
	case f.num != nil:
		v = *f.num(c)
	case f.count != nil:
		v = float64(*f.count(c))
	default:
		v = float64(*f.seed(c))
	}
	if math.IsNaN(v) || v < f.Lo || v > f.Hi || f.OpenLo && v == f.Lo {
		return fmt.Errorf("%s: %v is out of range, want %s", f.Name, f.Get(c), f.Range())
	}
	return nil
}

// Range says in words what values the field takes.
func (f *Field) Range() string {
	num := func(v float64) string {
		if f.num == nil {
			return strconv.FormatFloat(v, 'f', 0, 64)
		}
		return strconv.FormatFloat(v, 'g', 10, 64)
	}
	if f.OpenLo {
		return "more than " + num(f.Lo) + ", at most " + num(f.Hi)
	}
	return num(f.Lo) + " to " + num(f.Hi)
}

// Validate reports every bad field at once, joined.
func (c Config) Validate() error {
	var errs []error
	for i := range Fields {
		errs = append(errs, Fields[i].check(&c))
	}
	return errors.Join(errs...)
}

// Changed lists the settings whose value is not the default, as name and value
// in the table's order: what a link or a saved run has to say.
func (c Config) Changed() [][2]string {
	d := Defaults()
	var out [][2]string
	for i := range Fields {
		if v := Fields[i].Get(&c); v != Fields[i].Get(&d) {
			out = append(out, [2]string{Fields[i].Name, v})
		}
	}
	return out
}

// Apply sets what Changed listed, on top of c. Every unusable setting is reported.
func (c *Config) Apply(settings [][2]string) error {
	var errs []error
	for _, s := range settings {
		f, ok := ByName(s[0])
		if !ok {
			errs = append(errs, fmt.Errorf("%s: there is no such setting", s[0]))
			continue
		}
		errs = append(errs, f.Set(c, s[1]))
	}
	return errors.Join(errs...)
}
