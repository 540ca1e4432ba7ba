// Package comment says in one plain sentence what a run's numbers mean now. Each
// rule is a threshold on the last few values, written beside its reason; where
// several hold, the first of the list speaks. It gives no advice that the numbers
// do not support.
package comment

import (
	"fmt"
	"math"

	"dpolab/ui/text"
)

// Facts are the numbers that rules look at. Slices are in the order of steps.
type Facts struct {
	Step, Total             int
	Done, Loading, Imitates bool // Imitates: the run is fine-tuning on chosen answers
	Other                   bool // the loss is one that does not begin at ln 2
	Loss, EvalLoss          []float64
	Chosen, Rejected        []float64 // rewards of training pairs
	Accuracy, EvalAccuracy  []float64
	Judged                  bool // Reward, Base and KL hold
	Reward, Base, KL        float64
	Apart                   bool // Reward's interval lies above Base's
	Below                   bool // or below it
}

// window is how many of the last values are averaged: one batch alone is noise.
const window = 5

// Thresholds of the rules.
const (
	risen     = 0.1  // nats above where the loss began that are more than noise
	still     = 0.02 // margin below which nothing has moved
	stillStep = 10   // steps after which something should have moved
	overfit   = 0.1  // nats between held-out and training loss
	turned    = 0.02 // nats of held-out loss above its lowest
	fallen    = 0.02 // reward of chosen answers below zero
	moved     = 0.05 // margin that is worth a word
)

// rule is one sentence and when it holds; warn marks what goes wrong.
type rule struct {
	holds func(f Facts) bool
	says  func(f Facts) string
	warn  bool
}

// On returns the sentence of the first rule that holds, and whether it is about
// something that goes wrong.
func On(f Facts) (sentence string, warn bool) {
	for _, r := range rules {
		if r.holds(f) {
			return r.says(f), r.warn
		}
	}
	return text.CommentMoving, false
}

func plain(s *string) func(Facts) string { return func(Facts) string { return *s } }

// rules in the order in which they are asked: what is broken, then what is known
// best, then what moves.
var rules = []rule{
	{func(f Facts) bool { return f.Loading }, plain(&text.CommentLoading), false},
	{func(f Facts) bool { return broken(f.Loss) }, plain(&text.CommentNaN), true},
	{func(f Facts) bool { return f.Imitates && len(f.Loss) > 0 }, plain(&text.CommentSFT), false},
	{func(f Facts) bool { return (f.Step == 0 || len(f.Loss) == 0) && f.Other }, plain(&text.CommentStartOther), false},
	{func(f Facts) bool { return f.Step == 0 || len(f.Loss) == 0 }, plain(&text.CommentStart), false},
	{func(f Facts) bool { return rose(f) && f.Other }, func(f Facts) string {
		return fmt.Sprintf(text.CommentUpOther, began(f))
	}, true},
	{rose, plain(&text.CommentUp), true},
	{func(f Facts) bool { return f.Judged && f.Apart && displaced(f) }, func(f Facts) string {
		return fmt.Sprintf(text.CommentBetterDisplaced, f.Base, f.Reward, f.KL)
	}, false},
	{func(f Facts) bool { return f.Judged && f.Apart }, func(f Facts) string {
		return fmt.Sprintf(text.CommentBetter, f.Base, f.Reward, f.KL)
	}, false},
	{func(f Facts) bool { return f.Judged && f.Below }, func(f Facts) string {
		return fmt.Sprintf(text.CommentWorse, f.Base, f.Reward, f.KL)
	}, true},
	{unmoved, plain(&text.CommentStill), true},
	{memorises, func(f Facts) string {
		return fmt.Sprintf(text.CommentMemorises, f.EvalLoss[len(f.EvalLoss)-1], mean(f.Loss))
	}, true},
	{func(f Facts) bool { return f.Judged }, func(f Facts) string {
		return fmt.Sprintf(text.CommentSame, f.Base, f.Reward, f.KL)
	}, false},
	{displaced, func(f Facts) string {
		return fmt.Sprintf(text.CommentDisplaced, margin(f))
	}, true},
	{func(f Facts) bool { return margin(f) > moved && len(f.EvalAccuracy) > 0 && last(f.EvalAccuracy) > 0 }, func(f Facts) string {
		return fmt.Sprintf(text.CommentMarginHeld, margin(f), 100*last(f.EvalAccuracy))
	}, false},
	{func(f Facts) bool { return margin(f) > moved }, func(f Facts) string {
		return fmt.Sprintf(text.CommentMargin, margin(f))
	}, false},
	{func(f Facts) bool { return f.Step < stillStep }, plain(&text.CommentFirst), false},
}

// broken: the last loss is no number.
func broken(loss []float64) bool {
	n := len(loss)
	return n > 0 && (math.IsNaN(loss[n-1]) || math.IsInf(loss[n-1], 0))
}

// unmoved: many steps, and the margin is where it began.
func unmoved(f Facts) bool {
	enough := f.Step >= stillStep || f.Done
	return enough && math.Abs(margin(f)) < still && math.Abs(mean(f.Loss)-began(f)) < still
}

// began is the loss of the run's first step.
func began(f Facts) float64 {
	if f.Other && len(f.Loss) > 0 {
		return f.Loss[0]
	}
	return math.Ln2
}

// rose: the loss is above where it began.
func rose(f Facts) bool { return len(f.Loss) >= window && mean(f.Loss) > began(f)+risen }

// memorises: held-out pairs are past their best, and training ones go on.
func memorises(f Facts) bool {
	if len(f.EvalLoss) < 2 {
		return false
	}
	best := math.Inf(1)
	for _, v := range f.EvalLoss {
		best = math.Min(best, v)
	}
	e := last(f.EvalLoss)
	return e > mean(f.Loss)+overfit && e > best+turned
}

// displaced: both answers became less likely while the margin grew.
func displaced(f Facts) bool {
	return mean(f.Chosen) < -fallen && mean(f.Rejected) < mean(f.Chosen)-still
}

func margin(f Facts) float64 { return mean(f.Chosen) - mean(f.Rejected) }

// mean of the last values, 0 of none.
func mean(v []float64) float64 {
	v = v[max(0, len(v)-window):]
	if len(v) == 0 {
		return 0
	}
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

func last(v []float64) float64 { return v[len(v)-1] }
