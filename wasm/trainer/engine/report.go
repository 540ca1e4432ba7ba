package engine

import (
	"dpolab/core/train"
	"dpolab/wasm/bridge"
)

// report tells the page where the run stands; unless it must, not more often than
// every stateGap.
func (e *Engine) report(now float64, must bool) {
	if e.run == nil || !must && now-e.lastState < stateGap {
		return
	}
	e.lastState = now
	s := &bridge.State{Phase: e.phase, Step: e.run.Steps(), Total: e.run.Total(), Epoch: e.run.Epoch(), SecondsLeft: -1, Task: e.task}
	if e.task != "" {
		s.TaskFraction = e.run.Fraction()
	} else if e.phase == bridge.Training {
		s.StepFraction = e.run.Fraction()
	}
	tokens, steps := e.clock.speed()
	s.TokensPerSecond = tokens
	if steps > 0 {
		s.SecondsLeft = (float64(s.Total-s.Step) - s.StepFraction) / steps
	}
	if e.phase != bridge.Training && e.print.run == e.run && e.print.step == s.Step {
		s.Fingerprint = e.print.value
	}
	e.host.Post(s)
}

// settled reports whether that was done for the run as it stands.
func (e *Engine) settled() bool {
	return e.run == nil || e.print.run == e.run && e.print.step == e.run.Steps()
}

// settle is what is done when there is nothing to do: the fingerprint of weights
// that stand still, and their state kept.
func (e *Engine) settle() {
	if e.settled() {
		return
	}
	run, step := e.run, e.run.Steps()
	e.quietly(func() {
		e.print = fingerprint{run, step, train.Fingerprint(run.Policy.Weights, e.hook)}
	})
	e.report(e.host.Now(), true)
	e.keep()
}

// quietly does work that steps nothing: its hook lets messages in and answers only
// those that change nothing.
func (e *Engine) quietly(f func()) {
	e.quiet = true
	defer func() { e.quiet = false }()
	f()
}

// breathe lets messages in and answers those that change nothing, a pause among
// them.
func (e *Engine) breathe() {
	now := e.host.Now()
	if now-e.clock.looked < budget {
		return
	}
	e.clock.looked = now
	e.host.Yield()
	e.sift(func(bridge.Action, bool) bool { return false })
}

// postMetrics sends the rows the page does not have, and the last one again, since
// an evaluation may have added to it.
func (e *Engine) postMetrics(now float64, must bool) {
	rows := e.run.History
	if len(rows) == 0 || !must && now-e.lastMetrics < metricGap {
		return
	}
	e.lastMetrics = now
	m := &bridge.Metrics{Names: train.Names}
	for _, r := range rows[max(0, e.posted-1):] {
		m.Steps = append(m.Steps, r.Step)
		m.Values = append(m.Values, r.Values...)
	}
	e.posted = len(rows)
	e.host.Post(m)
}
