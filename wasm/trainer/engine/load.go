package engine

import (
	"fmt"
	"strings"

	"dpolab/core/ckpt"
	"dpolab/core/pref"
	"dpolab/core/preset"
	"dpolab/core/token"
	"dpolab/core/train"
	"dpolab/core/world"
	"dpolab/wasm/bridge"
)

// start loads a preset and tells the page of it, and of a run that is kept.
func (e *Engine) start(name string) {
	if err := e.load(name); err != nil {
		e.fail("start", fmt.Errorf("preset %s: %w", name, err))
		return
	}
	if about, _, ok := e.host.Kept(); ok {
		e.host.Post(&about)
	}
}

// load fetches the base model of a preset's world and the preset's pairs, and begins
// a run with its settings.
func (e *Engine) load(name string) error {
	p, err := preset.ByName(name)
	if err != nil {
		return err
	}
	w, err := world.ByName(p.World)
	if err != nil {
		return err
	}
	names := []string{"config.json", "tokenizer.json", "model.safetensors", p.Pairs, preset.Heldout}
	paths := make([]string, len(names))
	for i, f := range names {
		paths[i] = "checkpoints/" + p.World + "/" + f
	}
	files, err := e.host.Fetch(paths)
	if err != nil {
		return err
	}
	tok, err := token.ReadJSON(files[1])
	if err != nil {
		return err
	}
	base, err := ckpt.ReadModel(files[0], files[2])
	if err != nil {
		return err
	}
	data := train.Data{Name: p.Title, World: p.World}
	for i, set := range []*[]pref.Pair{&data.Train, &data.Heldout} {
		s, err := pref.Read(files[3+i])
		if err != nil {
			return fmt.Errorf("%s: %w", names[3+i], err)
		}
		*set = s.Pairs
	}
	if p.Flip > 0 {
		data.Train, _ = train.Flip(data.Train, p.Flip, preset.FlipSeed)
	}
	run, problems, err := train.New(base, tok, p.Config(), data)
	if err != nil {
		return err
	}
	if !e.settled() {
		e.keep() // the page offers to go back
	}
	e.stopJobs()
	e.tok, e.preset, e.wanted = tok, p, run.Config
	e.introduce(run, w)
	e.postSet(data, problems, len(data.Train)+len(data.Heldout))
	e.begin(run)
	return nil
}

// introduce tells the page which model is loaded.
func (e *Engine) introduce(run *train.Trainer, w world.World) {
	m := run.Base()
	e.world, e.base, e.answered = w, train.Fingerprint(m.Weights, nil), false
	ready := &bridge.Ready{Preset: e.preset.Name, Title: e.preset.Title, SIMD: simd, HasReward: w != nil,
		Model: bridge.ModelInfo{Name: e.preset.Name, Parameters: m.Parameters(), Layers: m.Layers, Hidden: m.Hidden,
			Vocab: m.Vocab, Context: m.Context, Fingerprint: e.base}}
	if w != nil {
		_, ready.Exact = w.(world.Finite)
		ready.World, ready.Description, ready.Model.Name = w.Name(), w.Description(), w.Name()
	}
	e.host.Post(ready)
}

// importFile takes what the user dropped: a saved run, or preference pairs.
func (e *Engine) importFile(m *bridge.Import) {
	if err := e.take(m); err != nil {
		e.fail("import", fmt.Errorf("%s: %w", m.Name, err))
	}
}

func (e *Engine) take(m *bridge.Import) error {
	if train.IsRun(m.Data) {
		return e.restore(m.Data, "")
	}
	if err := pref.CheckSize(int64(len(m.Data))); err != nil {
		return err
	}
	set, err := pref.Read(m.Data)
	if err != nil {
		return err
	}
	usable, problems := train.Usable(e.tok, set, e.run.Policy.Context)
	if len(usable) == 0 {
		return fmt.Errorf("none of its %d rows can be used; the pairs are as they were. %s", set.Rows, firstOf(problems))
	}
	trainSet, heldout := pref.Split(usable, heldOutShare, e.run.Config.Seed)
	data := train.Data{Name: m.Name, World: e.run.Data().World, Train: pick(usable, trainSet), Heldout: pick(usable, heldout)}
	if _, err := e.run.SetData(data); err != nil {
		return err
	}
	e.bad = nil
	e.postSet(data, problems, set.Rows)
	e.report(e.host.Now(), true)
	return nil
}

// firstOf words the first problems of a file of which nothing can be used.
func firstOf(problems []pref.Problem) string {
	const few = 3
	var b strings.Builder
	for _, p := range problems[:min(few, len(problems))] {
		b.WriteString(p.String() + ". ")
	}
	if n := len(problems) - few; n > 0 {
		fmt.Fprintf(&b, "%d more.", n)
	}
	return b.String()
}

// heldOutShare of an imported set is not trained on.
const heldOutShare = 0.1

func pick(pairs []pref.Pair, which []int) []pref.Pair {
	out := make([]pref.Pair, len(which))
	for i, j := range which {
		out[i] = pairs[j]
	}
	return out
}

// restore makes a saved run the run, paused where it stood. A preset that it is known
// to come from is named; otherwise it counts as its world's own.
func (e *Engine) restore(b []byte, name string) error {
	var run *train.Trainer
	var err error
	e.quietly(func() { run, err = train.Load(b, e.hook) })
	if err != nil {
		return err
	}
	data := run.Data()
	w, _ := world.ByName(data.World) // unknown: the run goes on, without a true reward
	e.stopJobs()
	e.tok, e.wanted = run.Tok, run.Config
	if p, err := preset.ByName(name); err == nil && p.World == data.World {
		e.preset = p
	} else if p, err := preset.ByName(data.World); err == nil {
		e.preset = p
	} else if data.World != e.preset.World {
		e.preset = preset.Preset{Name: data.World, Title: data.Name, World: data.World}
	}
	e.introduce(run, w)
	e.postSet(data, nil, len(data.Train)+len(data.Heldout))
	phase := bridge.Paused
	switch {
	case run.Steps() == 0:
		phase = bridge.Idle
	case run.Done():
		phase = bridge.Done
	}
	e.adopt(run, phase)
	e.postSettings(nil)
	return nil
}

// setPairs takes the user's edits.
func (e *Engine) setPairs(m *bridge.SetPairs) {
	data := train.Data{Name: m.Name, World: e.run.Data().World, Train: m.Train, Heldout: m.Heldout}
	problems, err := e.run.SetData(data)
	e.bad = err
	e.host.Post(&bridge.Pairs{Revision: m.Revision, Name: m.Name, Problems: problems})
	e.report(e.host.Now(), true)
}

// kept restores or forgets the state kept from before a reload or a crash.
func (e *Engine) kept(restore bool) {
	if !restore {
		if err := e.host.Forget(); err != nil {
			e.fail("keep", err)
		}
		e.host.Post(&bridge.KeptRun{Gone: true})
		return
	}
	about, read, ok := e.host.Kept()
	if !ok {
		e.host.Post(&bridge.KeptRun{Gone: true})
		e.fail("keep", fmt.Errorf("there is no run kept in this browser any more"))
		return
	}
	b, err := read()
	if err == nil {
		err = e.restore(b, about.Preset)
	}
	if err != nil {
		e.fail("keep", fmt.Errorf("the kept run cannot be restored: %w", err))
	}
}

// keep stores the run as it stands, so that a reload or a crash loses little.
func (e *Engine) keep() {
	now := e.host.Now()
	e.lastKept = now
	if e.run.Steps() == 0 {
		return
	}
	var b []byte
	var err error
	e.quietly(func() { b, err = e.run.Save() })
	if err == nil {
		err = e.host.Keep(bridge.KeptRun{Step: e.run.Steps(), Total: e.run.Total(), Preset: e.preset.Name}, b)
	}
	if err != nil {
		e.fail("keep", fmt.Errorf("this run is not kept across a reload: %w: download the checkpoint to be safe", err))
	}
}

func (e *Engine) postSet(data train.Data, problems []pref.Problem, rows int) {
	e.host.Post(&bridge.Pairs{Name: data.Name, Train: data.Train, Heldout: data.Heldout,
		Problems: problems, Rows: rows})
}
