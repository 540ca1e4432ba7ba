package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"

	"dpolab/core/dpo"
	"dpolab/core/train/config"
)

const lossLine = "compute a preference loss and its gradients from log-probabilities"

// lossOptions are the flags of loss: those of the table of settings that a loss
// reads, and what comes from a whole run there.
type lossOptions struct {
	data     string
	delta    float64
	settings settings
}

// loss reads JSON lines of log-probabilities and prints one JSON object.
func (a *app) loss(_ context.Context, args []string) error {
	o := &lossOptions{}
	fs := flag.NewFlagSet("loss", flag.ContinueOnError)
	fs.StringVar(&o.data, "data", "", "`file` of JSON lines, one a pair: policy_chosen, policy_rejected, reference_chosen, reference_rejected (log-probabilities, summed over tokens), chosen_tokens, rejected_tokens; kl_logratio for kto; wpo_weight for --wpo on; policy_chosen_logps and so on (of each token) for --ld-alpha. Without it standard input is read")
	fs.Float64Var(&o.delta, "bco-delta", 0, "`shift` δ of bco_pair, in units of reward; training takes the running mean of the rewards")
	for i := range config.Fields {
		if f := &config.Fields[i]; ofPairs(f) {
			fs.Var(&setting{f, &o.settings}, f.Name, settingHelp(f))
		}
	}
	if err := a.parse(fs, args, lossLine); err != nil {
		return err
	}
	cfg, err := o.config()
	if err != nil {
		return badInput{err}
	}
	pairs, err := a.readLossPairs(o.data, &cfg)
	if err != nil {
		return badInput{err}
	}
	result := pairs.loss(&cfg, o.delta)
	if n := pairs.clamped(&cfg); n > 0 {
		fmt.Fprintf(a.err, "an exponent of the divergence was cut to 80 in %d of %d pairs: they have no gradient there\n", n, len(pairs))
	}
	if math.IsNaN(result.Loss) || math.IsInf(result.Loss, 0) {
		return badf("the loss is %v: the log-probabilities are too large for float64", result.Loss)
	}
	b, err := json.Marshal(result)
	if err != nil {
		return badf("a gradient is not finite: the log-probabilities are too large for float64")
	}
	fmt.Fprintf(a.out, "%s\n", b)
	return nil
}

// ofPairs reports whether a setting means something without a run.
func ofPairs(f *config.Field) bool {
	switch f.Name {
	case "loss", "beta":
		return true
	case "tr-dpo", "tr-steps", "tr-alpha", "bco-shift":
		return false
	}
	return f.OfLoss
}

// config is the settings that were given, checked as those of a run are.
func (o *lossOptions) config() (config.Config, error) {
	cfg := config.Defaults()
	if err := cfg.Apply(o.settings.given); err != nil {
		return cfg, err
	}
	if err := cfg.Validate(); err != nil {
		return cfg, err
	}
	shifted := cfg
	shifted.BCOShift = true
	if f, _ := config.ByName("bco-shift"); o.delta != 0 && !config.Used(f, &shifted) {
		return cfg, fmt.Errorf("bco-delta: loss %s does not use it: leave it out", cfg.Loss)
	}
	if math.IsNaN(o.delta) || math.IsInf(o.delta, 0) {
		return cfg, errors.New("bco-delta: want a finite number")
	}
	return cfg, nil
}

// lossResult is what loss prints: of every pair, and the mean.
type lossResult struct {
	Losses          []float64 `json:"losses"` // of ranks, where the loss sorts
	Loss            float64   `json:"loss"`
	GradChosen      []float64 `json:"grad_chosen"` // of Loss
	GradRejected    []float64 `json:"grad_rejected"`
	ChosenRewards   []float64 `json:"chosen_rewards"`
	RejectedRewards []float64 `json:"rejected_rewards"`
	Margins         []float64 `json:"margins"`
	Weights         []float64 `json:"weights"` // −(1/β)·∂(the pair's loss)/∂policy_chosen
}

// loss computes the loss of the pairs.
func (p lossPairs) loss(cfg *config.Config, delta float64) (r lossResult) {
	s := cfg.LossSettings()
	s.Delta, s.KL = delta, dpo.KLEstimate(p.mismatched())
	pairs := p.pairs(cfg)
	losses, grads := cfg.NewLoss(s).Batch(pairs)
	if w := p.weights(); w != nil {
		dpo.Weigh(losses, grads, w)
	}
	n := float64(len(pairs))
	for i, pair := range pairs {
		chosen, rejected := pair.Rewards(cfg.Beta)
		r.Losses = append(r.Losses, losses[i])
		r.Loss += losses[i] / n
		r.GradChosen = append(r.GradChosen, grads[i].Chosen/n)
		r.GradRejected = append(r.GradRejected, grads[i].Rejected/n)
		r.ChosenRewards = append(r.ChosenRewards, chosen)
		r.RejectedRewards = append(r.RejectedRewards, rejected)
		r.Margins = append(r.Margins, chosen-rejected)
		r.Weights = append(r.Weights, grads[i].Weight(cfg.Beta))
	}
	return r
}
