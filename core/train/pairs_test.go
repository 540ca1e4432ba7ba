package train

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"dpolab/core/model"
	"dpolab/core/pref"
	"dpolab/core/world"
)

// numbers is a task whose rewards have nothing to do with what is said: 0, 0.1 to 1.
type numbers struct{ prompts int }

func (n numbers) Prompt(r *rand.Rand) string {
	return fmt.Sprintf("%d. I think a walk", r.IntN(n.prompts))
}

func (numbers) Judge(prompt, answer string) world.Judgement {
	h := fnv.New32()
	h.Write([]byte(answer))
	return world.Judgement{Reward: float64(h.Sum32()%11) / 10}
}

// few is numbers with a list of its prompts.
type few struct {
	numbers
	list []string
}

func (f few) Prompts() []string { return f.list }

func newMaker(t *testing.T) *PairMaker {
	t.Helper()
	m, tok := tinyBase(t)
	return &PairMaker{Model: m, Tok: tok, Task: numbers{1e6}, Answers: 4, Seed: 7, Size: 100, Holdout: 40,
		Sampling: model.Sampling{Temperature: 1, TopP: 1, MaxTokens: 6, EndOfText: tok.EndOfText()}}
}

// made runs a maker to its end.
func made(t *testing.T, change func(*PairMaker)) *PairMaker {
	t.Helper()
	p := newMaker(t)
	change(p)
	for {
		more, err := p.Step()
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return p
		}
	}
}

func same(*PairMaker) {}

func TestPairsAreCountedAndApart(t *testing.T) {
	p := made(t, same)
	if len(p.Train) != 100 || len(p.Heldout) != 40 {
		t.Fatalf("%d training and %d held-out pairs, want 100 and 40", len(p.Train), len(p.Heldout))
	}
	if got := p.Pairs + p.Ties + p.Degenerate + p.Unfit; got != 6*p.Prompts || p.Ties == 0 {
		t.Errorf("%d prompts, %+v: %d in all, want 6 a prompt", p.Prompts, p.Tally, got)
	}
	held := map[string]bool{}
	for _, q := range p.Heldout {
		held[q.Prompt] = true
	}
	for _, q := range append(p.Train, p.Heldout...) {
		if r, s := p.Task.Judge(q.Prompt, q.Chosen).Reward, p.Task.Judge(q.Prompt, q.Rejected).Reward; r <= s {
			t.Fatalf("%+v: rewards %v and %v", q, r, s)
		}
	}
	for _, q := range p.Train {
		if held[q.Prompt] {
			t.Errorf("%q is held out, and trained on", q.Prompt)
		}
	}
}

func TestPairsDoNotDependOnWhatTheyShouldNot(t *testing.T) {
	p := made(t, same)
	if again := made(t, same); !reflect.DeepEqual(again.Train, p.Train) || !reflect.DeepEqual(again.Heldout, p.Heldout) || again.Tally != p.Tally {
		t.Error("the same seed makes other pairs")
	}
	if other := made(t, func(p *PairMaker) { p.Seed = 8 }); reflect.DeepEqual(other.Train, p.Train) {
		t.Error("another seed makes the same pairs")
	}
	noisy := made(t, func(p *PairMaker) { p.Size, p.Flip, p.Noise = 150, 0.3, 0.5 })
	if !reflect.DeepEqual(noisy.Heldout, p.Heldout) {
		t.Error("held-out pairs change with size, flips and noise")
	}
	turned := 0
	for i, q := range noisy.Train[:100] {
		if q.Chosen == p.Train[i].Rejected && q.Rejected == p.Train[i].Chosen && q.Prompt == p.Train[i].Prompt {
			turned++
		} else if q != p.Train[i] {
			t.Fatalf("pair %d is %+v with noise, %+v without", i, q, p.Train[i])
		}
	}
	if turned < 15 || turned > 70 {
		t.Errorf("%d of 100 labels are turned round", turned)
	}
	clean := made(t, func(p *PairMaker) { p.Size = 150 })
	if !reflect.DeepEqual(clean.Train[:100], p.Train) {
		t.Error("a small set is not the beginning of a large one")
	}
}

// labelled counts how often of two answers with these rewards the first is chosen.
func labelled(p *PairMaker, x, y float64, heldout bool, n int) (first int) {
	r := rand.New(rand.NewPCG(1, 1))
	for range n {
		a := &asked{prompt: "I think", answers: []answered{{text: " tea", reward: x}, {text: " a bus", reward: y}}}
		if p.prefer(r, a, heldout)[0].Chosen == " tea" {
			first++
		}
	}
	return first
}

// within fails unless k of n is within four standard deviations of share.
func within(t *testing.T, what string, k, n int, share float64) {
	t.Helper()
	if d := 4 * math.Sqrt(float64(n)*share*(1-share)); math.Abs(float64(k)-float64(n)*share) > d {
		t.Errorf("%s: %d of %d, want %.0f ± %.0f", what, k, n, float64(n)*share, d)
	}
}

func TestNoiseIsBradleyTerry(t *testing.T) {
	for _, tc := range []struct{ x, y, noise float64 }{{0.6, 0.4, 0.1}, {0.3, 0.8, 0.5}, {1, 0, 0.25}, {0.9, 0.2, 0}} {
		p := newMaker(t)
		p.Noise = tc.noise
		want := 1.0
		if tc.noise > 0 {
			want = 1 / (1 + math.Exp(-(tc.x-tc.y)/tc.noise))
		}
		within(t, fmt.Sprintf("%+v", tc), labelled(p, tc.x, tc.y, false, 4000), 4000, want)
		if tc.x > tc.y != (labelled(p, tc.x, tc.y, true, 50) == 50) {
			t.Errorf("%+v: a held-out label is noisy", tc)
		}
	}
}

func TestFlips(t *testing.T) {
	p := newMaker(t)
	p.Flip = 0.2
	within(t, "labels turned round", labelled(p, 0.1, 0.9, false, 4000), 4000, 0.2)
	if n := labelled(p, 0.1, 0.9, true, 200); n > 0 {
		t.Errorf("%d held-out labels are turned round", n)
	}
	pairs := words(3000)
	out, n := Flip(pairs, 0.1, 1)
	within(t, "pairs turned round", n, 3000, 0.1)
	turned := 0
	for i, q := range out {
		if q != pairs[i] && q.Chosen == pairs[i].Rejected {
			turned++
		}
	}
	if again, _ := Flip(pairs, 0.1, 1); turned != n || !reflect.DeepEqual(again, out) {
		t.Errorf("%d of 3000 differ, %d are counted", turned, n)
	}
}

func TestLabelLonger(t *testing.T) {
	p := newMaker(t)
	p.Label, p.Gap = LabelLonger, 0.1
	a := &asked{prompt: "I think", answers: []answered{{text: " tea", reward: 0.5}, {text: " a bus is", reward: 0.45},
		{text: " the sea is dull", reward: 0.9}, {text: " snow", reward: 0.5}}}
	got := p.prefer(rand.New(rand.NewPCG(1, 1)), a, false)
	want := map[pref.Pair]bool{{Prompt: "I think", Chosen: " a bus is", Rejected: " tea"}: true, {Prompt: "I think", Chosen: " a bus is", Rejected: " snow"}: true}
	if len(got) != 2 || !want[got[0]] || !want[got[1]] || p.Unfit != 3 || p.Ties != 1 || p.Longer() != 1 {
		t.Errorf("%v, %+v", got, p.Tally)
	}
}

func TestWhatIsNoPair(t *testing.T) {
	p := newMaker(t)
	p.Gap = 0.2
	a := &asked{prompt: "I think", answers: []answered{{text: " tea", reward: 0.5}, {text: " tea", reward: 0.5}, {text: " ", reward: 0.9},
		{text: " rain", reward: 0.6}, {text: strings.Repeat(" rain and snow", 20), reward: 0}}}
	got := p.prefer(rand.New(rand.NewPCG(1, 1)), a, false)
	if len(got) != 0 || p.Degenerate != 7 || p.Ties != 1 || p.Unfit != 2 {
		t.Errorf("%v, %+v, want 7 degenerate, a tie, 2 too long for the context", got, p.Tally)
	}
	if !math.IsNaN(p.Longer()) || !math.IsNaN(p.Likelier()) {
		t.Errorf("shares of no pair: %v and %v", p.Longer(), p.Likelier())
	}
}

func TestWordDistance(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a b c", "a b c", 0}, {"a b c", "a x c", 1}, {"a b c", "b c", 1}, {"a b", "x y z", 3}, {"", "a b", 2}, {"the end is near", "near the end is", 2}} {
		if got := wordDistance(tc.a, tc.b); got != tc.want {
			t.Errorf("wordDistance(%q, %q) = %d, want %d", tc.a, tc.b, got, tc.want)
		}
	}
}

func TestKeepBoundsThePairsOfAPrompt(t *testing.T) {
	p := made(t, func(p *PairMaker) { p.Keep = 2 })
	n := map[string]int{}
	for _, q := range p.Train {
		if n[q.Prompt]++; n[q.Prompt] > 2 {
			t.Fatalf("more than 2 pairs of %q", q.Prompt)
		}
	}
}

// Of a task with few prompts a quarter is held out, and the others come again.
func TestFewPrompts(t *testing.T) {
	list := []string{"1. I think", "2. I think", "3. I think", "4. I think", "5. I think"}
	p := made(t, func(p *PairMaker) { p.Task = few{numbers{}, list} })
	asked := [2]map[string]bool{{}, {}}
	for i, set := range [][]pref.Pair{p.Train, p.Heldout} {
		for _, q := range set {
			asked[i][q.Prompt] = true
		}
	}
	if len(asked[0]) != 4 || len(asked[1]) != 1 {
		t.Errorf("trained on %v, held out %v", asked[0], asked[1])
	}
}

func TestMakerRefuses(t *testing.T) {
	for want, change := range map[string]func(*PairMaker){
		"gap is 2":            func(p *PairMaker) { p.Gap = 2 },
		"flip is NaN":         func(p *PairMaker) { p.Flip = math.NaN() },
		"flip is 0.6":         func(p *PairMaker) { p.Flip = 0.6 },
		"noise is -1":         func(p *PairMaker) { p.Noise = -1 },
		"noise is of rewards": func(p *PairMaker) { p.Label, p.Noise = LabelLonger, 0.1 },
		`label is "best"`:     func(p *PairMaker) { p.Label = "best" },
		"answers is 1":        func(p *PairMaker) { p.Answers = 1 },
		"temperature":         func(p *PairMaker) { p.Sampling.Temperature = -1 },
		"no pair":             func(p *PairMaker) { p.Task = indifferent{} },
		"no further prompt":   func(p *PairMaker) { p.Task = numbers{5} },
		"one prompt alone":    func(p *PairMaker) { p.Task = few{numbers{}, []string{"I think"}} },
	} {
		p := newMaker(t)
		change(p)
		more, err := true, error(nil)
		for more && err == nil {
			more, err = p.Step()
		}
		if err == nil || !strings.Contains(err.Error(), want) || errors.Is(err, ErrStopped) {
			t.Errorf("%v, want an error with %q", err, want)
		}
	}
}

// indifferent likes everything as well.
type indifferent struct{}

func (indifferent) Prompt(r *rand.Rand) string                      { return fmt.Sprintf("%d. I", r.IntN(1e6)) }
func (indifferent) Judge(prompt, answer string) (j world.Judgement) { return j }
