package e2e

import (
	"bytes"
	"strings"
	"testing"

	"dpolab/wasm/e2e/internal/lab"
)

// refused waits for an error that says all of what, and checks that the page
// still works: the pairs are there, and a step can be made.
func refused(t *testing.T, p *lab.Page, had int, says ...string) {
	t.Helper()
	p.Until("an error message", moment, func() bool { return p.Has("error") && p.Text("error") != "" })
	message := p.Text("error")
	for _, want := range says {
		if !strings.Contains(strings.ToLower(message), want) {
			t.Errorf("the message %q does not say %q", message, want)
		}
	}
	if got := pairs(p); got != had {
		t.Errorf("%d pairs after the refusal, want the %d there were", got, had)
	}
	p.Click("dismiss")
	p.Until("the error to go", moment, func() bool { return !p.Has("error") })
}

// TestBadFiles: what cannot be used is refused with a reason, and nothing is lost.
func TestBadFiles(t *testing.T) {
	p := open(t)
	had := pairs(p)
	for _, c := range []struct {
		name string
		data []byte
		says []string
	}{
		{"empty.jsonl", nil, []string{"empty"}},
		{"binary.jsonl", bytes.Repeat([]byte{0, 0xff, 0x80, 7}, 1000), []string{"not imported"}},
		{"text.txt", []byte("this is no JSON\nat all\n"), []string{"not imported"}},
		{"deep.jsonl", []byte(`{"prompt":` + strings.Repeat("[", 12_000) + strings.Repeat("]", 12_000) + `}`), []string{"not imported"}},
		{"huge.jsonl", bytes.Repeat([]byte(`{"prompt":"a","chosen":" b","rejected":" c"}`+"\n"), 100<<20/46), []string{"mib"}},
	} {
		p.Files("import", write(t, c.name, c.data))
		refused(t, p, had, c.says...)
	}
	p.Click("step")
	p.Until("a step after all the refusals", run, func() bool { return steps(p) == 1 })
	p.NoErrors()
}

// TestBadRows: one bad row does not spoil a file; it is named by its line.
func TestBadRows(t *testing.T) {
	p := open(t)
	long := row{"A prompt", " " + strings.Repeat("word ", 1<<20/5), " no"}
	good := rows(6)
	all := append(append(append([]row{}, good[:3]...), long, row{"same", " answer", " answer"}), good[3:]...)
	p.Files("import", jsonl(t, all))
	p.Until("the six good pairs", moment, func() bool { return pairs(p) == 6 })
	p.Until("the two bad rows", moment, func() bool {
		problems := p.Text("problems")
		return strings.Contains(problems, "line 4") && strings.Contains(problems, "line 5")
	})
	p.NoErrors()
}

// TestBadSettings: a setting out of range is marked and does not reach the run.
func TestBadSettings(t *testing.T) {
	p := open(t)
	setUp(t, p)
	for _, c := range []struct{ id, bad, good string }{
		{"learning-rate", "NaN", "0.001"},
		{"learning-rate", "-1", "0.001"},
		{"beta", "0", "0.1"},
		{"beta", "-0.5", "0.1"},
		{"batch-size", "0", "8"},
		{"batch-size", "97", "8"}, // more than the set has
		{"seed", "-3", "1"},
	} {
		p.Type(c.id, c.bad)
		p.Until(c.id+"="+c.bad+" to be marked as wrong", moment, func() bool {
			return lab.Eval[bool](p, `document.querySelector('[data-testid="`+c.id+`"]').getAttribute("aria-invalid") === "true"`)
		})
		p.Type(c.id, c.good)
		p.Until(c.id+"="+c.good+" to be accepted", moment, func() bool {
			return !lab.Eval[bool](p, `document.querySelector('[data-testid="`+c.id+`"]').getAttribute("aria-invalid") === "true"`)
		})
	}
	p.Click("step")
	p.Until("a step after all the corrections", run, func() bool { return steps(p) == 1 })
	if loss := p.Value("loss"); !(loss > 0.5 && loss < 0.9) {
		t.Errorf("loss %v at the first step, want about ln 2", loss)
	}
	p.NoErrors()
}

// TestAddPair: a pair written on the page counts.
func TestAddPair(t *testing.T) {
	p := open(t)
	give(p, jsonl(t, rows(8)), 8)
	p.Click("add-pair")
	p.Until("the ninth pair", moment, func() bool { return pairs(p) == 9 })
	p.NoErrors()
}
