// Package engine is the trainer's side of the page: it answers the bridge's
// messages by stepping a run. It is plain Go and single-threaded: the worker that
// hosts it lends it a clock, a way to let messages in, and storage, so that it is
// tested natively.
package engine

import (
	"errors"
	"slices"

	"dpolab/core/preset"
	"dpolab/core/token"
	"dpolab/core/train"
	"dpolab/core/train/config"
	"dpolab/core/world"
	"dpolab/wasm/bridge"
)

// Host is what the engine needs of the worker it runs in.
type Host interface {
	Post(bridge.Message)
	Now() float64 // milliseconds; only ever shown or used for pacing
	Yield()       // lets waiting messages be delivered, then returns
	Wait()        // returns when a message was delivered
	Fetch(paths []string) ([][]byte, error)
	Storage
}

// Storage keeps the last state of a run across reloads.
type Storage interface {
	Keep(about bridge.KeptRun, run []byte) error
	Kept() (about bridge.KeptRun, run func() ([]byte, error), ok bool)
	Forget() error
}

const (
	budget    = 8     // ms of work between looks at the inbox; a pause acts within a few of them
	stateGap  = 100   // ms between reports of progress
	metricGap = 50    // ms between rows of metrics
	keepGap   = 15000 // ms of training between states kept
)

// Engine is one page's trainer.
type Engine struct {
	host  Host
	inbox []bridge.Message

	preset preset.Preset
	tok    *token.Tokenizer
	world  world.World // nil where the true reward is not known
	run    *train.Trainer
	wanted config.Config // what the user asked for; Run.Config is what is in force
	bad    error         // why the pairs cannot be trained on
	phase  bridge.Phase
	single bool // pause after the step under way
	task   string

	jobs    []job
	abandon bool // the work under way makes way for a message
	inHook  bool
	quiet   bool // files are made or read: the hook only lets messages in
	clock   clock

	posted      int // rows of History the page has
	lastMetrics float64
	lastState   float64
	lastKept    float64
	print       fingerprint
	base        string // fingerprint of the reference: the policy's at step 0 of a new run
	answered    bool   // a prompt since the model was loaded: the page is on its feet
	timed       string // base whose Speed was told
	listed      listed // the reference's exact distribution that was summed last
}

// fingerprint is the last one computed and what it was computed of.
type fingerprint struct {
	run   *train.Trainer
	step  int
	value string
}

// New returns an engine that waits for Start.
func New(h Host) *Engine { return &Engine{host: h, wanted: config.Defaults()} }

// Deliver puts a message into the inbox; it may be called at any time between
// Yield or Wait and their return.
func (e *Engine) Deliver(m bridge.Message) { e.inbox = append(e.inbox, m) }

// Loop answers messages and trains until stop returns true, which only tests want.
func (e *Engine) Loop(stop func() bool) {
	for !stop() {
		e.abandon = false
		e.handleAll()
		switch {
		case e.phase == bridge.Training:
			e.advance()
		case len(e.jobs) > 0:
			e.work()
			e.host.Yield()
		default:
			e.rest()
		}
	}
}

// rest is for when there is nothing to train or sample: it settles the run and
// waits for a message.
func (e *Engine) rest() {
	e.settle()
	if e.speedDue() {
		e.time()
	}
	if len(e.inbox) == 0 && len(e.jobs) == 0 {
		e.host.Wait()
	}
}

func (e *Engine) handleAll() {
	for len(e.inbox) > 0 {
		m := e.inbox[0]
		e.inbox = e.inbox[1:]
		e.handle(m)
	}
}

// handle answers one message between steps.
func (e *Engine) handle(m bridge.Message) {
	if e.handleAtOnce(m) {
		return
	}
	if start, ok := m.(*bridge.Start); ok {
		e.start(start.Preset)
		return
	}
	if e.run == nil {
		e.fail("start", errors.New("no model is loaded yet: wait for it, or start the trainer again"))
		return
	}
	switch m := m.(type) {
	case *bridge.Import:
		e.importFile(m)
	case *bridge.SetPairs:
		e.setPairs(m)
	case *bridge.Configure:
		e.configure(m)
	case *bridge.Control:
		e.control(m.Action)
	case *bridge.Save:
		e.save(m.What)
	case *bridge.Kept:
		e.kept(m.Restore)
	}
}

// handleAtOnce answers what needs no pause between steps.
func (e *Engine) handleAtOnce(m bridge.Message) bool {
	switch m := m.(type) {
	case *bridge.Ping:
		e.host.Post(&bridge.Pong{Number: m.Number})
	case *bridge.Sample:
		e.sample(m)
	case *bridge.Judge:
		e.judge(m)
	case *bridge.MakePairs:
		e.makePairs(m)
	case *bridge.AskExact:
		e.askExact(m)
	case *bridge.StopSample:
		e.jobs = slices.DeleteFunc(e.jobs, func(j job) bool {
			if j.request() == m.Request {
				j.stop(e)
				return true
			}
			return false
		})
	default:
		return false
	}
	return true
}

// hook is called between the operations of a step, an evaluation or a digest: it
// lets messages in, answers those it can, works a little on answers that are being
// sampled, and holds the step while the run is paused. It returns false when the
// step must make way.
func (e *Engine) hook() bool {
	if e.quiet {
		e.breathe()
		return true
	}
	if e.abandon {
		return false
	}
	now := e.host.Now()
	if e.inHook || now-e.clock.looked < budget {
		return true
	}
	e.inHook = true
	defer func() { e.inHook = false }()
	e.report(now, false)
	e.clock.pause(now)
	e.host.Yield()
	e.attend()
	if len(e.jobs) > 0 {
		e.work()
	}
	for e.phase == bridge.Paused && !e.abandon {
		if len(e.jobs) > 0 {
			e.work()
			e.host.Yield()
		} else {
			e.rest()
		}
		e.attend()
	}
	e.clock.resume(e.host.Now())
	return !e.abandon
}

// attend answers what it can in the middle of a step and leaves the rest for after
// it. While paused nothing can wait for the step to end, so the step is abandoned:
// it leaves no trace and is made anew.
func (e *Engine) attend() {
	e.sift(func(a bridge.Action, first bool) bool { return first && a != bridge.Reset })
	for _, m := range e.inbox {
		_, restart := m.(*bridge.Start)
		c, control := m.(*bridge.Control)
		if e.phase == bridge.Paused || restart || control && c.Action == bridge.Reset {
			e.abandon = true
		}
	}
}

// sift answers what the inbox has that need not wait, and leaves the rest in its
// order. A pause waits for nothing; another button is pressed if now says so, which
// is told whether anything before it waits.
func (e *Engine) sift(now func(a bridge.Action, first bool) bool) {
	var later []bridge.Message
	for len(e.inbox) > 0 {
		m := e.inbox[0]
		e.inbox = e.inbox[1:]
		c, control := m.(*bridge.Control)
		switch {
		case control && (c.Action == bridge.Pause || now(c.Action, len(later) == 0)):
			e.control(c.Action)
		case !e.handleAtOnce(m):
			later = append(later, m)
		}
	}
	e.inbox = later
}

// advance does one unit of the run: an evaluation that is due, or a step.
func (e *Engine) advance() {
	if e.bad != nil {
		e.fail("train", e.bad)
		e.setPhase(bridge.Paused)
		return
	}
	e.clock.resume(e.host.Now())
	var err error
	if e.run.EvaluateDue() {
		e.task = "scoring held-out pairs"
		_, err = e.run.Evaluate()
		e.task = ""
	} else {
		_, err = e.run.Step()
		if err == nil {
			e.clock.stepped(e.host.Now(), e.run.Seen())
		}
		if e.single && err == nil {
			e.single = false
			e.phase = bridge.Paused
		}
	}
	e.clock.pause(e.host.Now())
	switch {
	case errors.Is(err, train.ErrStopped):
	case err != nil:
		e.fail("train", err)
		e.phase = bridge.Paused
	case e.run.Done() && !e.run.EvaluateDue():
		e.phase = bridge.Done
	}
	now := e.host.Now()
	e.postMetrics(now, e.phase != bridge.Training)
	e.report(now, e.phase != bridge.Training)
	if e.phase == bridge.Training && now-e.lastKept > keepGap {
		e.keep()
	}
	if e.phase == bridge.Training {
		e.host.Yield()
	}
}

func (e *Engine) fail(what string, err error) {
	e.host.Post(&bridge.Failed{What: what, Text: err.Error()})
}
