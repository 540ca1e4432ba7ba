package engine

import (
	"errors"
	"fmt"
	"math"

	"dpolab/core/model"
	"dpolab/core/train"
	"dpolab/wasm/bridge"
)

// making samples preference pairs beside training.
type making struct {
	bridge.MakePairs
	maker  train.PairMaker
	step   int     // of the policy that answers
	posted float64 // when the page was told last, ms
}

const (
	madeGap     = 250 // ms between reports
	mostPairs   = 20000
	pairAnswers = 4 // answers a prompt, which make 6 pairs
)

func (e *Engine) makePairs(m *bridge.MakePairs) {
	j, err := e.startMaking(m)
	if err != nil {
		e.host.Post(&bridge.Made{Request: m.Request, Of: m.Size + m.Heldout, Finished: true, Error: err.Error(), Longer: math.NaN(), Likelier: math.NaN()})
		return
	}
	e.jobs = append(e.jobs, j)
	j.tell(e, &bridge.Made{})
}

func (e *Engine) startMaking(m *bridge.MakePairs) (*making, error) {
	switch {
	case e.run == nil:
		return nil, errors.New("no model is loaded yet")
	case e.world == nil:
		return nil, errors.New("these pairs come from no built-in world: there is nobody to ask, and nobody knows the true reward of an answer")
	case m.Size < 1 || m.Size > mostPairs || m.Heldout < 0 || m.Heldout > mostPairs:
		return nil, fmt.Errorf("%d training and %d held-out pairs are asked for, want 1 to %d and 0 to %d", m.Size, m.Heldout, mostPairs, mostPairs)
	}
	answers := e.run.Reference
	if m.Who == bridge.Policy {
		answers = e.run.Policy
	}
	j := &making{MakePairs: *m, step: e.run.Steps(), maker: train.PairMaker{
		Model: answers.Clone(), Tok: e.tok, Task: e.world, Answers: pairAnswers, Balance: m.Label == "" || m.Label == train.LabelReward, Label: m.Label, Gap: m.Gap, Noise: m.Noise, Flip: m.Flip,
		Seed: uint64(m.Seed), Size: m.Size, Holdout: m.Heldout,
		Sampling: model.Sampling{Temperature: 1, TopP: 1, MaxTokens: maxAnswer, EndOfText: e.tok.EndOfText()}}}
	return j, j.maker.Validate()
}

func (j *making) request() int { return j.Request }

func (j *making) next(e *Engine) bool {
	more, err := j.maker.Step()
	switch {
	case err != nil:
		j.tell(e, &bridge.Made{Finished: true, Error: err.Error()})
		return false
	case !more:
		j.tell(e, &bridge.Made{Finished: true, Name: j.name(e), Train: j.maker.Train, Heldout: j.maker.Heldout})
	case e.host.Now()-j.posted >= madeGap:
		j.tell(e, &bridge.Made{})
	}
	return more
}

func (j *making) stop(e *Engine) { j.tell(e, &bridge.Made{Finished: true, Error: "stopped"}) }

// tell posts m with what the maker has counted.
func (j *making) tell(e *Engine, m *bridge.Made) {
	p := &j.maker
	j.posted = e.host.Now()
	m.Request, m.Step = j.Request, j.step
	m.Done, m.Of = len(p.Train)+len(p.Heldout), p.Size+p.Holdout
	m.Prompts, m.Ties, m.Degenerate, m.Unfit = p.Prompts, p.Ties, p.Degenerate, p.Unfit+p.Skewed
	m.Longer, m.Likelier = p.Longer(), p.Likelier()
	e.host.Post(m)
}

// name tells the set from others, for people.
func (j *making) name(e *Engine) string {
	name := fmt.Sprintf("%s, %d pairs, seed %d", e.world.Title(), j.Size, j.Seed)
	switch j.Label {
	case bridge.LabelLonger:
		name += ", longer preferred"
	case bridge.LabelNear:
		name += ", near answers"
	}
	if j.Who == bridge.Policy && j.step > 0 {
		name += fmt.Sprintf(", sampled at step %d", j.step)
	}
	if j.Noise > 0 {
		name += fmt.Sprintf(", noise %v", j.Noise)
	}
	if j.Flip > 0 {
		name += fmt.Sprintf(", %.0f %% turned round", 100*j.Flip)
	}
	return name
}
