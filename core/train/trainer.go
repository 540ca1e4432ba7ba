package train

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"dpolab/core/model"
	"dpolab/core/nn"
	"dpolab/core/optim"
	"dpolab/core/pref"
	"dpolab/core/token"
	"dpolab/core/train/config"
)

// ErrStopped is returned by work that the hook abandoned; the run is as it was
// before.
var ErrStopped = nn.ErrStopped

// Trainer is a run: a policy that learns from preference pairs against a frozen
// reference. The host calls Step until Done, and Evaluate when EvaluateDue. What a
// step changes, it changes at its end: a step that is abandoned leaves no trace.
type Trainer struct {
	// Hook is called between operations, many times a second; when it returns false
	// the work under way is abandoned with ErrStopped.
	Hook func() bool

	Policy    *model.Model
	Reference *model.Model
	Tok       *token.Tokenizer
	Config    config.Config
	History   []Row

	base *model.Model // the reference at the start, where TR-DPO has moved it; else nil

	data           Data
	train, heldout []*item
	opt            *optim.AdamW
	grads          []float32

	step      int // updates made
	epoch     int // epochs finished
	cursor    int // items of the present epoch that were used
	order     []int
	orderOf   [3]uint64 // seed, epoch and size that order was made for
	tokens    int       // trained, as sums.tokens counts them
	evaluated int       // step at which held-out pairs were last scored, -1 never

	shift shift // BCO's
	last  []PairScore

	tape     nn.Tape
	batch    model.Batch
	fraction float64 // of the work under way
	seen     int     // tokens worked on since the trainer was made, for the host's clock
}

// New begins a run: the policy is a copy of base, the reference is base. It reports
// the pairs that cannot be used; at least one training pair must be usable.
func New(base *model.Model, tok *token.Tokenizer, cfg config.Config, data Data) (*Trainer, []pref.Problem, error) {
	if err := cfg.Validate(); err != nil {
		return nil, nil, err
	}
	t := &Trainer{Policy: base.Clone(), Reference: base, Tok: tok, Config: cfg,
		opt: newOptim(base), grads: make([]float32, len(base.Weights)), evaluated: -1}
	problems, err := t.SetData(data)
	return t, problems, err
}

// SetData replaces the pairs. In the middle of a run an epoch over the new set
// begins with the next step. Reference scores of pairs that stay are kept. Problems
// name a pair by its 1-based place in its list; the field says held-out where it is
// the second.
func (t *Trainer) SetData(data Data) ([]pref.Problem, error) {
	former := append(append([]*item{}, t.train...), t.heldout...)
	train, problems := items(t.Tok, data.Train, t.Policy.Context, former)
	heldout, more := items(t.Tok, data.Heldout, t.Policy.Context, former)
	if len(train) == 0 {
		return problems, fmt.Errorf("none of the %d training pairs can be used: add a pair with a prompt and two different answers", len(data.Train))
	}
	for i := range more {
		more[i].Field = strings.TrimSpace("held-out " + more[i].Field)
	}
	t.data, t.train, t.heldout = data, train, heldout
	t.cursor, t.order = 0, nil
	return append(problems, more...), nil
}

// Data returns the pairs as they were given.
func (t *Trainer) Data() Data { return t.data }

// Configure changes settings in the middle of a run; those that a run begins with
// keep their value, and their names are returned.
func (t *Trainer) Configure(cfg config.Config) (waits []string, err error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if t.step == 0 && t.cursor == 0 {
		t.Config = cfg
		return nil, nil
	}
	for i := range config.Fields {
		f := &config.Fields[i]
		if f.When == config.AtReset && f.Get(&cfg) != f.Get(&t.Config) {
			waits = append(waits, f.Name)
			if err := f.Set(&cfg, f.Get(&t.Config)); err != nil {
				return nil, err
			}
		}
	}
	t.Config = cfg
	return waits, nil
}

// CanTrain says why a run with these settings cannot be stepped, or nil.
func (t *Trainer) CanTrain() error {
	if n := len(t.train); t.Config.BatchSize > n {
		return fmt.Errorf("batch-size: a batch of %d pairs is larger than the %d training pairs that can be used: lower it to %d or less", t.Config.BatchSize, n, n)
	}
	return nil
}

// stepsPerEpoch counts updates an epoch; the last batch may be smaller.
func (t *Trainer) stepsPerEpoch(items int) int {
	return (items + t.Config.BatchSize - 1) / t.Config.BatchSize
}

// Steps is the number of updates made.
func (t *Trainer) Steps() int { return t.step }

// Total is the number of updates the run will have made, as settings and pairs
// stand now.
func (t *Trainer) Total() int {
	left := max(0, t.Config.Epochs-t.epoch-1)*t.stepsPerEpoch(len(t.train)) + t.stepsPerEpoch(len(t.train)-t.cursor)
	if t.epoch >= t.Config.Epochs {
		left = 0
	}
	return t.step + left
}

// Done reports whether every epoch is over.
func (t *Trainer) Done() bool { return t.epoch >= t.Config.Epochs }

// Epoch is how many times every pair was seen, with the part of the present epoch.
func (t *Trainer) Epoch() float64 { return float64(t.epoch) + float64(t.cursor)/float64(len(t.train)) }

// Fraction is the part of the work under way that is done, 0 to 1.
func (t *Trainer) Fraction() float64 { return t.fraction }

// Seen counts the tokens worked on since the trainer was made; a host with a clock
// makes a speed of it.
func (t *Trainer) Seen() int { return t.seen }

// next lists the items of the coming batch.
func (t *Trainer) next() []*item {
	key := [3]uint64{t.Config.Seed, uint64(t.epoch), uint64(len(t.train))}
	if t.order == nil || t.orderOf != key {
		t.order, t.orderOf = epochOrder(t.Config.Seed, t.epoch, len(t.train)), key
	}
	hi := min(t.cursor+t.Config.BatchSize, len(t.train))
	var batch []*item
	for _, i := range t.order[t.cursor:hi] {
		batch = append(batch, t.train[i])
	}
	return batch
}

// Step makes one update and adds its row to History.
func (t *Trainer) Step() (Row, error) {
	if err := t.CanTrain(); err != nil {
		return Row{}, err
	}
	if t.Done() {
		return Row{}, errors.New("the run is over: raise the number of epochs to go on, or reset")
	}
	batch := t.next()
	clear(t.grads)
	pairs, o, err := t.score(batch, t.grads)
	if err != nil {
		return Row{}, err
	}
	s := sumUp(pairs, t.Config.Beta)
	norm := optim.Clip(t.grads, t.Config.MaxGradNorm)
	if math.IsNaN(norm) || math.IsInf(norm, 0) {
		return Row{}, fmt.Errorf("step %d: the gradient is not finite (loss %v): the run has diverged; reset, and lower the learning rate", t.step+1, s.loss/float64(s.pairs))
	}
	rate := optim.Schedule{Shape: t.Config.Schedule, Peak: t.Config.LearningRate, Warmup: t.Config.WarmupSteps, Total: t.Total()}.Rate(t.step)
	t.opt.Beta1, t.opt.Beta2, t.opt.Eps, t.opt.Decay = t.Config.Beta1, t.Config.Beta2, t.Config.Epsilon, t.Config.WeightDecay
	t.opt.Update(t.Policy.Weights, t.grads, rate)
	t.advance(len(batch), s.tokens())
	t.shift, t.last = o.shift, pairScores(pairs, t.Config.Beta)
	t.moveReference()

	row := t.row()
	s.write(row, "")
	row.set("grad_norm", norm)
	row.set("learning_rate", rate)
	row.set("epoch", t.Epoch())
	row.set("num_tokens", float64(t.tokens))
	return row, nil
}

func (t *Trainer) advance(items, tokens int) {
	t.step++
	t.tokens += tokens
	if t.cursor += items; t.cursor >= len(t.train) {
		t.epoch, t.cursor = t.epoch+1, 0
	}
}

// row returns the present step's row of History, new if there is none yet.
func (t *Trainer) row() Row {
	if n := len(t.History); n > 0 && t.History[n-1].Step == t.step {
		return t.History[n-1]
	}
	t.History = append(t.History, newRow(t.step))
	return t.History[len(t.History)-1]
}

// EvaluateDue reports whether held-out pairs should be scored now: before the first
// step, every EvalEvery steps and at the end.
func (t *Trainer) EvaluateDue() bool {
	if len(t.heldout) == 0 || t.evaluated == t.step {
		return false
	}
	every := t.Config.EvalEvery
	return t.Done() || every > 0 && t.step%every == 0
}

// Evaluate scores held-out pairs: EvalPairs of them during training, the first of
// the set, and all when the run is done.
func (t *Trainer) Evaluate() (Row, error) {
	set := t.heldout
	if !t.Done() {
		set = set[:min(len(set), t.Config.EvalPairs)]
	}
	pairs, _, err := t.score(set, nil)
	if err != nil {
		return Row{}, err
	}
	row := t.row()
	s := sumUp(pairs, t.Config.Beta)
	s.write(row, "eval_")
	t.evaluated = t.step
	return row, nil
}
