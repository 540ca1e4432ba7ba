package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"dpolab/core/dpo"
	"dpolab/core/train/config"
)

// lossPair is one line of what loss reads; nil is a field that the line lacks.
type lossPair struct {
	PolicyChosen      *float64 `json:"policy_chosen"`
	PolicyRejected    *float64 `json:"policy_rejected"`
	ReferenceChosen   *float64 `json:"reference_chosen"`
	ReferenceRejected *float64 `json:"reference_rejected"`
	ChosenTokens      *int     `json:"chosen_tokens"`
	RejectedTokens    *int     `json:"rejected_tokens"`

	KLLogRatio *float64 `json:"kl_logratio"` // of the prompt with an answer to another prompt
	WPOWeight  *float64 `json:"wpo_weight"`  // chosen's times rejected's

	PolicyChosenLogps      []float64 `json:"policy_chosen_logps"` // a token each
	PolicyRejectedLogps    []float64 `json:"policy_rejected_logps"`
	ReferenceChosenLogps   []float64 `json:"reference_chosen_logps"`
	ReferenceRejectedLogps []float64 `json:"reference_rejected_logps"`
}

type lossPairs []lossPair

// readLossPairs reads a file, or standard input where there is no name. Every line
// that lacks what the loss needs is reported.
func (a *app) readLossPairs(name string, cfg *config.Config) (lossPairs, error) {
	in := a.in
	if name == "" {
		name = "standard input"
	} else {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("--data: %w", err)
		}
		defer f.Close()
		in = f
	}
	pairs, lines, err := scanLossPairs(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	weighted := cfg.WPO
	for _, p := range pairs {
		weighted = weighted || p.WPOWeight != nil
	}
	var errs []error
	for i := range pairs {
		if err := pairs[i].check(cfg, weighted); err != nil {
			errs = append(errs, fmt.Errorf("%s: line %d: %w", name, lines[i], err))
		}
	}
	return pairs, errors.Join(errs...)
}

// scanLossPairs reads JSON lines and where each stands; empty lines are passed over.
func scanLossPairs(in io.Reader) (pairs lossPairs, lines []int, err error) {
	const longest = 16 << 20 // bytes of a line
	scan := bufio.NewScanner(in)
	scan.Buffer(nil, longest)
	for n := 1; scan.Scan(); n++ {
		line := bytes.TrimSpace(scan.Bytes())
		if len(line) == 0 {
			continue
		}
		var p lossPair
		if err := json.Unmarshal(line, &p); err != nil {
			return nil, nil, fmt.Errorf("line %d: %w", n, inWords(err))
		}
		pairs, lines = append(pairs, p), append(lines, n)
	}
	if err := scan.Err(); err != nil {
		return nil, nil, err
	}
	if len(pairs) == 0 {
		return nil, nil, errors.New("there is no pair: write one JSON object a line")
	}
	return pairs, lines, nil
}

// kindOf says in words what a field takes.
var kindOf = map[string]string{"float64": "a number", "int": "a whole number", "[]float64": "a list of numbers"}

// inWords names the field that has a value of the wrong kind.
func inWords(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" {
		return fmt.Errorf("%s: found a %s, want %s", wrong.Field, wrong.Value, kindOf[wrong.Type.String()])
	}
	return fmt.Errorf("this is not a JSON object: %w", err)
}

// check reports the fields that the loss needs and the line lacks.
func (p *lossPair) check(cfg *config.Config, weighted bool) error {
	var errs []error
	need := func(field string, ok bool) {
		if !ok {
			errs = append(errs, fmt.Errorf("%s is missing: loss %s needs it", field, cfg.Loss))
		}
	}
	tokens := func(field string, n *int) {
		need(field, n != nil)
		if n != nil && *n < 1 {
			errs = append(errs, fmt.Errorf("%s is %d, want 1 or more", field, *n))
		}
	}
	if cfg.LDAlpha != 1 {
		errs = append(errs, p.checkLogps(cfg))
	} else {
		need("policy_chosen", p.PolicyChosen != nil)
		need("policy_rejected", p.PolicyRejected != nil)
		if cfg.NeedsReference() {
			need("reference_chosen", p.ReferenceChosen != nil)
			need("reference_rejected", p.ReferenceRejected != nil)
		}
	}
	if cfg.NeedsLengths() >= dpo.ChosenLength {
		tokens("chosen_tokens", p.ChosenTokens)
	}
	if cfg.NeedsLengths() == dpo.BothLengths {
		tokens("rejected_tokens", p.RejectedTokens)
	}
	if cfg.NeedsKL() {
		need("kl_logratio", p.KLLogRatio != nil)
	}
	if wpo, _ := config.ByName("wpo"); p.WPOWeight != nil && !config.Used(wpo, cfg) {
		errs = append(errs, fmt.Errorf("wpo_weight: loss %s does not use it", cfg.Loss))
	}
	if weighted && p.WPOWeight == nil {
		errs = append(errs, errors.New("wpo_weight is missing: every pair has one, or --wpo is off and none has"))
	}
	return errors.Join(errs...)
}

// checkLogps holds the log-probabilities of tokens, which LD-DPO needs, against each
// other.
func (p *lossPair) checkLogps(cfg *config.Config) error {
	var errs []error
	for _, of := range []struct {
		answer            string
		policy, reference []float64
	}{{"chosen", p.PolicyChosenLogps, p.ReferenceChosenLogps}, {"rejected", p.PolicyRejectedLogps, p.ReferenceRejectedLogps}} {
		switch {
		case len(of.policy) == 0:
			errs = append(errs, fmt.Errorf("policy_%s_logps is missing: ld-alpha needs the log-probability of every token", of.answer))
		case cfg.NeedsReference() && len(of.reference) != len(of.policy):
			errs = append(errs, fmt.Errorf("reference_%s_logps has %d tokens, policy_%s_logps has %d", of.answer, len(of.reference), of.answer, len(of.policy)))
		}
	}
	return errors.Join(errs...)
}

// pairs are the lines as the losses take them.
func (p lossPairs) pairs(cfg *config.Config) (out []dpo.Pair) {
	for i := range p {
		out = append(out, p[i].pair(cfg))
	}
	return out
}

func (p *lossPair) pair(cfg *config.Config) (out dpo.Pair) {
	out.ChosenTokens, out.RejectedTokens = or(p.ChosenTokens), or(p.RejectedTokens)
	if cfg.LDAlpha != 1 {
		shared := min(len(p.PolicyChosenLogps), len(p.PolicyRejectedLogps))
		out.PolicyChosen = desensitized(p.PolicyChosenLogps, shared, cfg.LDAlpha)
		out.PolicyRejected = desensitized(p.PolicyRejectedLogps, shared, cfg.LDAlpha)
		if cfg.NeedsReference() {
			out.ReferenceChosen = desensitized(p.ReferenceChosenLogps, shared, cfg.LDAlpha)
			out.ReferenceRejected = desensitized(p.ReferenceRejectedLogps, shared, cfg.LDAlpha)
		}
		return out
	}
	out.PolicyChosen, out.PolicyRejected = or(p.PolicyChosen), or(p.PolicyRejected)
	if cfg.NeedsReference() {
		out.ReferenceChosen, out.ReferenceRejected = or(p.ReferenceChosen), or(p.ReferenceRejected)
	}
	return out
}

func desensitized(logps []float64, shared int, alpha float64) float64 {
	return dpo.Desensitized(sum(logps), sum(logps[:shared]), alpha)
}

func sum(x []float64) (s float64) {
	for _, v := range x {
		s += v
	}
	return s
}

// or is what v points to, or zero.
func or[T any](v *T) (zero T) {
	if v == nil {
		return zero
	}
	return *v
}

// mismatched are the log-ratios that KTO's kl is the mean of.
func (p lossPairs) mismatched() (out []float64) {
	for i := range p {
		if v := p[i].KLLogRatio; v != nil {
			out = append(out, *v)
		}
	}
	return out
}

// weights are WPO's, nil where there are none.
func (p lossPairs) weights() (out []float64) {
	for i := range p {
		if v := p[i].WPOWeight; v != nil {
			out = append(out, *v)
		}
	}
	return out
}

// clamped counts the pairs of which an exponent was cut.
func (p lossPairs) clamped(cfg *config.Config) (n int) {
	s := cfg.LossSettings()
	for _, pair := range p.pairs(cfg) {
		if s.Clamped(pair) {
			n++
		}
	}
	return n
}
