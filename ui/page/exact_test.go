package page

import (
	"strings"
	"testing"
)

// finite is a page whose world is finite, with its first table.
func finite(t *testing.T) (*Page, *engine) {
	t.Helper()
	e := &engine{}
	p := New(e, func() float64 { return 0 })
	p.Open()
	p.Ready(Ready{Preset: "sentiment", HasReward: true, Exact: true})
	p.Pairs(Pairs{Set: Set{Train: pairs(3), Heldout: pairs(2)}})
	if got := e.take(); !strings.HasPrefix(got, `respawn, start sentiment, exact 1 "prompt 0" β 1`) {
		t.Fatalf("opening asks %s", got)
	}
	p.State(State{Phase: Idle, Total: 9})
	return p, e
}

// tableOf is a table in which the policy stands at step.
func tableOf(request, step int, kl, reward float64) ExactTable {
	return ExactTable{Request: request, Step: step, Prompt: "prompt 0", Beta: 1, Count: 1600,
		Answers:   []string{" Warm <i>", " Cold Sea", " Wild Bell"},
		Reference: []float64{0.5, 0.3, 0.2}, Policy: []float64{0.4, 0.4, 0.2}, Optimum: []float64{0.1, 0.8, 0.1},
		Reward: []float64{0, 1, 0.5}, Outside: 0.004, KLPolicy: kl, RewardPolicy: reward, KLOptimum: 0.6, RewardOptimum: 0.9,
		RewardReference: 0.4, Frontier: [][2]float64{{0, 0.4}, {0.2, 0.7}, {0.6, 0.9}, {9, 1}}}
}

func TestExactTableFollowsTheRun(t *testing.T) {
	p, e := finite(t)
	p.ExactTable(tableOf(1, 0, 0, 0.4))
	html := p.Board.Node("exact-table").Content
	if strings.Index(html, "Cold Sea") > strings.Index(html, "Warm") || strings.Contains(html, "<i>") || !strings.Contains(html, "policy 40 %, reference 30 %, optimum 80 %") {
		t.Errorf("the table is %s", html)
	}
	want(t, "policy", p.Board.Node("exact-policy").Content, "reward 0.40, KL 0.00")
	e.take()
	p.State(State{Phase: Training, Step: 1, Total: 9})
	want(t, "while training", e.take(), "")
	p.Metrics(Metrics{Names: []string{"eval_loss"}, Steps: []int{1}, Values: []float64{0.6}})
	if got := e.take(); !strings.Contains(got, `exact 3 "prompt 0"`) {
		t.Errorf("an evaluation asks %s", got)
	}
	p.ExactTable(tableOf(3, 1, 0.1, 0.5))
	p.State(State{Phase: Paused, Step: 2, Total: 9})
	p.ExactTable(tableOf(4, 2, 0.2, 0.6))
	if got := attr(p, "exact-frontier", "aria-label"); !strings.Contains(got, "0.60 at 0.20 nats, at step 2") || !strings.Contains(got, "way: 3") {
		t.Errorf("the way is %s", got)
	}
	if svg := p.Board.Node("exact-frontier").Content; strings.Contains(svg, "NaN") || strings.Contains(svg, "style=") || strings.Count(svg, "past") != 2 {
		t.Errorf("the picture is %s", svg)
	}
	if svg := p.Board.Node("exact-frontier").Content; !strings.Contains(svg, "L320 ") {
		t.Errorf("the frontier does not reach the right edge: %s", svg)
	}
	p.State(State{Phase: Idle, Step: 0, Total: 9})
	p.ExactTable(tableOf(p.exact.request, 0, 0, 0.4))
	if n := len(p.exact.trail); n != 1 {
		t.Errorf("after a reset the way has %d points", n)
	}
}

func TestOneExactQuestionAtATime(t *testing.T) {
	p, e := finite(t)
	p.lookExactly()
	p.lookExactly()
	if got := e.take(); strings.Contains(got, "exact") {
		t.Errorf("asks %s before the answer", got)
	}
	p.ExactTable(tableOf(1, 0, 0, 0.4))
	if got := e.take(); !strings.Contains(got, "exact 3") {
		t.Errorf("after the answer asks %s", got)
	}
	p.LookAt("prompt 1")
	p.ExactTable(tableOf(3, 0, 0, 0.4)) // of the former prompt
	if got := e.take(); !strings.Contains(got, `"prompt 1"`) {
		t.Errorf("another prompt asks %s", got)
	}
	p.ExactTable(ExactTable{Request: p.exact.request, Error: "no such prompt"})
	if !strings.Contains(p.ExactProblem(), "no such prompt") {
		t.Errorf("a refusal says %q", p.ExactProblem())
	}
}

func TestOtherWorldsHaveNoExactTable(t *testing.T) {
	p, e, _ := opened(t)
	p.State(State{Phase: Paused, Step: 2, Total: 9})
	if p.HasExact() || strings.Contains(e.take(), "exact") {
		t.Error("a world that is not finite is asked for its table")
	}
}
