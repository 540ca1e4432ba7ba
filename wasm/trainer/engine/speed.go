package engine

import (
	"dpolab/core/model"
	"dpolab/core/train"
	"dpolab/core/train/config"
	"dpolab/wasm/bridge"
)

// speedDue reports whether it is time to measure how fast this machine is: the page
// has its first answers, nothing is going on, and nobody has measured this model.
func (e *Engine) speedDue() bool {
	return e.answered && e.timed != e.base && !e.inHook && len(e.inbox) == 0 && len(e.jobs) == 0 && e.bad == nil
}

// stopwatch counts the time that is worked, not that of the event loop. Work stops
// when the page wants something; it is begun anew another time.
type stopwatch struct {
	e            *Engine
	spent, since float64 // ms worked before since, when the engine went to work
	stopped      bool
}

// on lets the event loop run where the budget is spent, and reports whether to go on.
func (s *stopwatch) on() bool {
	now := s.e.host.Now()
	if s.stopped || now-s.since < budget {
		return !s.stopped
	}
	s.spent += now - s.since
	s.e.host.Yield()
	s.e.sift(func(bridge.Action, bool) bool { return false })
	s.stopped = len(s.e.inbox) > 0 || len(s.e.jobs) > 0
	s.since = s.e.host.Now()
	return !s.stopped
}

// lap returns the seconds worked since the last one.
func (s *stopwatch) lap() float64 {
	now := s.e.host.Now()
	seconds := (s.spent + now - s.since) / 1000
	s.spent, s.since = 0, now
	return seconds
}

// time measures the speed of training and of sampling and tells the page.
func (e *Engine) time() {
	watch := &stopwatch{e: e, since: e.host.Now()}
	speed := &bridge.Speed{Parameters: e.run.Reference.Parameters()}
	speed.TrainTokensPerSecond = e.timeTraining(watch)
	if speed.SampleTokensPerSecond = e.timeSampling(watch); watch.stopped {
		return
	}
	e.timed = e.base
	e.host.Post(speed)
}

// timedPairs are in each step that is timed: a batch of the defaults.
const timedPairs = 16

// timeTraining makes two steps of a run of its own and times the second: the first
// scores the reference and finds its memory.
func (e *Engine) timeTraining(watch *stopwatch) float64 {
	c := config.Defaults()
	c.Epochs, c.MicroBatch = 2, e.run.Config.MicroBatch
	pairs := e.run.Data().Train
	data := train.Data{Train: pairs[:min(timedPairs, len(pairs))]}
	c.BatchSize = len(data.Train)
	run, problems, err := train.New(e.run.Reference, e.tok, c, data)
	if err != nil || len(problems) > 0 {
		return 0
	}
	run.Hook = watch.on
	if _, err := run.Step(); err != nil {
		return 0
	}
	seen := run.Seen()
	watch.lap()
	if _, err := run.Step(); err != nil {
		return 0
	}
	return float64(run.Seen()-seen) / watch.lap()
}

// timeSampling draws some tokens of as many answers as a maker of pairs does.
func (e *Engine) timeSampling(watch *stopwatch) float64 {
	const tokens, prompts = 16, 8
	var asked [][]int32
	for i, p := range e.run.Data().Train {
		ids := e.tok.Encode(p.Prompt)
		if i == prompts || len(ids)+tokens > e.run.Reference.Context {
			break
		}
		for range pairAnswers {
			asked = append(asked, ids)
		}
	}
	if len(asked) == 0 {
		return 0
	}
	g, err := e.run.Reference.NewGenerator(asked, model.Sampling{Temperature: 1, TopP: 1, MaxTokens: tokens, EndOfText: -1}, 1)
	if err != nil {
		return 0
	}
	watch.lap()
	for watch.on() && g.Next() {
	}
	return float64(tokens*len(asked)) / watch.lap()
}
