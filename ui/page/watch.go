package page

import (
	"fmt"
	"strings"

	"dpolab/ui/text"
)

// How the page notices that the trainer is gone, in milliseconds.
const (
	pingEvery = 2_000
	silence   = 8_000
	slept     = 4_000 // a gap between ticks: the tab or the machine was asleep
)

// watch is what is known of the trainer's life.
type watch struct {
	heard     float64 // when something came last
	pinged    float64
	ticked    float64
	pings     int
	alive     bool // something came from this worker
	respawned bool // a fresh trainer: its preset does not replace the user's pairs
	reason    string
	kept      *KeptRun
}

func (w *watch) started(now float64) {
	w.heard, w.pinged, w.ticked = now, now, now
	w.alive, w.reason = false, ""
}

// Heard says that a message came; Pong needs no more than that.
func (p *Page) Heard() {
	p.watch.heard, p.watch.alive = p.now(), true
}

// Tick runs what waits for time to pass; call it several times a second.
// A trainer that is still loading, or a page that is not visible, is not judged.
func (p *Page) Tick(visible bool) {
	now := p.now()
	w := &p.watch
	if !visible || now-w.ticked > slept {
		w.heard = now
	}
	w.ticked = now
	p.restSettings(now)
	if p.phase == Lost || !w.alive {
		return
	}
	if now-w.heard > silence {
		p.Gone(fmt.Sprintf(text.LostSilent, silence/1000))
		return
	}
	if now-w.pinged >= pingEvery {
		w.pinged = now
		w.pings++
		p.trainer.Ping(w.pings)
	}
}

// Gone says that the trainer ended. What the page holds is kept.
func (p *Page) Gone(reason string) {
	if p.phase == Lost {
		return
	}
	if reason == "" {
		reason = text.LostExit
	}
	p.phase, p.watch.reason = Lost, reason
	p.answer.running, p.verdict.running, p.making.running = false, false, false
	p.saving, p.data.importing = "", ""
	p.announce()
	p.show()
	p.touch()
}

// LostText says what happened and what is kept; empty while the trainer runs.
func (p *Page) LostText() string {
	if p.phase != Lost {
		return ""
	}
	s := fmt.Sprintf(text.LostText, clip(strings.TrimSuffix(p.watch.reason, "."), 400))
	if p.state.Step > 0 {
		s += " " + text.LostRun
	}
	return s
}

// StartAgain starts a fresh trainer with the same preset.
func (p *Page) StartAgain() {
	if p.phase != Lost {
		return
	}
	p.phase = Loading
	p.failure = ""
	p.Open()
	p.watch.respawned = true
	p.focus = "train"
	p.show()
	p.touch()
}

// settle gives a fresh trainer what the user had changed.
func (p *Page) settle() {
	if p.watch.respawned {
		p.resend()
	}
}

// KeptRun takes the offer of a run from before a reload or a crash.
func (p *Page) KeptRun(k KeptRun) {
	p.watch.kept = &k
	if k.Gone {
		p.watch.kept = nil
	}
	p.touch()
}

// KeptText describes the run that is kept; empty if there is none.
func (p *Page) KeptText() string {
	k := p.watch.kept
	if k == nil || !p.Alive() {
		return ""
	}
	return fmt.Sprintf(text.KeptText, p.titleOf(k.Preset), k.Step, k.Total, Ago(p.now()-k.SavedAt))
}

// Kept restores or forgets the run that is kept.
func (p *Page) Kept(restore bool) {
	if p.watch.kept == nil {
		return
	}
	p.watch.kept = nil
	p.watch.respawned = false
	p.trainer.Kept(restore)
	p.focus = "train"
	p.touch()
}

// Survive tells of a panic that the page caught.
func (p *Page) Survive(what string) {
	p.failure = fmt.Sprintf(text.Bug, what)
	p.touch()
}
