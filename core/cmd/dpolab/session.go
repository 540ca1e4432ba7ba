package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	"dpolab/core/ckpt"
	"dpolab/core/train"
)

// session is one go of the train command at a run.
type session struct {
	a       *app
	o       *trainOptions
	t       *train.Trainer
	metrics metricsFile
}

// drive steps the run to its end, or to where ctx ends, and writes what came of it.
func (a *app) drive(ctx context.Context, o *trainOptions, t *train.Trainer) error {
	s := &session{a: a, o: o, t: t}
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return badf("--out: %w", err)
	}
	if err := s.metrics.create(o.metrics); err != nil {
		return badf("--metrics: %w", err)
	}
	defer s.metrics.close()
	t.Hook = func() bool { return ctx.Err() == nil }
	if err := s.learn(); err != nil {
		return err
	}
	if err := s.write(); err != nil {
		return err
	}
	s.summary()
	return nil
}

// target is the number of updates at which the session ends.
func (s *session) target() int {
	if s.o.steps > 0 {
		return min(s.o.steps, s.t.Total())
	}
	return s.t.Total()
}

// learn makes the updates and the evaluations that are due.
func (s *session) learn() error {
	t := s.t
	if t.Steps() >= s.target() {
		fmt.Fprintf(s.a.err, "the run has made %d of %d updates already: raise --steps or --epochs to go on\n", t.Steps(), t.Total())
	}
	bar, begun := newProgress(s.a.err, "training", t.Steps()), time.Now()
	defer bar.end()
	for {
		row, done, err := s.next()
		switch {
		case errors.Is(err, train.ErrStopped):
			bar.end()
			return s.stop()
		case err != nil || done:
			return err
		}
		bar.at(t.Steps(), s.target(), fmt.Sprintf("loss %.4f  accuracy %.2f  %.0f tokens/s",
			row.Get("loss"), row.Get("rewards/accuracies"), float64(t.Seen())/time.Since(begun).Seconds()))
	}
}

// next scores held-out pairs where that is due, writes the rows that are complete,
// and makes one update, unless the session is done.
func (s *session) next() (row train.Row, done bool, err error) {
	if s.t.EvaluateDue() {
		if _, err := s.t.Evaluate(); err != nil {
			return row, false, err
		}
	}
	if err := s.metrics.add(s.t); err != nil {
		return row, false, err
	}
	if s.t.Steps() >= s.target() {
		return row, true, nil
	}
	row, err = s.t.Step()
	return row, false, err
}

// stop saves the run that ctx interrupted.
func (s *session) stop() error {
	if err := s.save(); err != nil {
		return fmt.Errorf("stopped after update %d, and the run could not be saved: %w", s.t.Steps(), err)
	}
	more := ""
	if s.o.metrics != "" {
		more += " --metrics " + s.o.metrics
	}
	if s.o.steps > 0 {
		more += fmt.Sprint(" --steps ", s.o.steps)
	}
	return stopped{fmt.Sprintf("%d of %d updates are made and saved; go on with\n  dpolab train --resume %s%s", s.t.Steps(), s.t.Total(), s.runPath(), more)}
}

func (s *session) runPath() string { return filepath.Join(s.o.out, "run.zip") }

func (s *session) save() error {
	b, err := s.t.Save()
	if err != nil {
		return err
	}
	return replaceFile(s.runPath(), b)
}

// write writes the policy's folder, with every bit of its weights, and the run.
func (s *session) write() error {
	files, err := ckpt.Folder(s.t.Policy, s.t.Tok, ckpt.F32)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := replaceFile(filepath.Join(s.o.out, f.Name), f.Data); err != nil {
			return err
		}
	}
	return s.save()
}

// summary says what was made, on standard output.
func (s *session) summary() {
	t := s.t
	say := func(what, format string, args ...any) {
		fmt.Fprintf(s.a.out, "%-10s"+format+"\n", append([]any{what}, args...)...)
	}
	say("updates", "%d of %d (%.2f epochs)", t.Steps(), t.Total(), t.Epoch())
	if row, ok := s.measured(); ok {
		say("held-out", "loss %.4f  accuracy %.4f  (%.0f pairs)", row.Get("eval_loss"), row.Get("eval_rewards/accuracies"), row.Get("eval_pairs"))
	}
	say("weights", "sha256 %s", train.Fingerprint(t.Policy.Weights, nil))
	say("model", "%s", s.o.out)
	say("run", "%s", s.runPath())
	if s.o.metrics != "" {
		say("metrics", "%s", s.o.metrics)
	}
}

// measured is the present step's row with held-out pairs scored. Where no
// evaluation was due it is made now, after everything was written, so that the
// saved run is the one that --steps had not cut.
func (s *session) measured() (train.Row, bool) {
	if n := len(s.t.History); n > 0 {
		row := s.t.History[n-1]
		if row.Step == s.t.Steps() && !math.IsNaN(row.Get("eval_loss")) {
			return row, true
		}
	}
	if len(s.t.Data().Heldout) == 0 {
		return train.Row{}, false
	}
	row, err := s.t.Evaluate()
	return row, err == nil // an interruption costs only this line
}
