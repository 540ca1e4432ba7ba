package e2e

import (
	"slices"
	"testing"

	"dpolab/wasm/e2e/internal/lab"
)

// TestSameRunSameWeights: two browsers, the same settings. One trains through;
// the other is stepped, sampled from, paused and set going again. The loss of
// every step and the weights at the end are the same, bit for bit.
func TestSameRunSameWeights(t *testing.T) {
	url := lab.Server(t)
	file := jsonl(t, rows(96))
	prepare := func() *lab.Page {
		p := openAt(t, url)
		give(p, file, 96)
		p.Type("batch-size", "8")
		p.Type("seed", "7")
		return p
	}
	p := prepare()
	p.Click("train")
	phase(p, run, "done")
	want := p.Weights()

	q := prepare()
	stepTo(q, 2)
	q.Click("sample")
	q.Until("the answer to end", moment, func() bool { return q.Data("answer-policy", "done") == "true" })
	q.Click("train")
	q.Until("the fourth update", run, func() bool { return steps(q) >= 4 })
	q.Click("pause")
	phase(q, moment, "paused", "done")
	stepTo(q, steps(q)+1)
	q.Click("sample")
	if q.Data("status", "phase") == "paused" {
		q.Click("train")
	}
	phase(q, run, "done")
	if got := q.Weights(); got != want {
		t.Errorf("trained through: weights %s; paused and stepped: %s", want, got)
	}
	a, b := p.Losses(), q.Losses()
	if len(a) != total(p) || !slices.Equal(a, b) {
		t.Errorf("losses of all steps, trained through:\n%v\npaused and stepped:\n%v\nwant one a step, and equal", a, b)
	}
	p.NoErrors()
	q.NoErrors()
}
