package page

import (
	"testing"
)

func TestAnswersStream(t *testing.T) {
	p, e, _ := opened(t)
	p.Token(Token{Request: 1, Text: " Hello"})
	p.Token(Token{Request: 1, Reference: true, Text: " Bye"})
	p.Token(Token{Request: 9, Text: "stale"})
	want(t, "policy", p.Board.Node("answer-policy").Content, "Hello")
	want(t, "reference", p.Board.Node("answer-reference").Content, "Bye")
	want(t, "done", attr(p, "answer-policy", "data-done"), "false")
	p.Token(Token{Request: 1, Done: true, Reason: "length"})
	p.Token(Token{Request: 1, Reference: true, Done: true, Reason: "end of text"})
	want(t, "done", attr(p, "answer-policy", "data-done"), "true")
	if p.Sampling() || len(p.History()) != 1 {
		t.Errorf("sampling %v, history %v", p.Sampling(), p.History())
	}
	p.State(State{Phase: Training, Step: 9, Total: 60})
	p.Metrics(Metrics{Names: []string{"eval_loss"}, Steps: []int{10}, Values: []float64{0.6}})
	want(t, "after an evaluation", e.take(), `sample 2 "prompt 0"`)
	p.SetAgain(false)
	p.Token(Token{Request: 2, Done: true, Reason: "stopped"})
	p.Token(Token{Request: 2, Reference: true, Done: true, Reason: "stopped"})
	p.Metrics(Metrics{Names: []string{"eval_loss"}, Steps: []int{20}, Values: []float64{0.6}})
	want(t, "after an evaluation, turned off", e.take(), "")
	p.SetKnob(temperature, "hot")
	p.SampleNow()
	if p.SampleProblem() == "" || e.take() != "" {
		t.Errorf("a temperature of “hot”: %q", p.SampleProblem())
	}
}
