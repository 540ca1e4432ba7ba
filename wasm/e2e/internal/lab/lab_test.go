package lab

import (
	"encoding/base64"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"dpolab/wasm/bridge"
)

const testPage = `<!doctype html><meta charset="utf-8"><title>t</title><link rel="icon" href="data:,">
<p data-testid="status" data-phase="idle">waiting</p>
<p data-testid="hidden" style="display:none">not seen</p>
<input data-testid="field" value="before">
<select data-testid="choice"><option value="a">A</option><option value="b">B</option></select>
<label data-testid="upload">Import <input type="file" hidden></label>
<button data-testid="off" disabled>off</button>
<div style="height:3000px"></div>
<button data-testid="button">press</button>
<script>
const $ = (id) => document.querySelector('[data-testid="' + id + '"]');
const status = (text) => { $("status").textContent = text; };
$("button").onclick = (e) => {
  status(e.isTrusted ? "pressed" : "not a real click");
  const a = document.createElement("a");
  a.download = "saved.txt";
  a.href = URL.createObjectURL(new Blob(["contents"]));
  a.click();
};
$("field").onchange = () => status("field is " + $("field").value);
$("choice").onchange = () => status("choice is " + $("choice").value);
document.querySelector("input[type=file]").onchange = async (e) => status(await e.target.files[0].text());
const w = new Worker("worker.js");
w.onmessage = (e) => { $("status").dataset.beats = e.data; $("status").dataset.value = 0.25; };
</script>`

const testWorker = `let n = 0; setInterval(() => postMessage(++n), 20); onmessage = (e) => postMessage(e.data);`

func testPageServer(t *testing.T) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/worker.js" {
			w.Header().Set("Content-Type", "text/javascript")
			w.Write([]byte(testWorker))
			return
		}
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte(testPage))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// TestHands tries everything the other tests do on a page that tells what it felt.
func TestHands(t *testing.T) {
	p := NewBrowser(t).Open(testPageServer(t))
	status := func(want string) {
		t.Helper()
		p.Until("status "+want, 5*time.Second, func() bool { return p.Text("status") == want })
	}
	if p.Has("hidden") || p.Has("absent") || !p.Has("field") || p.Enabled("off") || !p.Enabled("button") {
		t.Error("what is seen or enabled is told wrongly")
	}
	if got := p.Data("status", "phase"); got != "idle" {
		t.Errorf("data-phase %q, want idle", got)
	}
	p.Type("field", "β = 0.5")
	status("field is β = 0.5")
	p.Select("choice", "b")
	status("choice is b")
	path := filepath.Join(t.TempDir(), "f.txt")
	if err := os.WriteFile(path, []byte("from a file"), 0o644); err != nil {
		t.Fatal(err)
	}
	p.Files("upload", path)
	status("from a file")
	for range 2 { // the second has the same name
		saved := p.Download(5*time.Second, func() { p.Click("button") })
		if data, err := os.ReadFile(saved); err != nil || string(data) != "contents" || filepath.Base(saved) != "saved.txt" {
			t.Errorf("download %s: %q, %v", saved, data, err)
		}
	}
	p.Until("a value", 5*time.Second, func() bool { return p.Value("status") == 0.25 })
	if got := p.Value("field"); !math.IsNaN(got) {
		t.Errorf("value %v of what has none, want NaN", got)
	}
	p.Show(Screens[2], true)
	if got := Eval[int](p, "innerWidth"); got != 390 {
		t.Errorf("%d pixels wide, want 390", got)
	}
	if !Eval[bool](p, `matchMedia("(prefers-color-scheme: dark)").matches`) {
		t.Error("the colours are not dark")
	}
	p.NoErrors()
}

// TestKillWorkers: a killed worker says nothing more.
func TestKillWorkers(t *testing.T) {
	p := NewBrowser(t).Open(testPageServer(t))
	p.Until("the worker", 5*time.Second, func() bool { return p.Data("status", "beats") != "" })
	if n := p.KillWorkers(); n != 1 {
		t.Errorf("killed %d workers, want 1", n)
	}
	time.Sleep(100 * time.Millisecond) // for messages under way
	at := p.Data("status", "beats")
	time.Sleep(200 * time.Millisecond)
	if got := p.Data("status", "beats"); got != at {
		t.Errorf("beat %s after %s: the worker lives", got, at)
	}
}

// TestLosses: the trainer's messages are kept and read; a later row of a step
// replaces the earlier one, a cleared run is forgotten.
func TestLosses(t *testing.T) {
	p := NewBrowser(t).Open(testPageServer(t))
	tell := func(m bridge.Metrics) {
		data := base64.StdEncoding.EncodeToString(bridge.Encode(&m))
		Eval[bool](p, `(w.postMessage({b: Uint8Array.fromBase64("`+data+`").buffer}), true)`)
	}
	if got := p.Losses(); len(got) != 0 {
		t.Errorf("losses %v before any came", got)
	}
	names := []string{"rewards/margins", "loss"}
	tell(bridge.Metrics{Names: names, Steps: []int{1}, Values: []float64{5, 0.9}})
	tell(bridge.Metrics{Clear: true, Names: names, Steps: []int{2, 3}, Values: []float64{5, 0.6, 5, 0.5}})
	tell(bridge.Metrics{Names: []string{"eval_loss"}, Steps: []int{3}, Values: []float64{7}})
	tell(bridge.Metrics{Names: names, Steps: []int{1, 4}, Values: []float64{5, 0.7, 5, math.NaN()}})
	p.Until("three losses", 5*time.Second, func() bool { return slices.Equal(p.Losses(), []float64{0.7, 0.6, 0.5}) })
}
