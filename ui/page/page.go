// Package page is the state of the page in plain Go: what the user may do, what
// the trainer answered, and the texts and numbers that follow from both. It knows
// neither Vugu nor the browser nor the messages' bytes. Commands go out through
// Trainer, answers come in as calls; nothing here waits, and nothing is shared
// between goroutines.
package page

import (
	"dpolab/core/preset"
	"dpolab/ui/live"
)

// Phase is what the page shows as its state, and what data-phase says.
type Phase string

// The phases. Loading and Lost are the page's own.
const (
	Loading  Phase = "loading"
	Idle     Phase = "idle"
	Training Phase = "training"
	Paused   Phase = "paused"
	Done     Phase = "done"
	Lost     Phase = "lost"
)

// Page is the whole page.
type Page struct {
	Board *live.Board

	trainer Trainer
	now     func() float64 // milliseconds since 1970
	stale   bool           // the structure changed: Vugu must render
	focus   string         // id of the element that wants the focus

	preset  string
	phase   Phase
	ready   *Ready
	state   State
	saving  string // what is being saved, or empty
	failure string // shown until dismissed
	sheet   Sheet

	data     data
	settings settings
	rows     rows
	charts   charts
	answer   answer
	verdict  verdict
	exact    census
	watch    watch
	menu     menu
	making   making
	speed    *Speed // nil while unknown
}

// Sheet is a panel over the page.
type Sheet uint8

// The sheets.
const (
	NoSheet Sheet = iota
	HelpSheet
	DPOSheet
	SettingsSheet
)

// New returns the page before anything is loaded. Now gives the time in
// milliseconds since 1970.
func New(t Trainer, now func() float64) *Page {
	p := &Page{Board: live.NewBoard(), trainer: t, now: now, preset: preset.All[0].Name, phase: Loading}
	p.settings = newSettings(configOf(p.preset))
	p.data = newData()
	p.answer = newAnswer()
	p.making = newMaking()
	p.declare()
	p.show()
	p.showAnswers()
	return p
}

// Open starts the trainer with the preset.
func (p *Page) Open() {
	p.trainer.Respawn()
	p.trainer.Start(p.preset)
	p.watch.started(p.now())
}

// touch asks for a render.
func (p *Page) touch() { p.stale = true }

// TakeStale reports whether a render is wanted, and forgets it.
func (p *Page) TakeStale() bool {
	s := p.stale
	p.stale = false
	return s
}

// TakeFocus returns the id of the element that wants the focus after a render.
func (p *Page) TakeFocus() string {
	id := p.focus
	p.focus = ""
	return id
}

// Phase returns what the page is doing.
func (p *Page) Phase() Phase { return p.phase }

// Alive reports whether the trainer can be asked for anything.
func (p *Page) Alive() bool { return p.phase != Loading && p.phase != Lost }

// Open sheet, or NoSheet.
func (p *Page) Sheet() Sheet { return p.sheet }

// Show opens a sheet, or closes it if it is open. The focus follows.
func (p *Page) Show(s Sheet) {
	if s == p.sheet {
		p.CloseSheet()
		return
	}
	p.sheet, p.focus = s, "sheet-close"
	p.touch()
}

// CloseSheet closes what is open and gives the focus back to its button.
func (p *Page) CloseSheet() {
	switch p.sheet {
	case NoSheet:
		return
	case HelpSheet:
		p.focus = "open-help"
	case DPOSheet:
		p.focus = "open-dpo"
	case SettingsSheet:
		p.focus = "open-settings"
	}
	p.sheet = NoSheet
	p.touch()
}

// Stale reports whether a render is wanted.
func (p *Page) Stale() bool { return p.stale }
