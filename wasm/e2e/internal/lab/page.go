package lab

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"dpolab/wasm/bridge"
)

// A Page is the lab in a tab. Elements are named by their data-testid. Every
// method fails the test when it cannot do what it says.
type Page struct {
	t       testing.TB
	ctx     context.Context
	browser *Browser
	url     string
	console console
}

// actionTime bounds a single click or keystroke.
const actionTime = 20 * time.Second

func sel(id string) chromedp.CSS { return chromedp.CSS(`[data-testid="` + id + `"]`) }

func (p *Page) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, actionTime)
	defer cancel()
	p.must(what, chromedp.Do(ctx, actions...))
}

func (p *Page) must(what string, err error) {
	p.t.Helper()
	if err != nil {
		p.Fail(fmt.Sprintf("%s: %v", what, err))
	}
}

// Fail ends the test and shows where the page stood.
func (p *Page) Fail(why string) {
	p.t.Helper()
	p.t.Fatalf("%s\nstatus: %s\nerror: %s\nconsole:\n%s", why, p.glance("status"), p.glance("error"), p.console.text())
}

// glance is Text for reports: it never fails.
func (p *Page) glance(id string) string {
	ctx, cancel := context.WithTimeout(p.ctx, 5*time.Second)
	defer cancel()
	s, err := chromedp.Run(ctx, chromedp.Evaluate[string](`lab.describe("`+id+`")`))
	if err != nil {
		return "(" + err.Error() + ")"
	}
	return s
}

// Reload loads the page again, and waits for the document (not the program).
func (p *Page) Reload() {
	p.t.Helper()
	p.do("opening "+p.url, chromedp.Navigate(p.url))
}

// Eval evaluates an expression in the page.
func Eval[T any](p *Page, js string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, actionTime)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	p.must(js, err)
	return v
}

// Until polls cond until it is true.
func (p *Page) Until(what string, within time.Duration, cond func() bool) {
	p.t.Helper()
	for start := time.Now(); !cond(); time.Sleep(40 * time.Millisecond) {
		if time.Since(start) > within {
			p.Fail(fmt.Sprintf("waited %v for %s", within, what))
		}
	}
}

// Click clicks in the middle of the element, once it is there, as a mouse does.
func (p *Page) Click(id string) {
	p.t.Helper()
	p.do("click on "+id, chromedp.ScrollIntoView(sel(id)), chromedp.Click(sel(id), chromedp.NodeEnabled))
}

// Type replaces the text of a field by keystrokes, and leaves the field.
func (p *Page) Type(id, text string) {
	p.t.Helper()
	p.do("looking for the field "+id, chromedp.ScrollIntoView(sel(id)), chromedp.Focus(sel(id)))
	Eval[bool](p, `lab.selectAll()`)
	p.do("typing into "+id, chromedp.KeyEvent("\b"), chromedp.KeyEvent(text+"\t"))
}

// Key presses keys, one after the other, with the focus wherever it is; names are those
// of package kb.
func (p *Page) Key(keys ...string) {
	p.t.Helper()
	for _, key := range keys {
		p.do("pressing a key", chromedp.KeyEvent(key))
	}
}

// Focus gives an element the focus.
func (p *Page) Focus(id string) {
	p.t.Helper()
	p.do("focus on "+id, chromedp.Focus(sel(id)))
}

// Focused returns the data-testid of the element that has the focus.
func (p *Page) Focused() string {
	p.t.Helper()
	return Eval[string](p, `document.activeElement?.dataset.testid ?? ""`)
}

// Select chooses an option of a select element by its value.
func (p *Page) Select(id, value string) {
	p.t.Helper()
	Eval[bool](p, fmt.Sprintf(`lab.select(%q, %q)`, id, value))
}

// Files gives files to the file input of that id.
func (p *Page) Files(id string, paths ...string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, actionTime)
	defer cancel()
	object, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: fmt.Sprintf(`lab.fileInput(%q)`, id)})
	p.must("looking for the file input "+id, err)
	if object.Result == nil || object.Result.ObjectID == "" {
		p.Fail("there is no file input at " + id)
	}
	_, err = chromedp.Call(ctx, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: paths, ObjectID: object.Result.ObjectID})
	p.must("giving files to "+id, err)
}

// Drop lets go of a file over the middle of the window, as dragged there.
func (p *Page) Drop(path string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, actionTime)
	defer cancel()
	for _, what := range []input.DispatchDragEventType{
		input.DispatchDragEventTypeDragEnter, input.DispatchDragEventTypeDragOver, input.DispatchDragEventTypeDrop,
	} {
		_, err := chromedp.Call(ctx, input.DispatchDragEvent, input.DispatchDragEventParams{
			Type: what, X: 600, Y: 400, Data: &input.DragData{Files: []string{path}, Items: []*input.DragDataItem{}, DragOperationsMask: 1},
		})
		p.must("dropping "+path, err)
	}
}

// Has tells whether the element is in the page and can be seen.
func (p *Page) Has(id string) bool {
	p.t.Helper()
	return Eval[bool](p, fmt.Sprintf(`lab.visible(%q)`, id))
}

// Enabled tells whether the control is there and not disabled.
func (p *Page) Enabled(id string) bool {
	p.t.Helper()
	return Eval[bool](p, fmt.Sprintf(`lab.enabled(%q)`, id))
}

// Text returns the trimmed text of the element, or a control's value; empty if
// the element is absent.
func (p *Page) Text(id string) string {
	p.t.Helper()
	return Eval[string](p, fmt.Sprintf(`lab.text(%q)`, id))
}

// Data returns the attribute data-<name> of the element; empty if absent.
func (p *Page) Data(id, name string) string {
	p.t.Helper()
	return Eval[string](p, fmt.Sprintf(`lab.data(%q, %q)`, id, name))
}

// Value returns the number that the element shows, exactly (its data-value);
// NaN while it shows none.
func (p *Page) Value(id string) float64 {
	p.t.Helper()
	v, err := strconv.ParseFloat(p.Data(id, "value"), 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

// Losses returns the loss of every step, as the trainer told the page, in the
// order of steps. The page shows the last one only.
func (p *Page) Losses() []float64 {
	p.t.Helper()
	bySteps := map[int]float64{}
	for _, m := range Heard[*bridge.Metrics](p) {
		if m.Clear {
			clear(bySteps)
		}
		column := slices.Index(m.Names, "loss")
		for i, step := range m.Steps {
			if column >= 0 && !math.IsNaN(m.Values[i*len(m.Names)+column]) {
				bySteps[step] = m.Values[i*len(m.Names)+column]
			}
		}
	}
	var losses []float64
	for _, step := range slices.Sorted(maps.Keys(bySteps)) {
		losses = append(losses, bySteps[step])
	}
	return losses
}

// Heard returns the messages of one kind that the trainer sent since the page
// was loaded.
func Heard[M bridge.Message](p *Page) []M {
	p.t.Helper()
	var out []M
	for _, message := range Eval[[][]byte](p, `lab.heard()`) {
		decoded, err := bridge.Decode(message)
		p.must("reading what the trainer told the page", err)
		if m, ok := decoded.(M); ok {
			out = append(out, m)
		}
	}
	return out
}

// Weights waits until the trainer has told the SHA-256 of the weights as they
// are now, which it does once it stands still, and the page shows it.
func (p *Page) Weights() string {
	p.t.Helper()
	var print string
	p.Until("the fingerprint of the weights", 60*time.Second, func() bool {
		states := Heard[*bridge.State](p)
		if len(states) == 0 {
			return false
		}
		print = states[len(states)-1].Fingerprint
		return len(print) == 64 && p.Data("fingerprint", "value") == print
	})
	return print
}

// KillWorkers ends the page's workers from outside, as a crash would.
func (p *Page) KillWorkers() int {
	p.t.Helper()
	return Eval[int](p, `lab.killWorkers()`)
}

// NoErrors fails if the page wrote an error to the console or threw.
func (p *Page) NoErrors() {
	p.t.Helper()
	p.console.Lock()
	defer p.console.Unlock()
	if len(p.console.errors) > 0 {
		p.t.Errorf("the page wrote errors:\n%s", strings.Join(p.console.errors, "\n"))
	}
}
