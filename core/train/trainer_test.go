package train

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"dpolab/core/ckpt"
	"dpolab/core/model"
	"dpolab/core/pref"
	"dpolab/core/token"
	"dpolab/core/train/config"
)

// words is a tiny language for tests: answers in praise or blame of a thing.
func words(n int) (out []pref.Pair) {
	things := []string{"tea", "rain", "a walk", "the sea", "bread", "a bus", "snow"}
	good := []string{" is lovely.", " is good and warm.", " is a joy, always."}
	bad := []string{" is dull.", " is bad and cold.", " is a bore, always."}
	for i := range n {
		thing := things[i%len(things)]
		out = append(out, pref.Pair{Prompt: fmt.Sprintf("%d. I think %s", i, thing),
			Chosen: thing + good[i%3], Rejected: thing + bad[(i/3)%3]})
	}
	return out
}

func tinyBase(t *testing.T) (*model.Model, *token.Tokenizer) {
	t.Helper()
	var texts []string
	for _, p := range words(60) {
		texts = append(texts, p.Prompt+p.Chosen, p.Prompt+p.Rejected)
	}
	tok, err := token.Train(texts, 290)
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.New(model.Config{Vocab: tok.VocabSize(), Hidden: 16, Layers: 2, Heads: 2, KVHeads: 1, HeadDim: 8, FFN: 24,
		Context: 64, RopeTheta: 10000, NormEps: 1e-5, TieEmbeddings: true})
	if err != nil {
		t.Fatal(err)
	}
	m.Init(3)
	return m, tok
}

func tinyConfig() config.Config {
	c := config.Defaults()
	c.BatchSize, c.MicroBatch, c.Epochs, c.LearningRate, c.EvalEvery, c.EvalPairs = 8, 3, 3, 3e-3, 4, 5
	return c
}

func newRun(t *testing.T, cfg config.Config) *Trainer {
	t.Helper()
	m, tok := tinyBase(t)
	tr, problems, err := New(m, tok, cfg, Data{Name: "words", Train: words(30), Heldout: words(42)[30:]})
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	return tr
}

// steps makes n updates, scoring held-out pairs where they are due.
func steps(t *testing.T, tr *Trainer, n int) {
	t.Helper()
	for range n {
		if tr.EvaluateDue() {
			if _, err := tr.Evaluate(); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := tr.Step(); err != nil {
			t.Fatal(err)
		}
	}
}

func history(tr *Trainer) string {
	var b []byte
	for _, r := range tr.History {
		b = AppendRow(b, r)
	}
	return string(b)
}

func TestStepZero(t *testing.T) {
	for _, beta := range []float64{0.01, 0.1, 5} {
		cfg := tinyConfig()
		cfg.Beta = beta
		tr := newRun(t, cfg)
		row, err := tr.Evaluate()
		if err != nil {
			t.Fatal(err)
		}
		if got := float32(row.Get("eval_loss")); got != float32(math.Ln2) {
			t.Errorf("β %v: loss at step 0 is %v, want ln 2", beta, got)
		}
		first, _ := tr.Step()
		if got := float32(first.Get("loss")); got != float32(math.Ln2) {
			t.Errorf("β %v: loss of the first batch is %v, want ln 2", beta, got)
		}
		for _, name := range []string{"rewards/chosen", "rewards/rejected", "rewards/margins", "rewards/accuracies"} {
			if row.Get("eval_"+name) != 0 || first.Get(name) != 0 {
				t.Errorf("β %v: %s at step 0 is %v and %v, want 0", beta, name, row.Get("eval_"+name), first.Get(name))
			}
		}
	}
}

func TestARunLearns(t *testing.T) {
	for _, loss := range []string{"sigmoid", "sft"} {
		cfg := tinyConfig()
		cfg.Loss, cfg.Epochs = loss, 8
		tr := newRun(t, cfg)
		total := tr.Total()
		for !tr.Done() {
			steps(t, tr, 1)
		}
		if tr.Steps() != total || total != 8*4 {
			t.Errorf("%s: %d steps made, %d announced, want 32", loss, tr.Steps(), total)
		}
		last, err := tr.Evaluate()
		if err != nil {
			t.Fatal(err)
		}
		first := tr.History[0]
		if !(last.Get("eval_loss") < 0.9*first.Get("eval_loss")) {
			t.Errorf("%s: held-out loss went from %v to %v", loss, first.Get("eval_loss"), last.Get("eval_loss"))
		}
		if loss == "sigmoid" && last.Get("eval_rewards/accuracies") < 0.9 {
			t.Errorf("held-out accuracy is %v after %d steps", last.Get("eval_rewards/accuracies"), total)
		}
		if got := last.Get("eval_pairs"); got != 12 {
			t.Errorf("%s: the last evaluation scored %v pairs, want all 12", loss, got)
		}
	}
}

// One batch of 8 at once, and cut into micro-batches: equal within rounding.
func TestMicroBatchesGiveTheSameGradient(t *testing.T) {
	var want []float32
	for _, micro := range []int{8, 3, 1} {
		cfg := tinyConfig()
		cfg.MicroBatch = micro
		tr := newRun(t, cfg)
		steps(t, tr, 2)
		clear(tr.grads)
		if _, _, err := tr.score(tr.next(), tr.grads); err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = append(want, tr.grads...)
		}
		var diff, size float64
		for i, g := range tr.grads {
			diff += math.Pow(float64(g-want[i]), 2)
			size += math.Pow(float64(want[i]), 2)
		}
		if !(diff <= 1e-8*size) || size == 0 {
			t.Errorf("micro-batches of %d: gradient differs by %v of %v", micro, math.Sqrt(diff), math.Sqrt(size))
		}
	}
}

func TestTenResumedStepsEqualTenUninterrupted(t *testing.T) {
	whole := newRun(t, tinyConfig())
	steps(t, whole, 10)

	cut := newRun(t, tinyConfig())
	steps(t, cut, 4)
	saved, err := cut.Save()
	if err != nil {
		t.Fatal(err)
	}
	back, err := Load(saved, nil)
	if err != nil {
		t.Fatal(err)
	}
	steps(t, back, 6)
	if got, want := Fingerprint(back.Policy.Weights, nil), Fingerprint(whole.Policy.Weights, nil); got != want {
		t.Errorf("weights %s after resuming, %s without", got, want)
	}
	if got, want := history(back), history(whole); got != want {
		t.Errorf("history after resuming:\n%swithout:\n%s", got, want)
	}
	again, err := back.Save()
	if err != nil {
		t.Fatal(err)
	}
	want, _ := whole.Save()
	if !bytes.Equal(again, want) {
		t.Error("the resumed run saves other bytes than the uninterrupted one")
	}
}

// Work that the host abandons leaves no trace, wherever it is abandoned.
func TestAbandonedStepsLeaveNoTrace(t *testing.T) {
	whole := newRun(t, tinyConfig())
	steps(t, whole, 4)
	tr := newRun(t, tinyConfig())
	abandoned, calls := 0, 0
	for tr.Steps() < 4 {
		limit := 7 + 40*abandoned
		calls = 0
		tr.Hook = func() bool { calls++; return calls < limit }
		if tr.EvaluateDue() {
			if _, err := tr.Evaluate(); errors.Is(err, ErrStopped) {
				abandoned++
				continue
			}
		}
		if _, err := tr.Step(); errors.Is(err, ErrStopped) {
			abandoned++
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if abandoned < 5 {
		t.Errorf("only %d abandonments: the test tried nothing", abandoned)
	}
	if got, want := history(tr), history(whole); got != want {
		t.Errorf("history with %d abandonments:\n%swithout:\n%s", abandoned, got, want)
	}
	if Fingerprint(tr.Policy.Weights, nil) != Fingerprint(whole.Policy.Weights, nil) {
		t.Error("other weights")
	}
}

func TestConfigureInTheMiddle(t *testing.T) {
	tr := newRun(t, tinyConfig())
	steps(t, tr, 2)
	cfg := tr.Config
	cfg.Beta, cfg.Seed, cfg.Epochs, cfg.BatchSize = 0.5, 99, 5, 4
	waits, err := tr.Configure(cfg)
	if err != nil || len(waits) != 1 || waits[0] != "seed" {
		t.Errorf("Configure = %v, %v, want the seed to wait", waits, err)
	}
	if tr.Config.Beta != 0.5 || tr.Config.Seed != 1 {
		t.Errorf("settings in force: %+v", tr.Config)
	}
	if want := 2 + 4 + 4*8; tr.Total() != want { // 14 of 30 pairs left at 4, four epochs of 8
		t.Errorf("Total is %d, want %d", tr.Total(), want)
	}
	cfg.LearningRate = math.NaN()
	if _, err := tr.Configure(cfg); err == nil || tr.Config.LearningRate != 3e-3 {
		t.Errorf("a NaN learning rate: %v, in force %v", err, tr.Config.LearningRate)
	}
}

func TestSetDataInTheMiddle(t *testing.T) {
	tr := newRun(t, tinyConfig())
	steps(t, tr, 2)
	kept := tr.train[0]
	problems, err := tr.SetData(Data{Name: "edited", Train: append(words(5), pref.Pair{Prompt: "x", Chosen: "y", Rejected: "y"},
		pref.Pair{Prompt: "x", Chosen: strings.Repeat("long ", 100), Rejected: "y"}, pref.Pair{Prompt: " ", Chosen: "a", Rejected: "b"})})
	if err != nil || len(problems) != 3 {
		t.Fatalf("SetData = %v, %v, want three problems", problems, err)
	}
	for i, want := range []struct {
		line  int
		field string
	}{{6, "rejected"}, {7, "chosen"}, {8, "prompt"}} {
		if problems[i].Line != want.line || problems[i].Field != want.field {
			t.Errorf("problem %d is %+v, want line %d, field %s", i, problems[i], want.line, want.field)
		}
	}
	problems, err = tr.SetData(Data{Train: words(5), Heldout: []pref.Pair{{Prompt: "x", Chosen: "y", Rejected: "y"}}})
	if err != nil || len(problems) != 1 || problems[0].Line != 1 || problems[0].Field != "held-out rejected" {
		t.Errorf("a bad held-out pair: %+v, %v", problems, err)
	}
	if tr.train[0] != kept {
		t.Error("a pair that stayed lost what was known of it")
	}
	if _, err := tr.Step(); err == nil || !strings.Contains(err.Error(), "5 training pairs") {
		t.Errorf("a batch of 8 from 5 pairs: %v", err)
	}
	if _, err := tr.SetData(Data{}); err == nil {
		t.Error("a run without pairs was accepted")
	}
}

// rezip rewrites a saved run with one file changed; nil drops it.
func rezip(t *testing.T, saved []byte, name string, data []byte) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(saved), int64(len(saved)))
	if err != nil {
		t.Fatal(err)
	}
	var files []ckpt.NamedFile
	for _, f := range r.File {
		if f.Name == name && data == nil {
			continue
		}
		open, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(open)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == name {
			b = data
		}
		files = append(files, ckpt.NamedFile{Name: f.Name, Data: b})
	}
	out, err := Zip(files)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestLoadRefuses(t *testing.T) {
	tr := newRun(t, tinyConfig())
	steps(t, tr, 1)
	saved, err := tr.Save()
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(saved)
	flipped[len(flipped)/2] ^= 1
	other := `{"architectures":["GPT2LMHeadModel"],"model_type":"gpt2","vocab_size":10}`
	for _, tc := range []struct {
		name string
		b    []byte
		want string
	}{
		{"empty", nil, "not a whole zip"},
		{"cut in half", saved[:len(saved)/2], "cut off"},
		{"cut by a byte", saved[:len(saved)-1], "cut off"},
		{"one bit flipped", flipped, "damaged"},
		{"weights replaced", rezip(t, saved, filePolicy, []byte("x")), "not as it was saved"},
		{"no optimizer", rezip(t, saved, fileOptimizer, nil), "optimizer.safetensors is missing"},
		{"no run.json", rezip(t, saved, fileRun, nil), "not a run saved by DPO Lab"},
		{"another format", rezip(t, saved, fileRun, []byte(`{"format":"dpolab run 9"}`)), "dpolab run 9"},
		{"broken run.json", rezip(t, saved, fileRun, []byte(`{"format":`)), "run.json"},
		{"another architecture", forge(t, tr, fileConfig, []byte(other)), "gpt2"},
		{"a negative count", rezip(t, saved, fileRun, bytes.Replace(runJSON(t, saved), []byte(`"adam_steps": 1`), []byte(`"adam_steps": -1`), 1)), "adam_steps"},
		{"broken metrics", forge(t, tr, fileMetrics, []byte(`{"step":1`)), "metrics.jsonl"},
	} {
		if _, err := Load(tc.b, nil); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: Load says %v, want something about %q", tc.name, err, tc.want)
		}
	}
}

// runJSON is run.json of a saved run.
func runJSON(t *testing.T, saved []byte) []byte {
	t.Helper()
	files, err := unzip(saved)
	if err != nil {
		t.Fatal(err)
	}
	return files[fileRun]
}

// forge saves a run with one file replaced and its digest set right, as somebody
// would who wants it to load.
func forge(t *testing.T, tr *Trainer, name string, data []byte) []byte {
	t.Helper()
	saved, err := tr.Save()
	if err != nil {
		t.Fatal(err)
	}
	files, err := unzip(saved)
	if err != nil {
		t.Fatal(err)
	}
	p, err := readProgress(files[fileRun])
	if err != nil {
		t.Fatal(err)
	}
	p.digests[name] = tr.digest(data)
	return rezip(t, rezip(t, saved, fileRun, p.json()), name, data)
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte(`{"format":"dpolab run 1"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := Load(b, nil); err == nil {
			t.Error("noise was read as a run")
		}
		readProgress(b)
		readRows(b)
	})
}

func TestRowsRoundTrip(t *testing.T) {
	tr := newRun(t, tinyConfig())
	steps(t, tr, 5)
	rows, err := readRows([]byte(history(tr)))
	if err != nil || len(rows) != len(tr.History) {
		t.Fatalf("%d rows, %v, want %d", len(rows), err, len(tr.History))
	}
	for i, r := range rows {
		for j, v := range r.Values {
			if want := tr.History[i].Values[j]; v != want && !(math.IsNaN(v) && math.IsNaN(want)) {
				t.Errorf("row %d, %s: %v, want %v", i, Names[j], v, want)
			}
		}
	}
}
