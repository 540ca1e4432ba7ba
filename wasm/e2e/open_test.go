package e2e

import (
	"testing"
	"time"

	"dpolab/wasm/e2e/internal/lab"
)

// TestOpen: the page comes up by itself with a model that answers.
func TestOpen(t *testing.T) {
	url := lab.Server(t)
	b := lab.NewBrowser(t)
	start := time.Now()
	p := b.Open(url)
	ready(p)
	model := time.Since(start)
	p.Until("an answer of the base model", loading, func() bool { return p.Text("answer-policy") != "" && p.Text("answer-reference") != "" })
	// Recorded, not asserted: the design's 2.5 s are for a machine of its own.
	t.Logf("model ready %v after navigation, first answers after %v", model.Round(time.Millisecond), time.Since(start).Round(time.Millisecond))

	for _, id := range []string{"preset", "pairs", "train", "step", "reset", "beta", "learning-rate", "batch-size", "seed", "prompt", "sample", "download", "status"} {
		if !p.Has(id) {
			t.Errorf("there is no %s on the page", id)
		}
	}
	if p.Has("error") {
		t.Errorf("a fresh page shows an error: %s", p.Text("error"))
	}
	if !lab.Eval[bool](p, "crossOriginIsolated") {
		t.Error("the page is not cross-origin isolated")
	}
	p.NoErrors()
}

// TestSample: the same prompt and seed give the same answers again, and at
// step 0 policy and reference are one model.
func TestSample(t *testing.T) {
	p := open(t)
	answers := func() (string, string) {
		p.Click("sample")
		p.Until("both answers to end", moment, func() bool {
			return p.Data("answer-policy", "done") == "true" && p.Data("answer-reference", "done") == "true"
		})
		return p.Text("answer-policy"), p.Text("answer-reference")
	}
	p.Until("the first answers", loading, func() bool { return p.Data("answer-reference", "done") == "true" })
	policy, reference := answers()
	if policy == "" || policy != reference {
		t.Errorf("before training the policy says %q and the reference %q; want the same words", policy, reference)
	}
	if again, _ := answers(); again != policy {
		t.Errorf("the same seed answers %q and then %q", policy, again)
	}
	p.NoErrors()
}
