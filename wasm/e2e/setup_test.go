// Package e2e tests the page as visitors use it: the real server, a browser
// with a fresh profile, clicks and keys.
package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"dpolab/wasm/e2e/internal/lab"
)

// Time limits are generous: the machine may be slow, and a limit that is
// reached is a failure, not a measurement.
const (
	loading = 30 * time.Second  // of programs and base model
	moment  = 10 * time.Second  // for an answer to a click
	run     = 120 * time.Second // for a short training run
)

// open loads the lab in a new browser and waits for the base model.
func open(t *testing.T) *lab.Page {
	t.Helper()
	return openAt(t, lab.Server(t))
}

func openAt(t *testing.T, url string) *lab.Page {
	t.Helper()
	p := lab.NewBrowser(t).Open(url)
	ready(p)
	return p
}

func ready(p *lab.Page) {
	phase(p, loading, "idle")
	p.Until("the Train button to work", moment, func() bool { return p.Enabled("train") })
	p.Until("the preset's pairs", moment, func() bool { return count(p.Text("tab-train")) > 0 && count(p.Text("tab-heldout")) > 0 })
}

// phase waits for the page to be in one of the phases.
func phase(p *lab.Page, within time.Duration, names ...string) {
	p.Until("phase "+strings.Join(names, " or "), within, func() bool {
		now := p.Data("status", "phase")
		for _, name := range names {
			if now == name {
				return true
			}
		}
		return false
	})
}

// steps returns how many updates were made, total how many the run has.
func steps(p *lab.Page) int { return count(p.Data("step-count", "step")) }
func total(p *lab.Page) int { return count(p.Data("step-count", "total")) }

// pairs returns how many pairs the page has, training and held-out.
func pairs(p *lab.Page) int { return count(p.Text("tab-train")) + count(p.Text("tab-heldout")) }

// count returns the number that a text ends with; -1 if there is none.
func count(text string) int {
	n, err := strconv.Atoi(text[strings.LastIndex(text, " ")+1:])
	if err != nil {
		return -1
	}
	return n
}

// Pairs of the tests: easy to learn, none of them in the presets.
type row struct {
	Prompt   string `json:"prompt"`
	Chosen   string `json:"chosen"`
	Rejected string `json:"rejected"`
}

func rows(n int) []row {
	things := []string{"film", "meal", "hotel", "book", "concert", "journey", "phone", "garden"}
	good := []string{"wonderful", "lovely", "excellent", "delightful"}
	bad := []string{"terrible", "boring", "awful", "dreadful"}
	out := make([]row, n)
	for i := range out {
		out[i] = row{
			fmt.Sprintf("The %s number %d was", things[i%len(things)], i),
			" " + good[i%len(good)] + ".", " " + bad[(i/4)%len(bad)] + ".",
		}
	}
	return out
}

// jsonl writes rows to a file and returns its path.
func jsonl(t *testing.T, rows []row) string {
	t.Helper()
	var text strings.Builder
	for _, r := range rows {
		line, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(append(line, '\n'))
	}
	return write(t, "pairs.jsonl", []byte(text.String()))
}

func write(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// give imports a file of pairs and waits until the page has them.
func give(p *lab.Page, path string, n int) {
	p.Files("import", path)
	p.Until(fmt.Sprintf("%d pairs to be loaded", n), moment, func() bool { return pairs(p) == n })
}

// setUp gives the page a small set and settings with which a run takes seconds.
func setUp(t *testing.T, p *lab.Page) {
	t.Helper()
	give(p, jsonl(t, rows(96)), 96)
	p.Type("batch-size", "8")
	p.Type("learning-rate", "0.001")
}
