package train

import (
	"bytes"
	"fmt"
	"math"

	"dpolab/core/ckpt"
	"dpolab/core/model"
	"dpolab/core/pref"
	"dpolab/core/token"
	"dpolab/core/train/config"
)

// The files of a saved run. Weights are float32 and in transformers' names, so that
// any of them can be taken out and used alone.
const (
	fileRun       = "run.json"
	fileConfig    = "config.json"
	fileTokenizer = "tokenizer.json"
	filePolicy    = "policy.safetensors"
	fileReference = "reference.safetensors"
	fileBase      = "base.safetensors" // only where TR-DPO has moved the reference
	fileOptimizer = "optimizer.safetensors"
	fileTrain     = "train.jsonl"
	fileHeldout   = "heldout.jsonl"
	fileMetrics   = "metrics.jsonl"
)

// counters names the numbers of run.json and where they live.
func (t *Trainer) counters() map[string]*int {
	return map[string]*int{"step": &t.step, "epoch": &t.epoch, "cursor": &t.cursor, "tokens": &t.tokens,
		"evaluated": &t.evaluated, "adam_steps": &t.opt.Steps}
}

// optional names the numbers of run.json that runs saved by earlier builds lack.
func (t *Trainer) optional() map[string]*int { return map[string]*int{"bco_rewards": &t.shift.Count} }

// Save writes the run as one zip file from which Load goes on exactly: weights,
// reference, optimizer, settings, place in the data, pairs and metrics. Every file
// is named with its SHA-256 in run.json. The random state is the seed, the epoch
// and the cursor: an epoch's order is drawn from the first two.
func (t *Trainer) Save() ([]byte, error) {
	files, err := t.weightFiles()
	if err != nil {
		return nil, err
	}
	var rows []byte
	for _, r := range t.History {
		rows = AppendRow(rows, r)
	}
	files = append(files,
		ckpt.NamedFile{Name: fileConfig, Data: ckpt.ConfigJSON(t.Policy.Config, t.Tok.EndOfText())},
		ckpt.NamedFile{Name: fileTokenizer, Data: t.Tok.JSON()},
		ckpt.NamedFile{Name: fileTrain, Data: pref.AppendJSONL(nil, t.data.Train)},
		ckpt.NamedFile{Name: fileHeldout, Data: pref.AppendJSONL(nil, t.data.Heldout)},
		ckpt.NamedFile{Name: fileMetrics, Data: rows})
	p := &progress{format: runFormat, name: t.data.Name, world: t.data.World, counts: map[string]int{}, digests: map[string]string{}}
	for i := range config.Fields {
		f := &config.Fields[i]
		p.settings = append(p.settings, [2]string{f.Name, f.Get(&t.Config)})
	}
	for _, set := range []map[string]*int{t.counters(), t.optional()} {
		for name, v := range set {
			p.counts[name] = *v
		}
	}
	p.numbers = map[string]float64{numberShift: t.shift.Mean}
	for _, f := range files {
		p.digests[f.Name] = t.digest(f.Data)
	}
	return Zip(append([]ckpt.NamedFile{{Name: fileRun, Data: p.json()}}, files...))
}

func (t *Trainer) weightFiles() ([]ckpt.NamedFile, error) {
	var out []ckpt.NamedFile
	for _, m := range []struct {
		name  string
		model *model.Model
	}{{filePolicy, t.Policy}, {fileReference, t.Reference}, {fileBase, t.base}} {
		if m.model == nil {
			continue
		}
		f, err := ckpt.WriteModel(m.model, ckpt.F32)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		if err := ckpt.Write(&b, f); err != nil {
			return nil, err
		}
		out = append(out, ckpt.NamedFile{Name: m.name, Data: b.Bytes()})
	}
	optimizer, err := ckpt.WriteVectors(nil, t.moments())
	return append(out, ckpt.NamedFile{Name: fileOptimizer, Data: optimizer}), err
}

// moments are AdamW's two arenas under the names of their file.
func (t *Trainer) moments() []ckpt.Vector {
	return []ckpt.Vector{{Name: "exp_avg", Data: t.opt.M}, {Name: "exp_avg_sq", Data: t.opt.V}}
}

// IsRun reports whether b looks like a saved run (a zip file), as against
// preference pairs.
func IsRun(b []byte) bool { return bytes.HasPrefix(b, []byte("PK\x03\x04")) }

// Load reads what Save wrote. A file that is cut off, altered, incomplete or of a
// model this build does not know is refused with what is wrong in it.
func Load(b []byte, hook func() bool) (*Trainer, error) {
	files, err := unzip(b)
	if err != nil {
		return nil, fmt.Errorf("saved run: %w", err)
	}
	t, err := load(files, hook)
	if err != nil {
		return nil, fmt.Errorf("saved run: %w", err)
	}
	return t, nil
}

func load(files map[string][]byte, hook func() bool) (*Trainer, error) {
	raw, ok := files[fileRun]
	if !ok {
		return nil, fmt.Errorf("%s is missing: this zip file is not a run saved by DPO Lab", fileRun)
	}
	p, err := readProgress(raw)
	if err != nil {
		return nil, err
	}
	t := &Trainer{Hook: hook}
	for _, name := range []string{fileConfig, fileTokenizer, filePolicy, fileReference, fileBase, fileOptimizer, fileTrain, fileHeldout, fileMetrics} {
		data, ok := files[name]
		if _, moved := p.digests[fileBase]; name == fileBase && !moved {
			delete(files, fileBase)
			continue
		}
		if !ok {
			return nil, fmt.Errorf("%s is missing", name)
		}
		if t.digest(data) != p.digests[name] {
			return nil, fmt.Errorf("%s is not as it was saved (its SHA-256 differs from the one in %s)", name, fileRun)
		}
	}
	if err := t.loadModels(files); err != nil {
		return nil, err
	}
	if err := t.loadProgress(p, files); err != nil {
		return nil, err
	}
	return t, nil
}

func (t *Trainer) loadModels(files map[string][]byte) (err error) {
	if t.Tok, err = token.ReadJSON(files[fileTokenizer]); err != nil {
		return fmt.Errorf("%s: %w", fileTokenizer, err)
	}
	for _, m := range []struct {
		name string
		to   **model.Model
	}{{filePolicy, &t.Policy}, {fileReference, &t.Reference}, {fileBase, &t.base}} {
		if _, ok := files[m.name]; !ok && m.name == fileBase {
			continue
		}
		if *m.to, err = ckpt.ReadModel(files[fileConfig], files[m.name]); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	if v := t.Tok.VocabSize(); v > t.Policy.Vocab {
		return fmt.Errorf("%s has %d tokens, the model has %d", fileTokenizer, v, t.Policy.Vocab)
	}
	t.opt, t.grads = newOptim(t.Policy), make([]float32, len(t.Policy.Weights))
	f, err := ckpt.Read(files[fileOptimizer])
	if err != nil {
		return fmt.Errorf("%s: %w", fileOptimizer, err)
	}
	if err := f.Vectors(t.moments()); err != nil {
		return fmt.Errorf("%s: %w", fileOptimizer, err)
	}
	return nil
}

func (t *Trainer) loadProgress(p *progress, files map[string][]byte) (err error) {
	t.Config = config.Defaults()
	if err := t.Config.Apply(p.settings); err != nil {
		return fmt.Errorf("%s: %w", fileRun, err)
	}
	t.Config.Tidy() // earlier builds passed over a setting that the loss does not use
	data := Data{Name: p.name, World: p.world}
	if data.Train, err = readPairs(files, fileTrain); err != nil {
		return err
	}
	if data.Heldout, err = readPairs(files, fileHeldout); err != nil {
		return err
	}
	if _, err := t.SetData(data); err != nil {
		return fmt.Errorf("%s: %w", fileTrain, err)
	}
	for name, v := range t.counters() {
		n, ok := p.counts[name]
		if !ok {
			return fmt.Errorf("%s: count %q is missing", fileRun, name)
		}
		if n < 0 && v != &t.evaluated {
			return fmt.Errorf("%s: count %q is %d", fileRun, name, n)
		}
		*v = n
	}
	for name, v := range t.optional() {
		if *v = p.counts[name]; *v < 0 {
			return fmt.Errorf("%s: count %q is %d", fileRun, name, *v)
		}
	}
	if t.shift.Mean = p.numbers[numberShift]; math.IsNaN(t.shift.Mean) || math.IsInf(t.shift.Mean, 0) {
		return fmt.Errorf("%s: number %q is %v", fileRun, numberShift, t.shift.Mean)
	}
	if t.cursor >= len(t.train) {
		return fmt.Errorf("%s: cursor %d does not fit %d pairs", fileRun, t.cursor, len(t.train))
	}
	t.History, err = readRows(files[fileMetrics])
	return err
}

// readPairs reads pairs as they were in the run. Those that are none (an empty field,
// two equal answers) were told when they were edited, and are not restored.
func readPairs(files map[string][]byte, name string) ([]pref.Pair, error) {
	if len(files[name]) == 0 {
		return nil, nil
	}
	set, err := pref.Read(files[name])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return set.Pairs, nil
}
