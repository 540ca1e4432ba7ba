package train

import (
	"math"
	"slices"
	"strings"
	"testing"

	"dpolab/core/dpo"
	"dpolab/core/model"
	"dpolab/core/nn"
	"dpolab/core/train/config"
)

// variants are the settings of runs with every loss and every modifier.
func variants() (out []string) {
	for _, k := range dpo.Losses {
		v := "loss=" + k.Name
		if k.Name == "exo_pair" {
			v += " label-smoothing=0.01"
		}
		out = append(out, v)
	}
	return append(out, "loss=sigmoid label-smoothing=0.1", "loss=robust label-smoothing=0.2", "loss=aot label-smoothing=0.1",
		"divergence=forward_kl beta=0.5", "divergence=js_divergence", "divergence=alpha_divergence divergence-alpha=0.3",
		"wpo=on", "ld-alpha=0.4", "loss=aot ld-alpha=0.4", "reference-free=on", "loss=bco_pair bco-shift=on",
		"tr-dpo=on tr-steps=2", "loss=0.8*sigmoid+0.2*bco_pair+sft wpo=on", "loss=simpo beta=2")
}

// variant is the tiny run's settings with those of a line on top.
func variant(t *testing.T, line string) config.Config {
	t.Helper()
	cfg := tinyConfig()
	for s := range strings.FieldsSeq(line) {
		name, value, _ := strings.Cut(s, "=")
		if err := cfg.Apply([][2]string{{name, value}}); err != nil {
			t.Fatal(err)
		}
	}
	return cfg
}

// stray moves a policy away from its reference, the same way for everybody.
func stray(tr *Trainer) {
	for i := range tr.Policy.Weights {
		tr.Policy.Weights[i] += 0.02 * float32(math.Sin(float64(i)))
	}
}

// The gradient of the weights for every loss, against central differences of the
// trainer's own loss, with what takes no gradient held fast: along the whole gradient
// and along its part in each of some tensors.
func TestGradientsOfEveryLoss(t *testing.T) {
	for _, line := range variants() {
		tr := newRun(t, variant(t, line))
		stray(tr)
		set := tr.next()
		clear(tr.grads)
		pairs, o, err := tr.score(set, tr.grads)
		if err != nil {
			t.Fatal(err)
		}
		o.training = false // BCO's shift stays
		at := append([]float32{}, tr.Policy.Weights...)
		loss := func() float64 {
			moved := make([]scored, len(set))
			err := tr.eachMicroBatch(set, nil, func(lo, hi int, y nn.Tensor) { tr.measure(moved[lo:hi], set[lo:hi], y) })
			if err != nil {
				t.Fatal(err)
			}
			for i := range moved {
				moved[i].wpo = pairs[i].wpo
			}
			o.apply(moved)
			return sumUp(moved, tr.Config.Beta).loss / float64(len(set))
		}
		check := func(what string, off, n int) {
			norm := 0.0
			for _, g := range tr.grads[off : off+n] {
				norm += float64(g) * float64(g)
			}
			norm = math.Sqrt(norm)
			if !(norm > 0) {
				t.Errorf("%s: %s has no gradient", line, what)
				return
			}
			h := min(0.03, 0.003/norm)
			along := func(h float64) float64 {
				for i := off; i < off+n; i++ {
					tr.Policy.Weights[i] = at[i] + float32(h*float64(tr.grads[i])/norm)
				}
				defer copy(tr.Policy.Weights, at)
				return loss()
			}
			if got := (along(h) - along(-h)) / (2 * h); math.Abs(got-norm) > 0.02*norm {
				t.Errorf("%s: along the gradient of %s the loss grows by %v, want %v", line, what, got, norm)
			}
		}
		check("all weights", 0, len(at))
		for i, p := range tr.Policy.Tensors() {
			if i%4 == 0 {
				check(p.Name, p.Off, p.Len)
			}
		}
	}
}

// However a batch is cut, its loss and its gradient are the same within rounding.
func TestEveryLossInMicroBatches(t *testing.T) {
	for _, line := range variants() {
		var want []float32
		var wantLoss float64
		for _, micro := range []int{8, 3, 1} {
			cfg := variant(t, line)
			cfg.MicroBatch = micro
			tr := newRun(t, cfg)
			stray(tr)
			pairs, _, err := tr.score(tr.next(), tr.grads)
			if err != nil {
				t.Fatal(err)
			}
			loss := sumUp(pairs, cfg.Beta).loss
			if want == nil {
				want, wantLoss = tr.grads, loss
			}
			if d := apart(tr.grads, want); !(d < 1e-4) || math.Abs(loss-wantLoss) > 1e-6*math.Abs(wantLoss) {
				t.Errorf("%s: micro-batches of %d: gradient off by %.2g of its length, loss %v and %v", line, micro, d, loss, wantLoss)
			}
		}
	}
}

func TestEveryLossResumesExactly(t *testing.T) {
	for _, line := range variants() {
		whole := newRun(t, variant(t, line))
		steps(t, whole, 6)
		cut := newRun(t, variant(t, line))
		steps(t, cut, 3)
		saved, err := cut.Save()
		if err != nil {
			t.Fatal(err)
		}
		back, err := Load(saved, nil)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		steps(t, back, 3)
		if history(back) != history(whole) || back.shift != whole.shift {
			t.Errorf("%s: the resumed run goes another way than the uninterrupted one:\n%swant\n%s", line, history(back), history(whole))
		}
		for what, of := range map[string]func(*Trainer) *model.Model{"policy": func(t *Trainer) *model.Model { return t.Policy },
			"reference": func(t *Trainer) *model.Model { return t.Reference }, "base": (*Trainer).Base} {
			if !slices.Equal(of(back).Weights, of(whole).Weights) {
				t.Errorf("%s: the resumed run has another %s", line, what)
			}
		}
	}
}

func TestLossesWithoutAReferenceSkipIt(t *testing.T) {
	for _, line := range []string{"loss=simpo", "loss=cpo", "loss=orpo", "loss=sft", "loss=unlikelihood", "reference-free=on"} {
		tr := newRun(t, variant(t, line))
		tr.Reference = nil // whoever reads it panics
		row, err := tr.Step()
		if err != nil {
			t.Fatal(err)
		}
		if got, want := row.Get("rewards/chosen"), tr.Config.Beta*row.Get("logps/chosen"); math.Abs(got-want) > 1e-12 {
			t.Errorf("%s: reward %v without a reference, want β log π = %v", line, got, want)
		}
	}
}

// A loss may be changed in the middle of a run, to one that needs what was not made.
func TestChangeTheLossInTheMiddle(t *testing.T) {
	tr := newRun(t, variant(t, "loss=orpo"))
	steps(t, tr, 2)
	cfg := variant(t, "loss=kto")
	if waits, err := tr.Configure(cfg); err != nil || len(waits) > 0 {
		t.Fatal(waits, err)
	}
	steps(t, tr, 2)
	if row := tr.History[len(tr.History)-1]; math.Abs(row.Get("rewards/chosen")) > 1 {
		t.Errorf("rewards %v: the reference was not scored", row.Get("rewards/chosen"))
	}
	cfg.Loss, cfg.LabelSmoothing = "hinge", 0.1
	if _, err := tr.Configure(cfg); err == nil || !strings.Contains(err.Error(), "label-smoothing: loss hinge does not use it") {
		t.Errorf("a setting that is not used: %v", err)
	}
}

func TestGradientWeights(t *testing.T) {
	tr := newRun(t, variant(t, "beta=0.5"))
	if len(tr.LastBatch()) != 0 {
		t.Error("a run without a step has a last batch")
	}
	steps(t, tr, 3)
	row, _ := tr.Step()
	last := tr.LastBatch()
	if len(last) != 6 { // 30 pairs in eights
		t.Fatalf("%d pairs of the last batch, want 6", len(last))
	}
	sum := 0.0
	for _, p := range last {
		if want := dpo.SigmoidOf(p.RejectedReward - p.ChosenReward); math.Abs(p.Weight-want) > 1e-12 || p.Pair.Prompt == "" {
			t.Errorf("%+v: weight, want σ(−z) = %v", p, want)
		}
		if want := 0.5 * (p.PolicyChosen - p.ReferenceChosen); p.ChosenReward != want {
			t.Errorf("%+v: reward, want %v", p, want)
		}
		sum += p.Weight / 6
	}
	if got := row.Get("gradient_weight"); math.Abs(got-sum) > 1e-12 {
		t.Errorf("gradient_weight %v, want the mean %v", got, sum)
	}
	if at := tr.History[0].Get("eval_gradient_weight"); at != 0.5 {
		t.Errorf("held-out pairs have weight %v at step 0, want ½", at)
	}
}

func TestClampedExponentsAreCounted(t *testing.T) {
	tr := newRun(t, variant(t, "divergence=forward_kl"))
	for i := range tr.Policy.Weights {
		tr.Policy.Weights[i] *= 12
	}
	pairs, _, err := tr.score(tr.next(), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := 0.0
	for _, p := range pairs {
		a, b := p.pair.LogRatios()
		want += is(a < -80 || b < -80)
	}
	if got := sumUp(pairs, 0.1).clamped; got != want || want == 0 {
		t.Errorf("%v pairs clamped, want %v (and some)", got, want)
	}
}

// logp is a model's log-probability of an answer by itself.
func logp(m *model.Model, prompt, answer []int32) (sum float64) {
	var tape nn.Tape
	var b model.Batch
	b.Add(prompt, answer)
	tape.Bind(m.Weights, nil)
	for _, v := range tape.Data(m.LogProbs(&tape, &b)) {
		sum += float64(v)
	}
	return sum
}

func TestMismatchedKL(t *testing.T) {
	tr := newRun(t, variant(t, "loss=kto"))
	// Trained to say the answers of its prompts, whatever the prompt.
	steps(t, tr, 4)
	set := tr.train[:5]
	got, err := tr.mismatchedKL(set)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for i, it := range set {
		other := set[(i+4)%5].example
		for _, answer := range [][]int32{other.Chosen, other.Rejected} {
			sum += logp(tr.Policy, it.example.Prompt, answer) - logp(tr.Reference, it.example.Prompt, answer)
		}
	}
	if want := max(0, sum/10); math.Abs(got-want) > 1e-5 {
		t.Errorf("kl %v, want %v", got, want)
	}
	tr.Policy, tr.Reference = tr.Reference, tr.Policy
	if back, _ := tr.mismatchedKL(set); math.Abs(back-max(0, -sum/10)) > 1e-5 || got == 0 && back == 0 {
		t.Errorf("the other way round %v, want %v", back, max(0, -sum/10))
	}
	tr.Policy.Context = len(set[0].example.Prompt) + 1 // answers are cut
	if _, err := tr.mismatchedKL(set[:2]); err != nil {
		t.Error(err)
	}
}

func TestLDDPOSeesTheShorterLength(t *testing.T) {
	tr := newRun(t, variant(t, "ld-alpha=0.25"))
	stray(tr)
	pairs, _, err := tr.score(tr.train[:6], nil)
	if err != nil {
		t.Fatal(err)
	}
	longer := 0
	for _, p := range pairs {
		e := p.example
		shared := min(len(e.Chosen), len(e.Rejected))
		for _, a := range []struct {
			tokens            []int32
			policy, reference float64
		}{{e.Chosen, p.pair.PolicyChosen, p.pair.ReferenceChosen}, {e.Rejected, p.pair.PolicyRejected, p.pair.ReferenceRejected}} {
			for _, m := range []struct {
				model *model.Model
				got   float64
			}{{tr.Policy, a.policy}, {tr.Reference, a.reference}} {
				all, head := logp(m.model, e.Prompt, a.tokens), logp(m.model, e.Prompt, a.tokens[:shared])
				if want := head + 0.25*(all-head); math.Abs(m.got-want) > 1e-4 {
					t.Errorf("%q: %v, want %v", p.item.pair.Prompt, m.got, want)
				}
			}
			longer += len(a.tokens) - shared
		}
	}
	if longer == 0 {
		t.Error("all pairs have answers of one length: the test compares nothing")
	}
}

func TestWPOWeighsPairs(t *testing.T) {
	tr := newRun(t, variant(t, "wpo=on"))
	pairs, _, err := tr.score(tr.train[:4], nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range pairs {
		// Of a policy that is its reference every plain loss is ln 2.
		if !(p.wpo > 0) || math.Abs(p.loss-p.wpo*math.Ln2) > 1e-6 {
			t.Errorf("pair %d: weight %v, loss %v", i, p.wpo, p.loss)
		}
	}
	if pairs[0].wpo == pairs[1].wpo {
		t.Error("two pairs have one weight")
	}
}

func TestTRDPOMovesTheReference(t *testing.T) {
	tr := newRun(t, variant(t, "tr-dpo=on tr-steps=3 tr-alpha=0.25"))
	base, before := tr.Reference, append([]float32{}, tr.Reference.Weights...)
	steps(t, tr, 2)
	if tr.Reference != base {
		t.Fatal("the reference moved before its time")
	}
	steps(t, tr, 1)
	if tr.Reference == base || tr.Base() != base {
		t.Fatal("the reference did not move, or its base is lost")
	}
	for i, w := range base.Weights {
		if w != before[i] {
			t.Fatal("whoever holds the former reference sees it move")
		}
		if want := float32(0.25*tr.Policy.Weights[i]) + float32(0.75*w); tr.Reference.Weights[i] != want {
			t.Fatalf("weight %d: %v, want %v", i, tr.Reference.Weights[i], want)
		}
	}
	pairs, _, err := tr.score(tr.train[:3], nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pairs {
		if want := logp(tr.Reference, p.example.Prompt, p.example.Chosen); math.Abs(p.pair.ReferenceChosen-want) > 1e-4 {
			t.Errorf("%q: the reference says %v, want %v of where it is now", p.item.pair.Prompt, p.pair.ReferenceChosen, want)
		}
	}
}

func TestBCOShiftIsARunningMean(t *testing.T) {
	tr := newRun(t, variant(t, "loss=bco_pair bco-shift=on"))
	sum, n := 0.0, 0.0
	for range 3 {
		steps(t, tr, 1)
		for _, p := range tr.LastBatch() {
			sum += p.ChosenReward + p.RejectedReward
			n += 2
		}
		if math.Abs(tr.shift.Mean-sum/n) > 1e-9 || tr.shift.Count != int(n) {
			t.Errorf("step %d: shift %+v, want %v of %v", tr.Steps(), tr.shift, sum/n, n)
		}
	}
	was := tr.shift
	if _, err := tr.Evaluate(); err != nil || tr.shift != was {
		t.Errorf("held-out pairs moved the shift from %+v to %+v, %v", was, tr.shift, err)
	}
}

// A run saved before there was a table of losses.
func TestOldRunsLoad(t *testing.T) {
	for was, want := range map[string]string{"dpo": "sigmoid", "sft": "sft"} {
		tr := newRun(t, variant(t, "loss="+want))
		steps(t, tr, 1)
		saved, err := tr.Save()
		if err != nil {
			t.Fatal(err)
		}
		p, err := readProgress(runJSON(t, saved))
		if err != nil {
			t.Fatal(err)
		}
		var settings [][2]string
		for _, s := range p.settings {
			if f, ok := config.ByName(s[0]); ok && !f.OfLoss && f.Name != "loss" {
				settings = append(settings, s)
			}
		}
		p.settings = append([][2]string{{"objective", was}, {"label-smoothing", "0.1"}}, settings...)
		p.numbers = nil
		delete(p.counts, "bco_rewards")
		back, err := Load(rezip(t, saved, fileRun, p.json()), nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := back.Config.Validate(); err != nil || back.Config.Loss != want || (back.Config.LabelSmoothing == 0.1) != (was == "dpo") {
			t.Errorf("objective %s came back as %+v, %v", was, back.Config, err)
		}
	}
}
