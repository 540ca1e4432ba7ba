package page

import (
	"math"
	"strings"
	"testing"
)

func TestMakingPairs(t *testing.T) {
	p, e, clock := opened(t)
	p.ToggleMake()
	want(t, "focus", p.TakeFocus(), "make-size")
	p.SetMakeKnob(makeNoise, "lots")
	p.Make()
	if p.MakeProblem() == "" || e.take() != "" {
		t.Errorf("noise that is no number is taken: %q", p.MakeProblem())
	}
	p.SetMakeKnob(makeNoise, "0.1")
	p.SetMakeChoice(makeFlip, "0.2")
	p.SetMakeChoice(makeSize, "1000")
	p.Make()
	want(t, "asked", e.take(), "make 2: 1000+0 reward noise 0.1 flip 0.2 gap 0.4 seed 1")
	p.Make()
	want(t, "twice", e.take(), "")
	*clock += 3000
	p.Made(Made{Request: 2, Done: 250, Of: 1000, Longer: math.NaN()})
	want(t, "progress", p.Board.Node("make-progress").Content, "250 of 1\u202f000 pairs · 9 s left")
	want(t, "bar", attr(p, "make-bar", "value"), "0.250")
	if !p.Making() || p.Notice() != "" {
		t.Error("half of the pairs are taken for all")
	}
	p.Made(Made{Request: 2, Done: 1000, Of: 1000, Prompts: 1, Ties: 300, Degenerate: 2, Longer: 0.52, Likelier: 0.7, Finished: true,
		Name: "made", Train: pairs(1000)})
	want(t, "given to the trainer", e.take(), "pairs 1: 1000+5")
	if train, held := p.Counts(); train != 1000 || held != 5 {
		t.Errorf("%d+%d pairs, want the made ones and the preset's held-out ones", train, held)
	}
	if !strings.Contains(p.Notice(), "1\u202f000 pairs made from 1 prompt") || p.Making() {
		t.Errorf("says %q", p.Notice())
	}
	facts := p.MadeFacts()
	if len(facts) != 4 || facts[2].Warn || !facts[3].Warn || facts[3].Value != "70 %" {
		t.Errorf("facts: %+v", facts)
	}
	p.RestoreSet()
	if train, _ := p.Counts(); train != 50 || p.MadeFacts() != nil {
		t.Errorf("%d pairs after the restoration, want the 50 there were", train)
	}
}

func TestMakingCanBeCancelledAndRefused(t *testing.T) {
	p, e, _ := opened(t)
	p.Make()
	e.take()
	p.StopMaking()
	want(t, "cancelled", e.take(), "stop 2")
	p.Made(Made{Request: 2, Finished: true, Error: "stopped"})
	want(t, "after a cancel", p.MakeProblem(), "")
	p.Make()
	p.Made(Made{Request: 3, Finished: true, Error: "no rule fits"})
	want(t, "refused", p.MakeProblem(), "No pairs were made: no rule fits")
	if train, _ := p.Counts(); train != 50 || p.Making() {
		t.Errorf("%d pairs, making %v", train, p.Making())
	}
	p.Make()
	p.Gone("over")
	if p.Making() {
		t.Error("a trainer that is gone makes pairs for ever")
	}
}
