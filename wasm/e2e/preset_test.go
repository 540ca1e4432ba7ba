package e2e

import (
	"testing"
	"time"

	"dpolab/wasm/bridge"
	"dpolab/wasm/e2e/internal/lab"
)

// TestPreset: what a first visitor gets by pressing Train and nothing else. From
// the base model that knows no preference, held-out pairs are ranked right nine
// times in ten, and fresh answers are truly better.
func TestPreset(t *testing.T) {
	p := open(t)
	start := time.Now()
	p.Click("train")
	phase(p, preset, "done")
	t.Logf("the run took %v", time.Since(start).Round(time.Second)) // recorded: the goal is 60 s on two cores
	p.Until("the judgement of the trained model", preset, func() bool { return judgement(p) != nil })

	before, after := evaluation(p, 0), evaluation(p, steps(p))
	if got := before["eval_ranking_accuracy"]; got < 0.3 || got > 0.7 {
		t.Errorf("the base model ranks %v of the held-out pairs as preferred, want about half", got)
	}
	if got := before["eval_rewards/accuracies"]; got != 0 {
		t.Errorf("accuracy at step 0 is %v: policy and reference are one model there", got)
	}
	if got := after["eval_pairs"]; got < 500 {
		t.Errorf("%v held-out pairs were scored at the end, want 500 or more", got)
	}
	if got := after["eval_rewards/accuracies"]; !(got >= 0.9) {
		t.Errorf("held-out accuracy is %v at the end, want 0.9", got)
	}
	j := judgement(p)
	t.Logf("held-out accuracy %v; true reward %+v, of the base model %+v, KL %+v", after["eval_rewards/accuracies"], j.Policy, j.Reference, j.KL)
	if !(j.Policy.Lo > j.Reference.Hi) {
		t.Errorf("true reward %+v, of the base model %+v: want the intervals apart", j.Policy, j.Reference)
	}
	p.NoErrors()
}

// preset is how long the preset's run, or judging it, may take on a slow machine.
const preset = 6 * time.Minute

// judgement returns the finished judgement of the policy as it stands, or nil.
func judgement(p *lab.Page) *bridge.Judged {
	for _, j := range lab.Heard[*bridge.Judged](p) {
		if j.Finished && j.Step == steps(p) {
			return j
		}
	}
	return nil
}

// evaluation returns the metrics of a step by name, as the trainer last told them.
func evaluation(p *lab.Page, step int) map[string]float64 {
	out := map[string]float64{}
	for _, m := range lab.Heard[*bridge.Metrics](p) {
		for i, s := range m.Steps {
			for k, name := range m.Names {
				if s == step {
					out[name] = m.Values[i*len(m.Names)+k]
				}
			}
		}
	}
	return out
}
