package engine

import (
	"fmt"

	"dpolab/core/ckpt"
	"dpolab/core/train"
	"dpolab/core/train/config"
	"dpolab/wasm/bridge"
)

// control presses a button of the run.
func (e *Engine) control(a bridge.Action) {
	switch a {
	case bridge.Train, bridge.Step:
		if err := e.canTrain(); err != nil {
			e.fail("train", err)
			return
		}
		e.single = a == bridge.Step
		e.setPhase(bridge.Training)
	case bridge.Pause:
		if e.phase == bridge.Training {
			e.setPhase(bridge.Paused)
		}
	case bridge.Reset:
		e.reset()
	}
}

// canTrain says why the run cannot be stepped.
func (e *Engine) canTrain() error {
	switch {
	case e.bad != nil:
		return e.bad
	case e.run.Done():
		return fmt.Errorf("the run is over after %d steps: press Reset to begin a new one, or raise the number of epochs to go on", e.run.Steps())
	}
	return e.run.CanTrain()
}

func (e *Engine) setPhase(p bridge.Phase) {
	e.phase = p
	e.report(e.host.Now(), true)
}

// reset begins a new run of the same pairs with the settings the user asked for.
func (e *Engine) reset() {
	run, _, err := train.New(e.run.Base(), e.tok, e.wanted, e.run.Data())
	if err != nil {
		e.fail("train", err)
		return
	}
	e.begin(run)
}

// begin makes a new run the engine's: its policy is still the reference.
func (e *Engine) begin(run *train.Trainer) {
	e.print = fingerprint{run: run, value: e.base}
	e.adopt(run, bridge.Idle)
	e.postSettings(nil)
}

// adopt makes run the engine's run and tells the page all of it.
func (e *Engine) adopt(run *train.Trainer, phase bridge.Phase) {
	run.Hook = e.hook
	e.run, e.bad, e.single = run, nil, false
	e.clock.begin(run.Seen())
	e.posted, e.phase = 0, phase
	e.host.Post(&bridge.Metrics{Clear: true, Names: train.Names})
	e.postMetrics(e.host.Now(), true)
	e.report(e.host.Now(), true)
}

// configure sets settings one by one, so that one bad value costs no other.
func (e *Engine) configure(m *bridge.Configure) {
	var errs []bridge.Setting
	for _, v := range m.Values {
		f, ok := config.ByName(v.Name)
		if !ok {
			errs = append(errs, bridge.Setting{Name: v.Name, Value: "there is no such setting"})
			continue
		}
		if err := f.Set(&e.wanted, v.Value); err != nil {
			errs = append(errs, bridge.Setting{Name: v.Name, Value: err.Error()})
		}
	}
	e.postSettings(errs)
	e.report(e.host.Now(), true)
}

// postSettings brings what was asked for into force where it can be, and tells the page.
func (e *Engine) postSettings(errs []bridge.Setting) {
	waits, err := e.run.Configure(e.wanted)
	if err != nil {
		e.fail("settings", err)
	}
	s := &bridge.Settings{Errors: errs, Waits: waits}
	for i := range config.Fields {
		f := &config.Fields[i]
		s.Values = append(s.Values, bridge.Setting{Name: f.Name, Value: f.Get(&e.wanted)})
	}
	e.host.Post(s)
}

// save makes a file of the run or of the policy.
func (e *Engine) save(what string) {
	name := fmt.Sprintf("dpolab-%s-step%d", e.preset.Name, e.run.Steps())
	f := &bridge.File{Type: "application/zip"}
	var err error
	switch what {
	case bridge.SaveRun:
		f.Name = name + ".run.zip"
		e.quietly(func() { f.Data, err = e.run.Save() })
	case bridge.SavePolicy:
		f.Name = name + ".policy.zip"
		var files []ckpt.NamedFile
		if files, err = ckpt.Folder(e.run.Policy, e.tok, ckpt.F32); err == nil {
			f.Data, err = train.Zip(files)
		}
	default:
		err = fmt.Errorf("%q cannot be saved: ask for %q or %q", what, bridge.SaveRun, bridge.SavePolicy)
	}
	if err != nil {
		e.fail("save", err)
		return
	}
	e.host.Post(f)
}
