// Package config is the one table of settings of a run. Command-line flags, the
// page's controls, the saved run and the link are all made from it. It knows nothing
// of models, files or browsers, only the table of losses.
package config

import (
	"errors"
	"fmt"

	"dpolab/core/dpo"
)

// Config is everything that decides a run, besides the model and the pairs.
// Defaults gives the values; Fields gives unit, range and reason of each.
type Config struct {
	Loss           string // a name of dpo.Losses, or a sum of them: 0.8*sigmoid+0.2*bco_pair
	Beta           float64
	LabelSmoothing float64

	Divergence      string
	DivergenceAlpha float64
	Tau             float64
	DPOPLambda      float64
	RDPOAlpha       float64
	CPOAlpha        float64
	ORPOLambda      float64
	Gamma           float64
	KTODesirable    float64
	KTOUndesirable  float64
	Unlikelihood    float64
	BCOShift        bool

	WPO           bool
	LDAlpha       float64
	ReferenceFree bool
	TRDPO         bool
	TRSteps       int
	TRAlpha       float64

	LearningRate float64
	Schedule     string
	WarmupSteps  int
	WeightDecay  float64
	Beta1        float64
	Beta2        float64
	Epsilon      float64
	MaxGradNorm  float64
	BatchSize    int
	MicroBatch   int
	Epochs       int
	EvalEvery    int
	EvalPairs    int
	Seed         uint64
}

// Defaults are the settings a page opens with: the paper's β, the learning rate
// that a model of a million parameters wants (METHOD: 1e-4 to 1e-3, tens of steps).
func Defaults() Config {
	return Config{
		Loss: "sigmoid", Beta: 0.1, LabelSmoothing: 0,
		Divergence: dpo.ReverseKLName, DivergenceAlpha: 0.5, Tau: 0.05, DPOPLambda: 50, RDPOAlpha: 0.05,
		CPOAlpha: 1, ORPOLambda: 0.1, Gamma: 1, KTODesirable: 1, KTOUndesirable: 1, Unlikelihood: 0.5,
		LDAlpha: 1, TRSteps: 20, TRAlpha: 0.6,
		LearningRate: 2e-4, Schedule: Linear, WarmupSteps: 5,
		WeightDecay: 0, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, MaxGradNorm: 1,
		BatchSize: 16, MicroBatch: 4, Epochs: 1,
		EvalEvery: 10, EvalPairs: 48, Seed: 1,
	}
}

// How a run's learning rate moves.
const (
	Constant = "constant"
	Linear   = "linear"
	Cosine   = "cosine"
)

// Validate reports every bad field at once, joined: a value out of its range, and a
// setting that was changed and that the loss does not use.
func (c Config) Validate() error {
	var errs []error
	for i := range Fields {
		errs = append(errs, Fields[i].check(&c))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return c.checkLoss()
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
		if s[0] == retired {
			if s[1] == "sft" {
				c.Loss = "sft"
			}
			continue
		}
		f, ok := ByName(s[0])
		if !ok {
			errs = append(errs, fmt.Errorf("%s: there is no such setting", s[0]))
			continue
		}
		errs = append(errs, f.Set(c, s[1]))
	}
	return errors.Join(errs...)
}

// retired is a setting of runs that were saved before there was a table of losses:
// "dpo" was loss sigmoid, "sft" has become a loss.
const retired = "objective"
