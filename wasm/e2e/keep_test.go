package e2e

import (
	"encoding/binary"
	"fmt"
	"os"
	"testing"
	"time"

	"dpolab/wasm/e2e/internal/lab"
)

// stepTo makes single steps until the run stands at n.
func stepTo(p *lab.Page, n int) {
	for steps(p) < n {
		before := steps(p)
		p.Click("step")
		p.Until("one more step", run, func() bool { return steps(p) > before })
		phase(p, moment, "paused", "done")
	}
}

// TestSaveAndGoOn: a saved run, dropped into another browser, goes on to the
// same weights as the run that was never interrupted.
func TestSaveAndGoOn(t *testing.T) {
	url := lab.Server(t)
	p := openAt(t, url)
	setUp(t, p)
	stepTo(p, 3)
	saved := p.Download(moment, func() { p.Click("download") })
	third := p.Weights()
	p.Click("train")
	phase(p, run, "done")
	want := p.Weights()
	p.NoErrors()

	q := openAt(t, url)
	q.Drop(saved)
	q.Until("the saved run", moment, func() bool { return steps(q) == 3 })
	if got := q.Weights(); got != third {
		t.Errorf("the saved run comes with weights %s, want %s", got, third)
	}
	if got := pairs(q); got != 96 {
		t.Errorf("the saved run came with %d pairs, want 96", got)
	}
	q.Click("train")
	phase(q, run, "done")
	if got := q.Weights(); got != want {
		t.Errorf("the run that was saved and went on ends at weights %s, the other at %s", got, want)
	}
	q.NoErrors()
}

// TestBadRuns: a saved run that was changed or cut is refused whole.
func TestBadRuns(t *testing.T) {
	p := open(t)
	setUp(t, p)
	stepTo(p, 1)
	path := p.Download(moment, func() { p.Click("download") })
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at, weights := steps(p), p.Weights()
	tampered := append([]byte{}, whole...)
	tampered[len(tampered)/2] ^= 0x10
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"cut.safetensors", whole[:len(whole)/2]},
		{"cut-by-one.safetensors", whole[:len(whole)-1]},
		{"tampered.safetensors", tampered},
		{"other.safetensors", otherArchitecture()},
	} {
		p.Files("import", write(t, c.name, c.data))
		refused(t, p, 96, "not imported")
		if got := p.Weights(); steps(p) != at || got != weights {
			t.Errorf("%s: the run stands at step %d with weights %s; want %d and %s", c.name, steps(p), got, at, weights)
		}
	}
	p.NoErrors()
}

// otherArchitecture is a sound safetensors file of a model that is none of ours.
func otherArchitecture() []byte {
	header := fmt.Appendf(nil, "%-104s", `{"transformer.wte.weight":{"dtype":"F32","shape":[4,4],"data_offsets":[0,64]}}`)
	file := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(file, header...), make([]byte, 64)...)
}

// keeping is how long the trainer may take to write the state of a run that
// stands still into the browser's storage, which the page does not show.
const keeping = 2 * time.Second

// TestKilledWorker: the trainer's death is noticed and told, and the run goes on.
func TestKilledWorker(t *testing.T) {
	p := open(t)
	setUp(t, p)
	stepTo(p, 2)
	time.Sleep(keeping)
	p.Click("train")
	p.Until("the fourth update", run, func() bool { return steps(p) >= 4 })
	if n := p.KillWorkers(); n != 1 {
		t.Fatalf("killed %d workers, want the one trainer", n)
	}
	phase(p, loading, "lost")
	p.Click("start-again")
	p.Until("the kept run to be offered", loading, func() bool { return p.Has("restore") })
	p.Click("restore")
	phase(p, loading, "paused")
	p.Until("the step that was kept, or a later one", moment, func() bool { return steps(p) >= 2 })
	if got := pairs(p); got != 96 {
		t.Errorf("%d pairs after the restoration, want 96", got)
	}
	p.Click("train")
	phase(p, run, "done")
	if got := steps(p); got != total(p) {
		t.Errorf("the run ended at step %d of %d", got, total(p))
	}
}

// TestReload: after a reload the last state is offered, and is the same state.
func TestReload(t *testing.T) {
	p := open(t)
	setUp(t, p)
	stepTo(p, 2)
	weights := p.Weights()
	time.Sleep(keeping)
	p.Reload()
	ready(p)
	p.Until("the kept run to be offered", loading, func() bool { return p.Has("restore") })
	p.Click("restore")
	p.Until("the run at step 2", loading, func() bool { return steps(p) == 2 })
	if got := p.Weights(); got != weights {
		t.Errorf("the weights after a reload are %s, before it %s", got, weights)
	}
	p.NoErrors()
}
