package train

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"dpolab/core/ckpt"
	"dpolab/core/model"
	"dpolab/core/optim"
	"dpolab/core/pref"
	"dpolab/core/train/config"
)

// The golden numbers are transformers' and TRL's, see testdata/make_golden.py; they
// were computed in float64. No float32 engine meets them exactly, so the script
// also ran transformers in float32 and wrote down how far that is off: slack times
// as much is granted here, for sums in another order. It is far below what any
// mistake in the mathematics would make.
const slack = 4

// golden is golden/golden.json.
type golden struct {
	Settings map[string]any
	Models   map[string]*goldenModel
}

// goldenModel is what is known of one model; its weights lie in golden/<name>.
type goldenModel struct {
	Pairs []struct {
		Prompt   []int32 `json:"prompt_ids"`
		Chosen   []int32 `json:"chosen_ids"`
		Rejected []int32 `json:"rejected_ids"`
	}
	Logps      struct{ Chosen, Rejected [][]float64 }
	Reference  struct{ Chosen, Rejected []float64 }
	Loss       float64
	SFT, LM    plainLoss
	Generated  [][]int32
	Steps, TRL []map[string]float64
	Moved      map[string]float64 // norm of each tensor's change
	Float32    map[string]float64 // how far transformers in float32 is off
}

// plainLoss is cross-entropy and the norm of its gradient for each tensor.
type plainLoss struct {
	Loss  float64
	Grads map[string]float64
}

func readGolden(t *testing.T) golden {
	t.Helper()
	var g golden
	if err := json.Unmarshal(goldenFile(t, "golden.json"), &g); err != nil {
		t.Fatal(err)
	}
	if len(g.Models) != 2 {
		t.Fatalf("golden.json has %d models, want 2", len(g.Models))
	}
	for name, m := range g.Models {
		for what, d := range m.Float32 {
			if !(d > 0 && d < 2e-5) {
				t.Fatalf("%s: float32 is off by %v in %s: with that the tests here would pass whatever happens", name, d, what)
			}
		}
	}
	return g
}

func goldenFile(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/golden/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func goldenWeights(t *testing.T, name, file string) *model.Model {
	t.Helper()
	m, err := ckpt.ReadModel(goldenFile(t, name+"/config.json"), goldenFile(t, name+"/"+file+".safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// goldenRun is a trainer at the start of the run that the script made.
func goldenRun(t *testing.T, name string) (*Trainer, *goldenModel) {
	t.Helper()
	g := readGolden(t)
	cfg := config.Defaults()
	for key, v := range g.Settings {
		f, ok := config.ByName(key)
		if !ok {
			t.Fatalf("golden.json has a setting %q that config does not know", key)
		}
		text, err := json.Marshal(v)
		if s, isText := v.(string); isText {
			text = []byte(s)
		}
		if err != nil || f.Set(&cfg, string(text)) != nil {
			t.Fatalf("setting %s: %s cannot be read", key, text)
		}
	}
	tr := &Trainer{Policy: goldenWeights(t, name, "policy"), Reference: goldenWeights(t, name, "reference"), Config: cfg, evaluated: -1}
	tr.opt, tr.grads = newOptim(tr.Policy), make([]float32, len(tr.Policy.Weights))
	for _, p := range g.Models[name].Pairs {
		tr.train = append(tr.train, &item{example: pref.Example{Prompt: p.Prompt, Chosen: p.Chosen, Rejected: p.Rejected}})
	}
	return tr, g.Models[name]
}

var goldenNames = []string{"tied", "untied"}

// apart is the distance of got from want, as a part of the length of want.
func apart(got, want []float32) float64 {
	var d, n float64
	for i, w := range want {
		d += (float64(got[i]) - float64(w)) * (float64(got[i]) - float64(w))
		n += float64(w) * float64(w)
	}
	return math.Sqrt(d / n)
}

// off is the relative error of a number.
func off(got, want float64) float64 { return math.Abs(got-want) / math.Abs(want) }

func TestGoldenLogProbs(t *testing.T) {
	for _, name := range goldenNames {
		tr, g := goldenRun(t, name)
		tr.pack(tr.train)
		tr.tape.Bind(tr.Policy.Weights, nil)
		got := tr.tape.Data(tr.Policy.LogProbs(&tr.tape, &tr.batch))
		var want []float64
		for i := range tr.train {
			want = append(append(want, g.Logps.Chosen[i]...), g.Logps.Rejected[i]...)
		}
		if len(got) != len(want) {
			t.Fatalf("%s: %d log-probabilities, want %d", name, len(got), len(want))
		}
		worst := 0.0
		for i, w := range want {
			worst = max(worst, math.Abs(float64(got[i])-w))
		}
		if limit := slack * g.Float32["logps"]; !(worst <= limit) {
			t.Errorf("%s: log π of a token is off by %.3g nats, want at most %.3g", name, worst, limit)
		}
	}
}

func TestGoldenReference(t *testing.T) {
	for _, name := range goldenNames {
		tr, g := goldenRun(t, name)
		if err := tr.scoreReference(tr.train); err != nil {
			t.Fatal(err)
		}
		for i, it := range tr.train {
			limit := slack * g.Float32["logps"] * math.Sqrt(float64(max(len(it.example.Chosen), len(it.example.Rejected))))
			if !(math.Abs(it.refChosen.logp-g.Reference.Chosen[i]) <= limit && math.Abs(it.refRejected.logp-g.Reference.Rejected[i]) <= limit) {
				t.Errorf("%s pair %d: reference says %v and %v, want %v and %v", name, i,
					it.refChosen.logp, it.refRejected.logp, g.Reference.Chosen[i], g.Reference.Rejected[i])
			}
		}
	}
}

func TestGoldenGradients(t *testing.T) {
	for _, name := range goldenNames {
		tr, g := goldenRun(t, name)
		pairs, _, err := tr.score(tr.train, tr.grads)
		if err != nil {
			t.Fatal(err)
		}
		s := sumUp(pairs, tr.Config.Beta)
		if got := s.loss / float64(s.pairs); !(off(got, g.Loss) <= slack*g.Float32["steps/loss"]) {
			t.Errorf("%s: loss %v, want %v", name, got, g.Loss)
		}
		f, err := ckpt.Read(goldenFile(t, name+"/grads.safetensors"))
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range tr.Policy.Tensors() {
			stored, ok := f.Tensor(row.Name)
			want := make([]float32, row.Len)
			if !ok || stored.Float32s(want) != nil {
				t.Fatalf("%s: no gradient of %s with %d numbers", name, row.Name, row.Len)
			}
			d := apart(tr.grads[row.Off:row.Off+row.Len], want)
			if limit := slack * g.Float32["grads"]; !(d <= limit) {
				t.Errorf("%s: gradient of %s is off by %.3g of its norm, want at most %.3g", name, row.Name, d, limit)
			}
		}
	}
}

// Cross-entropy on the chosen answers, against transformers' own loss.
func TestGoldenSFT(t *testing.T) {
	for _, name := range goldenNames {
		tr, g := goldenRun(t, name)
		tr.Config.Loss = "sft"
		pairs, _, err := tr.score(tr.train, tr.grads)
		if err != nil {
			t.Fatal(err)
		}
		s := sumUp(pairs, tr.Config.Beta)
		comparePlain(t, name+" sft", tr.Policy, g.Float32, g.SFT, s.loss/float64(s.pairs), tr.grads)
	}
}

// The same over whole texts, in three shards of uneven size.
func TestGoldenLM(t *testing.T) {
	for _, name := range goldenNames {
		tr, g := goldenRun(t, name)
		var texts []Text
		for _, it := range tr.train {
			texts = append(texts, Text{Answers: [][]int32{slices.Concat(it.example.Prompt, it.example.Chosen)}})
		}
		lm := NewLM(tr.Policy, optim.Schedule{Shape: config.Constant}, 3)
		loss, _ := lm.Step(texts, func(n int, f func(int)) {
			for i := range n {
				f(i)
			}
		})
		comparePlain(t, name+" lm", tr.Policy, g.Float32, g.LM, loss, lm.shards[0].grads)
	}
}

func comparePlain(t *testing.T, name string, m *model.Model, float32s map[string]float64, want plainLoss, loss float64, grads []float32) {
	t.Helper()
	if !(off(loss, want.Loss) <= slack*float32s["steps/loss"]) {
		t.Errorf("%s: loss %v, want %v", name, loss, want.Loss)
	}
	for _, row := range m.Tensors() {
		got := optim.Clip(grads[row.Off:row.Off+row.Len], 0)
		if want := want.Grads[row.Name]; !(off(got, want) <= slack*float32s["grads"]) {
			t.Errorf("%s: gradient of %s has norm %v, want %v", name, row.Name, got, want)
		}
	}
}

// Ten updates with warm-up, clipping, weight decay and an epoch's short last batch.
func TestGoldenSteps(t *testing.T) {
	for _, name := range goldenNames {
		tr, g := goldenRun(t, name)
		before := slices.Clone(tr.Policy.Weights)
		for i := range g.Steps {
			tr.inOrder()
			row, err := tr.Step()
			if err != nil {
				t.Fatal(err)
			}
			compareRow(t, name, i, "float64", g.Float32, row, g.Steps[i])
			compareRow(t, name, i, "TRL", g.Float32, row, g.TRL[i])
		}
		for _, p := range tr.Policy.Tensors() {
			moved := make([]float32, p.Len)
			for i := range moved {
				moved[i] = tr.Policy.Weights[p.Off+i] - before[p.Off+i]
			}
			got, want := optim.Clip(moved, 0), g.Moved[p.Name]
			if !(off(got, want) <= slack*g.Float32["moved"]) {
				t.Errorf("%s: %s moved by %v in ten steps, want %v", name, p.Name, got, want)
			}
		}
	}
}

// inOrder makes the coming batch follow the order of the pairs, as the script's do.
func (t *Trainer) inOrder() {
	t.orderOf = [3]uint64{t.Config.Seed, uint64(t.epoch), uint64(len(t.train))}
	t.order = t.order[:0]
	for i := range t.train {
		t.order = append(t.order, i)
	}
}

// compareRow holds every metric of a step to the golden one: relative for what is
// never near 0, in nats or parts of 1 for the rest.
func compareRow(t *testing.T, name string, step int, source string, float32s map[string]float64, got Row, want map[string]float64) {
	t.Helper()
	if len(want) < 12 {
		t.Fatalf("%s step %d: %s has %d metrics only", name, step+1, source, len(want))
	}
	for metric, w := range want {
		d, limit := math.Abs(got.Get(metric)-w), 1e-4
		switch metric {
		case "loss", "grad_norm":
			d, limit = off(got.Get(metric), w), 2*slack*float32s["steps/"+metric]
		case "learning_rate":
			limit = 1e-12
		}
		if !(d <= limit) {
			t.Errorf("%s step %d: %s is %v, %s has %v: off by %.3g, want at most %.3g", name, step+1, metric, got.Get(metric), source, w, d, limit)
		}
	}
}

// The key/value cache, against transformers running the whole sequence each time.
func TestGoldenGenerated(t *testing.T) {
	for _, name := range goldenNames {
		tr, g := goldenRun(t, name)
		var prompts [][]int32
		for _, it := range tr.train {
			prompts = append(prompts, it.example.Prompt)
		}
		gen, err := tr.Policy.NewGenerator(prompts, model.Sampling{TopP: 1, MaxTokens: 12}, 1)
		if err != nil {
			t.Fatal(err)
		}
		for gen.Next() {
		}
		for i, want := range g.Generated {
			if got := gen.Answers[i].Tokens; !slices.Equal(got, want) {
				t.Errorf("%s: prompt %d goes on with %v, want %v", name, i, got, want)
			}
		}
	}
}
