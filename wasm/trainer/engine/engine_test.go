package engine

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"dpolab/core/ckpt"
	"dpolab/core/model"
	"dpolab/core/pref"
	"dpolab/core/preset"
	"dpolab/core/token"
	"dpolab/core/train"
	"dpolab/core/world"
	"dpolab/wasm/bridge"

	"math/rand/v2"
)

// bench is a host without a browser: its clock ticks when it is read, and a script
// of messages is delivered one at each turn of the event loop.
type bench struct {
	t      *testing.T
	e      *Engine
	files  map[string][]byte
	now    float64
	turns  int
	posted []bridge.Message
	onTurn func(turn int) bridge.Message // what comes in at this turn, or nil
	over   bool                          // nothing more will come
	kept   []byte
	about  bridge.KeptRun
}

func (b *bench) Post(m bridge.Message) {
	back, err := bridge.Decode(bridge.Encode(m)) // as the page gets it
	if err != nil {
		b.t.Fatalf("%T: %v", m, err)
	}
	b.posted = append(b.posted, back)
}
func (b *bench) Now() float64 { b.now += 0.5; return b.now }
func (b *bench) Yield() {
	b.turns++
	if b.onTurn != nil {
		if m := b.onTurn(b.turns); m != nil {
			b.e.Deliver(m)
		}
	}
}

// Wait is where the engine has nothing to do: the script goes on, or the test ends.
func (b *bench) Wait() {
	before := len(b.e.inbox)
	for range 1000 {
		if b.Yield(); len(b.e.inbox) > before {
			return
		}
	}
	b.over = true
	b.e.Deliver(&bridge.Control{Action: bridge.Train}) // out of a pause in mid-step
}

func (b *bench) Fetch(paths []string) (out [][]byte, err error) {
	for _, p := range paths {
		f, ok := b.files[p]
		if !ok {
			return nil, fmt.Errorf("%s: 404", p)
		}
		out = append(out, f)
	}
	return out, nil
}
func (b *bench) Keep(about bridge.KeptRun, run []byte) error {
	b.about, b.kept = about, slices.Clone(run)
	return nil
}
func (b *bench) Kept() (bridge.KeptRun, func() ([]byte, error), bool) {
	return b.about, func() ([]byte, error) { return b.kept, nil }, b.kept != nil
}
func (b *bench) Forget() error { b.kept = nil; return nil }

// presetFiles makes the files of a tiny base model of the Sentiment world.
func presetFiles(t *testing.T) map[string][]byte { return worldFiles(t, world.Sentiment()) }

func worldFiles(t *testing.T, w world.World) map[string][]byte {
	t.Helper()
	r, dir := rand.New(rand.NewPCG(1, 1)), "checkpoints/"+w.Name()+"/"
	var texts []string
	var pairs []pref.Pair
	for range 60 {
		p := w.Prompt(r)
		good, bad := w.Answer(r, p), w.Answer(r, p)
		texts = append(texts, p+good, p+bad)
		pairs = append(pairs, pref.Pair{Prompt: p, Chosen: good, Rejected: bad})
	}
	tok, err := token.Train(texts, 400)
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.New(model.Config{Vocab: tok.VocabSize(), Hidden: 16, Layers: 1, Heads: 2, KVHeads: 1, HeadDim: 8, FFN: 24,
		Context: 256, RopeTheta: 10000, NormEps: 1e-5, TieEmbeddings: true})
	if err != nil {
		t.Fatal(err)
	}
	m.Init(1)
	folder, err := ckpt.Folder(m, tok, ckpt.F16)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{
		dir + "train.jsonl":   pref.AppendJSONL(nil, pairs[:40]),
		dir + "heldout.jsonl": pref.AppendJSONL(nil, pairs[40:]),
	}
	for _, f := range folder {
		files[dir+f.Name] = f.Data
	}
	return files
}

// play runs an engine on a script: the n-th message is delivered at the n-th given
// turn or later, and the engine stops when all is said and done.
func play(t *testing.T, files map[string][]byte, onTurn func(b *bench, turn int) bridge.Message, first ...bridge.Message) *bench {
	t.Helper()
	b := &bench{t: t, files: files}
	b.e = New(b)
	if onTurn != nil {
		b.onTurn = func(turn int) bridge.Message { return onTurn(b, turn) }
	}
	b.e.Deliver(&bridge.Start{Preset: "sentiment"})
	for _, m := range first {
		b.e.Deliver(m)
	}
	b.e.Loop(func() bool { return b.over })
	return b
}

func settings(v ...string) *bridge.Configure {
	c := &bridge.Configure{}
	for i := 0; i < len(v); i += 2 {
		c.Values = append(c.Values, bridge.Setting{Name: v[i], Value: v[i+1]})
	}
	return c
}

// small is settings with which a run of the tiny preset has 10 steps.
func small() *bridge.Configure {
	return settings("beta", "0.1", "batch-size", "4", "micro-batch", "2", "eval-every", "4", "eval-pairs", "6", "learning-rate", "0.01")
}

var pressTrain = &bridge.Control{Action: bridge.Train}

// of returns the posted messages of one type.
func of[M bridge.Message](b *bench) (out []M) {
	for _, m := range b.posted {
		if m, ok := m.(M); ok {
			out = append(out, m)
		}
	}
	return out
}

func lastState(b *bench) *bridge.State {
	s := of[*bridge.State](b)
	return s[len(s)-1]
}

// rows returns the metrics as the page has them in the end: a later row of a step
// replaces the earlier one.
func rows(b *bench) map[int]string {
	out := map[int]string{}
	for _, m := range of[*bridge.Metrics](b) {
		if m.Clear {
			clear(out)
		}
		for i, s := range m.Steps {
			out[s] = fmt.Sprint(m.Values[i*len(m.Names) : (i+1)*len(m.Names)])
		}
	}
	return out
}

func noFailures(t *testing.T, b *bench) {
	t.Helper()
	for _, f := range of[*bridge.Failed](b) {
		t.Errorf("failed: %s: %s", f.What, f.Text)
	}
}

func TestStartAndTrain(t *testing.T) {
	b := play(t, presetFiles(t), nil, small(), pressTrain)
	noFailures(t, b)
	ready := of[*bridge.Ready](b)
	if len(ready) != 1 || ready[0].Model.Parameters == 0 || !ready[0].HasReward || len(ready[0].Model.Fingerprint) != 64 {
		t.Fatalf("Ready: %+v", ready)
	}
	s := lastState(b)
	if s.Phase != bridge.Done || s.Step != 10 || s.Total != 10 || len(s.Fingerprint) != 64 || s.Fingerprint == ready[0].Model.Fingerprint {
		t.Errorf("in the end: %+v, want 10 of 10 steps and other weights", s)
	}
	if s.TokensPerSecond <= 0 || s.Epoch != 1 {
		t.Errorf("speed %v, epoch %v", s.TokensPerSecond, s.Epoch)
	}
	if got := len(rows(b)); got != 11 {
		t.Errorf("%d rows of metrics, want those of steps 0 to 10", got)
	}
	if b.about.Step != 10 || b.kept == nil {
		t.Errorf("kept: %+v, want step 10", b.about)
	}
}

// Pausing in mid-step, stepping by hand, sampling, judging and saving meanwhile
// change no bit of the run.
func TestInterruptionsChangeNothing(t *testing.T) {
	files := presetFiles(t)
	plain := play(t, files, nil, small(), pressTrain)
	script := []bridge.Message{
		&bridge.Control{Action: bridge.Pause},
		&bridge.Sample{Request: 1, Prompt: "The film is", Temperature: 1, TopP: 0.9, MaxTokens: 12, Seed: 5},
		&bridge.Ping{Number: 7},
		&bridge.Control{Action: bridge.Step},
		&bridge.Save{What: bridge.SaveRun},
		&bridge.Control{Action: bridge.Step},
		&bridge.Control{Action: bridge.Train},
		&bridge.Judge{Request: 2, Prompts: 5, Temperature: 1, Seed: 1},
		&bridge.Control{Action: bridge.Pause},
		settings("beta", "0.1"),
		&bridge.Control{Action: bridge.Train},
		&bridge.Save{What: bridge.SavePolicy},
		&bridge.Control{Action: bridge.Pause},
		&bridge.Control{Action: bridge.Train},
	}
	b := play(t, files, func(_ *bench, turn int) bridge.Message {
		if turn%5 != 0 || len(script) == 0 {
			return nil
		}
		m := script[0]
		script = script[1:]
		return m
	}, small(), pressTrain)
	noFailures(t, b)
	if len(script) > 0 {
		t.Fatalf("%d messages were never delivered", len(script))
	}
	paused := 0
	for _, s := range of[*bridge.State](b) {
		if s.Phase == bridge.Paused {
			paused++
		}
	}
	if paused == 0 {
		t.Error("the run was never paused: the test tried nothing")
	}
	if got, want := lastState(b).Fingerprint, lastState(plain).Fingerprint; got != want || got == "" {
		t.Errorf("weights %q, without interruptions %q", got, want)
	}
	got, want := rows(b), rows(plain)
	for step, w := range want {
		if got[step] != w {
			t.Errorf("step %d:\n%s\nwithout interruptions\n%s", step, got[step], w)
		}
	}
	if n := len(of[*bridge.File](b)); n != 2 {
		t.Errorf("%d files were saved, want 2", n)
	}
	if p := of[*bridge.Pong](b); len(p) != 1 || p[0].Number != 7 {
		t.Errorf("pongs: %v", p)
	}
}

// A pause is answered at the first look at the inbox, however long the step is.
func TestPauseActsWithinAStep(t *testing.T) {
	asked, answered := 0, 0
	b := play(t, presetFiles(t), func(b *bench, turn int) bridge.Message {
		if turn == 3 {
			asked = turn
			return &bridge.Control{Action: bridge.Pause}
		}
		if s := of[*bridge.State](b); asked > 0 && answered == 0 && s[len(s)-1].Phase == bridge.Paused {
			answered = turn
		}
		return nil
	}, settings("batch-size", "40"), pressTrain)
	if answered != asked+1 {
		t.Errorf("paused %d turns of the event loop after it was asked for", answered-asked)
	}
	for _, s := range of[*bridge.State](b) {
		if s.Step > 1 {
			t.Fatalf("a step was finished: %+v", s)
		}
	}
}

// A pause does not wait behind a setting that waits for the step to end.
func TestPauseOvertakesASetting(t *testing.T) {
	asked := 0
	b := play(t, presetFiles(t), func(b *bench, turn int) bridge.Message {
		if turn == 3 {
			b.e.Deliver(settings("beta", "0.3"))
			asked = turn
			return &bridge.Control{Action: bridge.Pause}
		}
		if s := lastState(b); asked > 0 && turn == asked+1 && s.Phase != bridge.Paused {
			t.Errorf("a turn after the pause: %+v", s)
		}
		return nil
	}, settings("batch-size", "40"), pressTrain)
	noFailures(t, b)
	if asked == 0 || b.e.run.Config.Beta != 0.3 {
		t.Errorf("asked at turn %d, β in force %v, want 0.3", asked, b.e.run.Config.Beta)
	}
}

func TestResetInMidStep(t *testing.T) {
	said := 0
	b := play(t, presetFiles(t), func(b *bench, turn int) bridge.Message {
		s := of[*bridge.State](b)
		switch {
		case said == 0 && len(s) > 0 && s[len(s)-1].Step >= 2 && s[len(s)-1].StepFraction > 0:
			said = 1
			return settings("seed", "9")
		case said == 1:
			said = 2
			return &bridge.Control{Action: bridge.Reset}
		}
		return nil
	}, small(), pressTrain)
	noFailures(t, b)
	s := lastState(b)
	if said != 2 || s.Phase != bridge.Idle || s.Step != 0 || s.Fingerprint != of[*bridge.Ready](b)[0].Model.Fingerprint {
		t.Errorf("after a reset: %+v", s)
	}
	if len(rows(b)) != 0 {
		t.Errorf("the page still has %d rows", len(rows(b)))
	}
	if b.e.run.Config.Seed != 9 {
		t.Errorf("the seed that waited for the reset is %d", b.e.run.Config.Seed)
	}
}

func TestSampleStreamsBothAnswers(t *testing.T) {
	b := play(t, presetFiles(t), nil, &bridge.Sample{Request: 4, Prompt: "The film is", Temperature: 1, TopP: 1, MaxTokens: 9, Seed: 2})
	noFailures(t, b)
	var text [2]string
	var done [2]int
	for _, m := range of[*bridge.Token](b) {
		text[m.Who] += m.Text
		if m.Done {
			done[m.Who]++
		}
	}
	if done != [2]int{1, 1} || text[0] == "" || text[0] != text[1] {
		t.Errorf("answers %q, ended %v: want the same words from policy and reference at step 0", text, done)
	}
}

func TestJudgeMeasures(t *testing.T) {
	b := play(t, presetFiles(t), nil, &bridge.Judge{Request: 3, Prompts: 11, Temperature: 1, Seed: 2})
	noFailures(t, b)
	all := of[*bridge.Judged](b)
	last := all[len(all)-1]
	if !last.Finished || last.Done != 11 || last.Policy.N != 11 || last.Policy != last.Reference || last.WinRate.Mean != 0.5 {
		t.Errorf("policy against itself: %+v", last)
	}
	if math.Abs(last.KL.Mean) > 1e-3 {
		t.Errorf("KL of the reference to itself is %v", last.KL.Mean)
	}
	if last.Policy.Lo > last.Policy.Mean || last.Policy.Hi < last.Policy.Mean {
		t.Errorf("interval %+v", last.Policy)
	}
}

func TestImport(t *testing.T) {
	var pairs []pref.Pair
	for i := range 30 {
		pairs = append(pairs, pref.Pair{Prompt: fmt.Sprint("Number ", i), Chosen: " good", Rejected: " bad"})
	}
	file := string(pref.AppendJSONL(nil, pairs)) + `{"prompt":"x","chosen":"","rejected":"y"}` + "\n" +
		`{"prompt":"x","chosen":"` + strings.Repeat("many words ", 200) + `","rejected":"y"}` + "\n"
	b := play(t, presetFiles(t), nil, &bridge.Import{Name: "mine.jsonl", Data: []byte(file)})
	noFailures(t, b)
	sets := of[*bridge.Pairs](b)
	got := sets[len(sets)-1]
	if got.Name != "mine.jsonl" || len(got.Train) != 27 || len(got.Heldout) != 3 || got.Rows != 32 {
		t.Errorf("%s: %d training, %d held-out, %d rows", got.Name, len(got.Train), len(got.Heldout), got.Rows)
	}
	if len(got.Problems) != 2 || got.Problems[0].Line != 31 || got.Problems[1].Line != 32 || !strings.Contains(got.Problems[1].Reason, "longer than the context by") {
		t.Errorf("problems: %+v", got.Problems)
	}
}

func TestRefusals(t *testing.T) {
	files := presetFiles(t)
	for _, tc := range []struct {
		name string
		m    []bridge.Message
		what string
		want string
	}{
		{"empty file", []bridge.Message{&bridge.Import{Name: "e.jsonl"}}, "import", "e.jsonl"},
		{"binary file", []bridge.Message{&bridge.Import{Name: "b", Data: []byte{0, 1, 2, 255}}}, "import", "b: "},
		{"only bad rows", []bridge.Message{&bridge.Import{Name: "r", Data: []byte(`{"prompt":"a","chosen":"b","rejected":"b"}` + "\n")}}, "import", "line 1"},
		{"unknown columns", []bridge.Message{&bridge.Import{Name: "r", Data: []byte(`{"prompt":"a"}` + "\n")}}, "import", "prompt"},
		{"a broken run", []bridge.Message{&bridge.Import{Name: "run.zip", Data: []byte("PK\x03\x04 and nothing more")}}, "import", "cut off"},
		{"a batch too large", []bridge.Message{settings("batch-size", "41"), pressTrain}, "train", "larger than the 40 training pairs"},
		{"an empty prompt", []bridge.Message{&bridge.Sample{Request: 1, Temperature: 1, TopP: 1, MaxTokens: 5}}, "sample", "empty"},
		{"a bad temperature", []bridge.Message{&bridge.Sample{Request: 1, Prompt: "x", Temperature: math.NaN(), TopP: 1, MaxTokens: 5}}, "sample", "temperature"},
		{"no pairs", []bridge.Message{&bridge.SetPairs{Revision: 1}, pressTrain}, "train", "training pairs can be used"},
		{"nothing kept", []bridge.Message{&bridge.Kept{Restore: true}}, "keep", "no run kept"},
		{"an unknown preset", []bridge.Message{&bridge.Start{Preset: "warp"}}, "start", "no preset \"warp\""},
		{"an unknown file", []bridge.Message{&bridge.Save{What: "soul"}}, "save", "soul"},
	} {
		b := play(t, files, nil, tc.m...)
		f := of[*bridge.Failed](b)
		if len(f) == 0 || f[0].What != tc.what || !strings.Contains(f[0].Text, tc.want) {
			t.Errorf("%s: %+v, want a failure of %s with %q", tc.name, f, tc.what, tc.want)
		}
		if s := lastState(b); s.Phase == bridge.Training || s.Step != 0 {
			t.Errorf("%s: afterwards %+v", tc.name, s)
		}
	}
}

func TestSettingsAreRefusedOneByOne(t *testing.T) {
	b := play(t, presetFiles(t), nil, settings("beta", "0", "learning-rate", "NaN", "batch-size", "8", "warp", "9"))
	all := of[*bridge.Settings](b)
	last := all[len(all)-1]
	if len(last.Errors) != 3 || last.Errors[0].Name != "beta" || last.Errors[1].Name != "learning-rate" || last.Errors[2].Name != "warp" {
		t.Errorf("errors: %+v", last.Errors)
	}
	if b.e.run.Config.BatchSize != 8 || b.e.run.Config.Beta != preset.All[0].Config().Beta {
		t.Errorf("in force: %+v", b.e.run.Config)
	}
}

// A run that was kept goes on in a fresh engine to the same weights.
func TestKeptRunGoesOn(t *testing.T) {
	files := presetFiles(t)
	whole := play(t, files, nil, small(), pressTrain)
	cut := play(t, files, func(b *bench, turn int) bridge.Message {
		if s := of[*bridge.State](b); len(s) > 0 && s[len(s)-1].Step == 4 && s[len(s)-1].Phase == bridge.Training {
			return &bridge.Control{Action: bridge.Pause}
		}
		return nil
	}, small(), pressTrain)
	if cut.about.Step == 0 || cut.about.Step >= 10 {
		t.Fatalf("kept: %+v, want a step in the middle", cut.about)
	}
	b := &bench{t: t, files: files, kept: cut.kept, about: cut.about}
	b.e = New(b)
	for _, m := range []bridge.Message{&bridge.Start{Preset: "sentiment"}, &bridge.Kept{Restore: true}, pressTrain} {
		b.e.Deliver(m)
	}
	b.e.Loop(func() bool { return b.over })
	noFailures(t, b)
	if k := of[*bridge.KeptRun](b); len(k) == 0 || k[0].Step != cut.about.Step {
		t.Errorf("the kept run was offered as %+v", k)
	}
	if got, want := lastState(b).Fingerprint, lastState(whole).Fingerprint; got != want {
		t.Errorf("weights %s, without a break %s", got, want)
	}
	if fmt.Sprint(rows(b)) != fmt.Sprint(rows(whole)) {
		t.Error("other metrics than without a break")
	}
}

// Pairs are made while the run is trained, from seed alone, and change nothing.
func TestMakePairs(t *testing.T) {
	files := presetFiles(t)
	ask := &bridge.MakePairs{Request: 5, Who: bridge.Reference, Size: 40, Heldout: 20, Label: bridge.LabelLonger, Gap: 1, Seed: 3}
	alone := play(t, files, nil, ask)
	noFailures(t, alone)
	all := of[*bridge.Made](alone)
	last := all[len(all)-1]
	if !last.Finished || last.Error != "" || last.Done != 60 || last.Of != 60 || len(last.Train) != 40 || len(last.Heldout) != 20 ||
		last.Prompts == 0 || last.Name != "Film reviews, 40 pairs, seed 3, longer preferred" || !(last.Likelier >= 0 && last.Likelier <= 1) {
		t.Fatalf("made: %+v", last)
	}
	for i, m := range all[:len(all)-1] {
		if m.Finished || len(m.Train) > 0 || m.Done > all[i+1].Done {
			t.Errorf("report %d: %+v", i, m)
		}
	}
	if len(all) < 2 || all[0].Done > 0 {
		t.Errorf("%d reports: the first: %+v", len(all), all[0])
	}
	plain := play(t, files, nil, small(), pressTrain)
	both := play(t, files, nil, small(), pressTrain, ask)
	noFailures(t, both)
	if got, want := lastState(both).Fingerprint, lastState(plain).Fingerprint; got != want {
		t.Errorf("weights %s with pairs being made, %s without", got, want)
	}
	beside := of[*bridge.Made](both)
	if got := beside[len(beside)-1]; !slices.Equal(got.Train, last.Train) || !slices.Equal(got.Heldout, last.Heldout) {
		t.Error("other pairs are made beside training")
	}
	if n := len(of[*bridge.Pairs](both)); n != 1 {
		t.Errorf("the run got %d sets of pairs, want only the preset's", n)
	}
}

func TestMakePairsStopsAndRefuses(t *testing.T) {
	files := presetFiles(t)
	big := &bridge.MakePairs{Request: 5, Size: 5000, Label: bridge.LabelLonger, Gap: 1}
	for _, tc := range []struct {
		m    []bridge.Message
		want string
	}{
		{[]bridge.Message{big, &bridge.StopSample{Request: 5}}, "stopped"},
		{[]bridge.Message{big, &bridge.Start{Preset: "sentiment"}}, "stopped"},
		{[]bridge.Message{&bridge.MakePairs{Request: 5, Size: 0}}, "0 training"},
		{[]bridge.Message{&bridge.MakePairs{Request: 5, Size: 20001}}, "20001 training"},
		{[]bridge.Message{&bridge.MakePairs{Request: 5, Size: 9, Label: "best"}}, `label is "best"`},
		{[]bridge.Message{&bridge.MakePairs{Request: 5, Size: 9, Flip: 0.7}}, "flip is 0.7"},
	} {
		b := play(t, files, nil, tc.m...)
		all := of[*bridge.Made](b)
		if last := all[len(all)-1]; !last.Finished || last.Request != 5 || len(last.Train) > 0 || !strings.Contains(last.Error, tc.want) || len(b.e.jobs) > 0 {
			t.Errorf("%+v, want %q", last, tc.want)
		}
	}
	for _, label := range []string{bridge.LabelReward, bridge.LabelLonger, bridge.LabelNear, ""} {
		p := train.PairMaker{Label: label, Answers: 2, Sampling: model.Sampling{TopP: 1, MaxTokens: 1}}
		if err := p.Validate(); err != nil {
			t.Errorf("core/train does not know the bridge's label %q: %v", label, err)
		}
	}
}

// In a world that lists its answers the table is exact: the policy is its reference
// at first, and gains reward and distance when it learns.
func TestExact(t *testing.T) {
	old := preset.All
	defer func() { preset.All = old }()
	preset.All = []preset.Preset{{Name: "two-words", World: "two-words", Pairs: preset.Pairs, Title: "Two words"}}
	w := world.TwoWords()
	files := worldFiles(t, w)
	asked := false
	b := &bench{t: t, files: files}
	b.e = New(b)
	b.onTurn = func(int) bridge.Message {
		if s := of[*bridge.State](b); !asked && len(s) > 0 && s[len(s)-1].Phase == bridge.Done {
			asked = true
			return &bridge.AskExact{Request: 3, Beta: 0.1}
		}
		return nil
	}
	for _, m := range []bridge.Message{&bridge.Start{Preset: "two-words"}, small(), &bridge.AskExact{Request: 1, Prompt: w.Prompts()[0], Beta: 0.1},
		&bridge.AskExact{Request: 2, Prompt: "Who?", Beta: 0.1}, &bridge.AskExact{Request: 2, Beta: math.NaN()}, pressTrain} {
		b.e.Deliver(m)
	}
	b.e.Loop(func() bool { return b.over })
	noFailures(t, b)
	if !of[*bridge.Ready](b)[0].Exact {
		t.Error("the page is not told that the world is finite")
	}
	tables := map[int]*bridge.ExactTable{}
	for _, x := range of[*bridge.ExactTable](b) {
		if x.Request == 2 {
			if x.Error == "" {
				t.Errorf("accepted: %+v", x)
			}
			continue
		}
		tables[x.Request] = x
	}
	first, last := tables[1], tables[3]
	if first == nil || last == nil || last.Step != 10 || last.Prompt != w.Prompts()[0] || last.Count != len(w.Answers(last.Prompt)) {
		t.Fatalf("tables %+v, %+v", first, last)
	}
	if math.Abs(first.KLPolicy) > 1e-9 || first.RewardPolicy != first.RewardReference || !slices.Equal(first.Policy, first.Reference) {
		t.Errorf("the policy at step 0 is not its reference: %+v", first)
	}
	if !(last.KLPolicy > 0) || last.RewardReference != first.RewardReference || last.KLOptimum != first.KLOptimum || !(last.RewardOptimum > last.RewardReference) {
		t.Errorf("after 10 steps KL is %v; the reference's reward %v, the optimum's %v at KL %v", last.KLPolicy, last.RewardReference, last.RewardOptimum, last.KLOptimum)
	}
	n := len(last.Answers)
	if n < likeliest || n > 3*likeliest || len(last.Reward) != n || len(last.Optimum) != n || len(last.Policy) != n || len(last.Frontier) != frontierSteps {
		t.Errorf("%d answers %q, %d points of the frontier", n, last.Answers, len(last.Frontier))
	}
	for i, a := range last.Answers {
		if r := w.Judge(last.Prompt, a).Reward; r != last.Reward[i] {
			t.Errorf("%q: reward %v, want %v", a, last.Reward[i], r)
		}
	}
}

func TestExactNeedsAFiniteWorld(t *testing.T) {
	b := play(t, presetFiles(t), nil, &bridge.AskExact{Request: 1, Beta: 1})
	if x := of[*bridge.ExactTable](b); len(x) != 1 || !strings.Contains(x[0].Error, "no end of answers") {
		t.Errorf("%+v", x)
	}
}

// The speed is told once the page has its first answers, and never before.
func TestSpeed(t *testing.T) {
	files := presetFiles(t)
	if n := len(of[*bridge.Speed](play(t, files, nil))); n != 0 {
		t.Errorf("%d speeds before the first answer", n)
	}
	ask := &bridge.Sample{Request: 1, Prompt: "The film is", Temperature: 1, TopP: 1, MaxTokens: 9}
	b := play(t, files, nil, ask)
	noFailures(t, b)
	all := of[*bridge.Speed](b)
	if len(all) != 1 || !(all[0].TrainTokensPerSecond > 0) || !(all[0].SampleTokensPerSecond > 0) || all[0].Parameters != of[*bridge.Ready](b)[0].Model.Parameters {
		t.Fatalf("speeds: %+v", all)
	}
	if s := lastState(b); s.Step != 0 || s.Phase != bridge.Idle {
		t.Errorf("measuring moved the run: %+v", s)
	}
	// What the page wants comes first: the speed is measured again, later.
	asked := false
	b = play(t, files, func(b *bench, turn int) bridge.Message {
		if tokens := of[*bridge.Token](b); !asked && len(tokens) > 0 && tokens[len(tokens)-1].Done && len(b.e.jobs) == 0 {
			asked = true
			return pressTrain
		}
		return nil
	}, small(), ask)
	noFailures(t, b)
	if n := len(of[*bridge.Speed](b)); !asked || n != 1 || lastState(b).Phase != bridge.Done {
		t.Errorf("asked %v, %d speeds, in the end %+v", asked, n, lastState(b))
	}
}

// A preset brings its settings and turns its share of labels round.
func TestPresetSettingsAndFlips(t *testing.T) {
	files := presetFiles(t)
	plain := of[*bridge.Pairs](play(t, files, nil))[0]
	for _, p := range preset.All {
		if p.World != "sentiment" || p.Pairs != preset.Pairs {
			continue
		}
		b := &bench{t: t, files: files}
		b.e = New(b)
		b.e.Deliver(&bridge.Start{Preset: p.Name})
		b.e.Loop(func() bool { return b.over })
		noFailures(t, b)
		ready, set := of[*bridge.Ready](b)[0], of[*bridge.Pairs](b)[0]
		if ready.Preset != p.Name || ready.Title != p.Title || ready.World != p.World || ready.Exact {
			t.Errorf("%s: %+v", p.Name, ready)
		}
		if b.e.run.Config != p.Config() {
			t.Errorf("%s: settings %+v, want %+v", p.Name, b.e.run.Config, p.Config())
		}
		turned := 0
		for i, q := range set.Train {
			if q.Chosen == plain.Train[i].Rejected {
				turned++
			}
		}
		if turned > 0 != (p.Flip > 0) || turned > 20 || !slices.Equal(set.Heldout, plain.Heldout) {
			t.Errorf("%s: %d of %d labels turned round", p.Name, turned, len(set.Train))
		}
	}
}

// A run is kept, with its preset, when another preset is opened in the middle of it.
func TestAnotherPresetKeepsTheRun(t *testing.T) {
	var other string
	for _, p := range preset.All {
		if p.World == "sentiment" && p.Name != "sentiment" && p.Pairs == preset.Pairs {
			other = p.Name
		}
	}
	said := false
	b := play(t, presetFiles(t), func(b *bench, turn int) bridge.Message {
		if s := of[*bridge.State](b); !said && len(s) > 0 && s[len(s)-1].Step == 3 && s[len(s)-1].Phase == bridge.Training {
			said = true
			return &bridge.Start{Preset: other}
		}
		return nil
	}, small(), pressTrain)
	noFailures(t, b)
	k := of[*bridge.KeptRun](b)
	if len(k) != 1 || k[0].Step < 3 || k[0].Step > 5 || k[0].Preset != "sentiment" {
		t.Fatalf("kept: %+v", k)
	}
	if r := of[*bridge.Ready](b); r[len(r)-1].Preset != other {
		t.Errorf("opened: %+v", r[len(r)-1])
	}
	b.over = false
	b.e.Deliver(&bridge.Kept{Restore: true})
	b.e.Loop(func() bool { return b.over })
	noFailures(t, b)
	if r := of[*bridge.Ready](b); r[len(r)-1].Preset != "sentiment" || lastState(b).Step != k[0].Step {
		t.Errorf("restored: %+v, %+v", r[len(r)-1], lastState(b))
	}
}

// Answers that are being sampled end when another model comes.
func TestAnotherModelEndsTheAnswers(t *testing.T) {
	b := play(t, presetFiles(t), nil, &bridge.Sample{Request: 8, Prompt: "The film", Temperature: 1, TopP: 1, MaxTokens: 200, Seed: 1}, &bridge.Start{Preset: "sentiment"})
	ended := map[string]int{}
	for _, m := range of[*bridge.Token](b) {
		if m.Done {
			ended[m.Reason]++
		}
	}
	if ended["stopped"] != 2 || len(b.e.jobs) != 0 {
		t.Errorf("answers ended %v with %d still going on, want both stopped", ended, len(b.e.jobs))
	}
}

func TestStartWithoutItsFiles(t *testing.T) {
	files := presetFiles(t)
	delete(files, "checkpoints/sentiment/tokenizer.json")
	b := play(t, files, nil)
	if f := of[*bridge.Failed](b); len(f) != 1 || f[0].What != "start" || !strings.Contains(f[0].Text, "tokenizer.json") {
		t.Errorf("failures: %+v", f)
	}
}

func TestSlotHeader(t *testing.T) {
	h := SlotHeader{Number: 7, Length: 123456, About: bridge.KeptRun{Step: 3, Total: 9, Preset: "sentiment", SavedAt: 1e12}}
	b, err := h.Encode()
	if err != nil || len(b) != HeaderLen {
		t.Fatal(len(b), err)
	}
	if got, ok := DecodeSlotHeader(b); !ok || got != h {
		t.Errorf("DecodeSlotHeader = %+v, %v, want %+v", got, ok, h)
	}
	for _, i := range []int{0, 9, 40, HeaderLen - 1} {
		bad := slices.Clone(b)
		bad[i] ^= 1
		if _, ok := DecodeSlotHeader(bad); ok {
			t.Errorf("a header with byte %d altered is accepted", i)
		}
	}
	if _, ok := DecodeSlotHeader(make([]byte, HeaderLen)); ok {
		t.Error("zeros are accepted")
	}
}

func TestWholeCharacters(t *testing.T) {
	for _, tc := range []struct {
		in   string
		want int
	}{{"", 0}, {"ab", 2}, {"é", 2}, {"a\xc3", 1}, {"\xe2\x82", 0}, {"\xf0\x9f\x98", 0}, {"a\xff", 2}, {"\x80\x80\x80", 3}} {
		if got := whole([]byte(tc.in)); got != tc.want {
			t.Errorf("whole(%q) = %d, want %d", tc.in, got, tc.want)
		}
	}
}
