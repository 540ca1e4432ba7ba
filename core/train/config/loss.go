package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dpolab/core/dpo"
)

// Term is one loss of a run, with its weight.
type Term struct {
	Weight float64
	dpo.Kind
}

func lossNames() (names []string) {
	for _, k := range dpo.Losses {
		names = append(names, k.Name)
	}
	return names
}

// parseLoss reads the setting loss: a name, or a sum of weight*name.
func parseLoss(text string) (terms []Term, err error) {
	for part := range strings.SplitSeq(text, "+") {
		t := Term{Weight: 1}
		weight, name, found := strings.Cut(part, "*")
		if !found {
			weight, name = "1", part
		}
		var ok bool
		if t.Kind, ok = dpo.Named(strings.TrimSpace(name)); !ok {
			return nil, fmt.Errorf("%q is not one of %q", strings.TrimSpace(name), lossNames())
		}
		if t.Weight, err = strconv.ParseFloat(strings.TrimSpace(weight), 64); err != nil || !(t.Weight > 0 && t.Weight <= 1000) {
			return nil, fmt.Errorf("the weight %q of %s is not a number above 0 and at most 1000", strings.TrimSpace(weight), t.Name)
		}
		if slices.ContainsFunc(terms, func(o Term) bool { return o.Name == t.Name }) {
			return nil, fmt.Errorf("%s stands in the sum twice", t.Name)
		}
		terms = append(terms, t)
	}
	return terms, nil
}

// canonical is the setting loss in the one way that it is written.
func canonical(text string) (string, error) {
	terms, err := parseLoss(text)
	var parts []string
	for _, t := range terms {
		part := t.Name
		if t.Weight != 1 {
			part = strconv.FormatFloat(t.Weight, 'g', -1, 64) + "*" + part
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "+"), err
}

// Terms are the losses that are added; nil where the setting cannot be read.
func (c *Config) Terms() []Term {
	terms, _ := parseLoss(c.Loss)
	return terms
}

func (c *Config) any(f func(dpo.Kind) bool) bool {
	return slices.ContainsFunc(c.Terms(), func(t Term) bool { return f(t.Kind) })
}

// NeedsReference reports whether the reference's log-probabilities are asked for;
// where they are not they count as 0.
func (c *Config) NeedsReference() bool {
	return !c.ReferenceFree && c.any(func(k dpo.Kind) bool { return k.Reference })
}

// NeedsLengths says of which answers the loss needs the number of tokens.
func (c *Config) NeedsLengths() (of dpo.Lengths) {
	for _, t := range c.Terms() {
		of = max(of, t.Lengths)
	}
	return of
}

// NeedsKL reports whether the loss asks for log-ratios of answers to other prompts.
func (c *Config) NeedsKL() bool { return c.any(func(k dpo.Kind) bool { return k.KL }) }

// NeedsBatch reports whether a pair's loss depends on what the policy says of the
// other pairs of its batch.
func (c *Config) NeedsBatch() bool {
	return c.BCOShift || c.any(func(k dpo.Kind) bool { return k.Batch })
}

// LossSettings are the numbers that the losses read. The facts of a batch are for
// the caller to fill in.
func (c *Config) LossSettings() dpo.Settings {
	return dpo.Settings{Beta: c.Beta, LabelSmoothing: c.LabelSmoothing, Divergence: c.Divergence, DivergenceAlpha: c.DivergenceAlpha,
		Tau: c.Tau, DPOPLambda: c.DPOPLambda, RDPOAlpha: c.RDPOAlpha, CPOAlpha: c.CPOAlpha, ORPOLambda: c.ORPOLambda, Gamma: c.Gamma,
		UnlikelihoodAlpha: c.Unlikelihood, KTODesirable: c.KTODesirable, KTOUndesirable: c.KTOUndesirable}
}

// NewLoss builds the run's loss.
func (c *Config) NewLoss(s dpo.Settings) dpo.Loss {
	terms := c.Terms()
	if len(terms) == 1 && terms[0].Weight == 1 {
		return terms[0].New(s)
	}
	var sum dpo.Sum
	for _, t := range terms {
		sum = append(sum, dpo.Term{Weight: t.Weight, Loss: t.New(s)})
	}
	return sum
}

// forAll are settings that change what every loss of a sum is given.
var forAll = []string{"wpo", "ld-alpha"}

// Used reports whether a setting makes a difference as the others stand.
func Used(f *Field, c *Config) bool {
	if !f.OfLoss {
		return true
	}
	return c.takes(f.Name) && (f.with == nil || f.with(c))
}

// takes reports whether the loss reads a setting, as its rows of dpo.Losses say.
func (c *Config) takes(setting string) bool {
	if slices.Contains(forAll, setting) {
		return !c.any(func(k dpo.Kind) bool { return !k.Takes(setting) })
	}
	return c.any(func(k dpo.Kind) bool { return k.Takes(setting) })
}

// checkLoss refuses settings that the loss would pass over in silence, and a loss
// whose settings make no sense.
func (c *Config) checkLoss() error {
	d := Defaults()
	var errs []error
	for i := range Fields {
		f := &Fields[i]
		if was := f.Get(&d); !Used(f, c) && f.Get(c) != was {
			errs = append(errs, fmt.Errorf("%s: %s: leave it at %s", f.Name, c.unused(f), was))
		}
	}
	if c.any(func(k dpo.Kind) bool { return k.Name == "exo_pair" }) && c.LabelSmoothing == 0 {
		errs = append(errs, errors.New("label-smoothing: exo_pair needs more than 0: 0.001 is usual"))
	}
	if c.NeedsKL() && c.BatchSize < 2 {
		errs = append(errs, errors.New("batch-size: kto needs 2 or more: it compares a pair's answers with another pair's prompt"))
	}
	return errors.Join(errs...)
}

// unused says why a setting makes no difference.
func (c *Config) unused(f *Field) string {
	if !c.takes(f.Name) {
		return "loss " + c.Loss + " does not use it"
	}
	return "it makes no difference with the other settings as they are"
}

// Tidy sets what the loss does not use back to its default.
func (c *Config) Tidy() {
	d := Defaults()
	for i := range Fields {
		if f := &Fields[i]; !Used(f, c) && f.Get(c) != f.Get(&d) {
			_ = f.Set(c, f.Get(&d)) // a default is in range
		}
	}
}
