package page

import (
	"strings"

	"dpolab/ui/text"
)

// Ready takes the base model.
func (p *Page) Ready(r Ready) {
	if p.phase == Loading && r.Preset != p.preset { // of a preset that was left again
		return
	}
	if r.Preset != p.preset { // a saved run brought its own
		p.data.base = nil
	}
	p.ready, p.preset, p.phase = &r, r.Preset, Idle
	p.exact = census{}
	p.data.run = p.data.importing != ""
	p.state = State{Phase: Idle, Fingerprint: r.Fingerprint}
	p.verdict = verdict{}
	p.settle()
	p.sampleFirst()
	p.Board.Set("announce", strings.TrimSpace(p.PresetTitle()+". "+p.Look()))
	p.show()
	p.touch()
}

// Run returns where the run stands.
func (p *Page) Run() State { return p.state }

// Model returns the base model, nil while it loads.
func (p *Page) Model() *Ready { return p.ready }

// State takes where the run stands. Only a new phase changes the structure.
func (p *Page) State(s State) {
	if p.phase == Loading { // of the run there was
		return
	}
	was, step, total := p.phase, p.state.Step, p.state.Total
	if s.Fingerprint == "" && s.Step == p.state.Step {
		s.Fingerprint = p.state.Fingerprint
	}
	if s.Phase == Paused && s.Step == p.state.Step && s.StepFraction == 0 {
		s.StepFraction = p.state.StepFraction // the step under way waits, too
	}
	p.charts.dirty = p.charts.dirty || s.Total != total
	if s.Phase == Training && s.TokensPerSecond > 0 && p.ready != nil && p.ready.Parameters > 0 { // a run knows better than a trial
		p.speed = &Speed{TrainTokensPerSecond: s.TokensPerSecond, Parameters: p.ready.Parameters}
	}
	p.state = s
	if p.phase != Lost {
		p.phase = s.Phase
	}
	if p.phase != was {
		p.announce()
	}
	if p.phase != was || s.Total != total {
		p.touch()
		if p.phase == Training {
			p.watch.kept = nil
		}
	}
	if was == Training && p.phase == Done {
		p.judgeOnce()
	}
	if p.phase != Training && (p.phase != was || s.Step != step) {
		p.lookExactly()
	}
	if p.phase == Idle && was != Idle {
		p.charts.dirty = true
		if p.answer.asked != "" && was != Loading { // the policy is the base model again
			p.ask(p.answer.asked)
		}
	}
	p.show()
}

// announce tells screen readers what changed; numbers that stream would drown them.
func (p *Page) announce() {
	say := p.StatusText() + ". " + stepsText(p.state) + "."
	if p.phase == Done || p.phase == Paused {
		sentence, _ := p.Comment()
		say += " " + sentence
	}
	p.Board.Set("announce", say)
}

// Press is a button of the run. It does nothing when the trainer cannot act on it.
func (p *Page) Press(a Action) {
	if !p.Alive() || !p.CanPress(a) {
		return
	}
	p.commitSettings()
	if a == Reset {
		p.CancelJudge()
		p.StopSampling()
		p.verdict = verdict{}
		p.answer.history = nil
		p.touch()
	}
	p.trainer.Control(a)
}

// CanPress reports whether a button has an effect now.
func (p *Page) CanPress(a Action) bool {
	switch a {
	case Train, Step: // a run that is done goes on when it was made longer
		return p.phase == Idle || p.phase == Paused || p.phase == Done && p.state.Step < p.state.Total
	case Pause:
		return p.phase == Training
	}
	return p.Alive() && (p.state.Step > 0 || p.phase != Idle || p.state.StepFraction > 0)
}

// Toggle is Train or Pause, whichever there is.
func (p *Page) Toggle() {
	if p.phase == Training {
		p.Press(Pause)
		return
	}
	p.Press(Train)
}

// TrainLabel is what the button that trains says.
func (p *Page) TrainLabel() string {
	if p.phase == Paused || p.phase == Done && p.CanPress(Train) {
		return text.GoOn
	}
	return text.Train
}

// Save asks for a file of the run or of the trained model.
func (p *Page) Save(what string) {
	if p.Alive() && p.saving == "" {
		p.saving = what
		p.trainer.Save(what)
		p.touch()
	}
}

// Saving returns what is being saved, or an empty string.
func (p *Page) Saving() string { return p.saving }

// Saved says that the file came.
func (p *Page) Saved() {
	p.saving = ""
	p.touch()
}

// Failed takes what did not happen, and sets back what waited for it.
func (p *Page) Failed(what, why string) {
	prefix := text.FailedOther
	switch what {
	case "import":
		prefix = text.FailedImport
		p.data.importing = ""
	case "train":
		prefix = text.FailedTrain
	case "sample":
		prefix = text.FailedSample
		p.answer.running = false
		p.verdict.running = false
	case "save":
		prefix = text.FailedSave
		p.saving = ""
	case "keep":
		prefix = text.FailedKeep
	case "start":
		if p.phase == Loading { // nothing will come: offer to try again
			p.Gone(why)
			return
		}
		prefix = text.FailedStart
	}
	p.failure = prefix + why
	p.show()
	p.touch()
}

// Failure is what the error banner says; empty when there is none.
func (p *Page) Failure() string { return clip(p.failure, MaxLength) }

// Dismiss closes the error banner.
func (p *Page) Dismiss() {
	p.failure = ""
	p.focus = "train"
	p.touch()
}
