package page

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"dpolab/ui/text"
)

// making is the form and the state of making pairs.
type making struct {
	open    bool
	choices [3]string // of Choices, by place
	knobs   [3]knob   // noise, least difference, seed
	request int
	running bool
	began   float64 // ms
	seen    Made    // how far it has come
	last    *Made   // the set in use was made so; nil if it was not
	problem string
}

// places in choices and knobs
const (
	makeSize = iota
	makeLabel
	makeFlip
)
const (
	makeNoise = iota
	makeGap
	makeSeed
)

// heldoutMade is how many held-out pairs are made where the preset's own are not at
// hand.
const heldoutMade = 200

func newMaking() making {
	return making{
		choices: [3]string{"200", "reward", "0"},
		knobs: [3]knob{
			makeNoise: {"make-noise", text.MakeNoise, "0", 0, 10, false, text.MakeNoiseHelp},
			makeGap:   {"make-gap", text.MakeGap, "0.4", 0, 1, false, text.MakeGapHelp},
			makeSeed:  {"make-seed", text.MakeSeed, "1", 0, 1 << 31, true, text.MakeSeedHelp},
		},
	}
}

// Option is one value of a choice, and what it is called.
type Option struct {
	Value, Label string
	Chosen       bool
}

// Choice is a setting of making pairs that takes one of a few values.
type Choice struct {
	ID, Label, Help string
	Options         []Option
}

// MakeChoices are size, rule and flipped labels of the pairs to make.
func (p *Page) MakeChoices() []Choice {
	out := []Choice{
		{"make-size", text.MakeSize, text.MakeSizeHelp, []Option{{Value: "200", Label: "200"}, {Value: "1000", Label: Group(1000)}, {Value: "5000", Label: Group(5000)}}},
		{"make-label", text.MakeLabel, text.MakeLabelHelp, []Option{
			{Value: "reward", Label: text.LabelReward}, {Value: "longer", Label: text.LabelLonger}, {Value: "near", Label: text.LabelNear}}},
		{"make-flip", text.MakeFlip, text.MakeFlipHelp, []Option{{Value: "0", Label: "0 %"}, {Value: "0.1", Label: "10 %"}, {Value: "0.2", Label: "20 %"}}},
	}
	for i := range out {
		for j := range out[i].Options {
			o := &out[i].Options[j]
			o.Chosen = o.Value == p.making.choices[i]
		}
	}
	return out
}

// MakeKnobs are the numbers of making pairs.
func (p *Page) MakeKnobs() []Knob { return shown(p.making.knobs[:]) }

// SetMakeChoice sets a choice of making pairs.
func (p *Page) SetMakeChoice(i int, value string) {
	p.making.choices[i], p.making.problem = value, ""
	p.touch()
}

// SetMakeKnob takes a number of making pairs; a wrong one is named at once.
func (p *Page) SetMakeKnob(i int, value string) {
	m := &p.making
	m.knobs[i].Value = clip(value, MaxLength)
	m.problem = wrong(m.knobs[:])
	p.touch()
}

// CanMake reports whether pairs can be made at all: the preset's world knows the true
// reward.
func (p *Page) CanMake() bool { return p.ready != nil && p.ready.HasReward }

// MakeOpen reports whether the form is shown.
func (p *Page) MakeOpen() bool { return p.making.open && p.CanMake() }

// ToggleMake shows the form, or puts it away. Pairs that are being made go on.
func (p *Page) ToggleMake() {
	p.making.open = !p.making.open
	p.focus = "open-make"
	if p.making.open {
		p.focus = "make-size"
	}
	p.touch()
}

// Making reports whether pairs are being made.
func (p *Page) Making() bool { return p.making.running }

// MakeProblem says why none are; empty if nothing is wrong.
func (p *Page) MakeProblem() string { return clip(p.making.problem, MaxLength) }

// Make asks for pairs as the form says.
func (p *Page) Make() {
	m := &p.making
	p.touch()
	if m.problem = wrong(m.knobs[:]); m.problem != "" || m.running || !p.Alive() || !p.CanMake() {
		return
	}
	p.answer.requests++
	r := MakeRequest{Request: p.answer.requests, Label: m.choices[makeLabel]}
	r.Size, _ = strconv.Atoi(m.choices[makeSize])
	r.Flip, _ = strconv.ParseFloat(m.choices[makeFlip], 64)
	r.Noise, _ = m.knobs[makeNoise].number()
	r.Gap, _ = m.knobs[makeGap].number()
	seed, _ := m.knobs[makeSeed].number()
	r.Seed = int(seed)
	if p.data.base == nil {
		r.Heldout = heldoutMade
	}
	m.request, m.running, m.began, m.seen = r.Request, true, p.now(), Made{Of: r.Size + r.Heldout}
	p.focus = "make-cancel"
	p.trainer.MakePairs(r)
	p.showMaking()
}

// StopMaking ends it; the pairs stay as they are.
func (p *Page) StopMaking() {
	if m := &p.making; m.running {
		m.running = false
		p.focus = "make-go"
		p.trainer.Stop(m.request)
		p.touch()
	}
}

// Made takes how far the making has come; finished pairs take the place of those
// there were, which can be brought back.
func (p *Page) Made(r Made) {
	m, d := &p.making, &p.data
	if r.Request != m.request || !m.running {
		return
	}
	m.seen = r
	p.showMaking()
	if !r.Finished {
		return
	}
	m.running = false
	p.touch()
	if r.Error != "" {
		p.focus = "make-go"
		m.problem = text.NotMade + r.Error
		return
	}
	d.former = &former{d.set, p.preset, d.made}
	set := Set{Name: r.Name, Train: r.Train, Heldout: r.Heldout}
	if len(set.Heldout) == 0 {
		set.Heldout = d.base
	}
	r.Train, r.Heldout = nil, nil
	d.made, d.problems = true, nil
	p.replace(set)
	m.last, m.open = &r, false
	p.tell()
	d.notice = fmt.Sprintf(text.PairsMade, Group(len(set.Train)), Count(r.Prompts, text.PromptOne, text.PromptMany))
	p.focus = "open-make"
	p.Board.Set("announce", d.notice+". "+leftOut(r))
}

// Fact is something counted or measured, in words.
type Fact struct {
	Label, Value, Help string
	Warn               bool
}

// MadeFacts says of pairs that were just made what was left out and what else would
// predict their labels; nil if the pairs came otherwise.
func (p *Page) MadeFacts() []Fact {
	r := p.making.last
	if r == nil {
		return nil
	}
	out := []Fact{
		{Label: text.MadeTies, Value: Group(r.Ties), Help: text.MadeTiesHelp},
		{Label: text.MadeSame, Value: Group(r.Degenerate), Help: text.MadeSameHelp},
	}
	if r.Unfit > 0 {
		out = append(out, Fact{Label: text.MadeUnfit, Value: Group(r.Unfit), Help: text.MadeUnfitHelp})
	}
	return append(out,
		Fact{text.MadeLonger, Percent(r.Longer), text.MadeLongerHelp, biased(r.Longer, r.Done)},
		Fact{text.MadeLikely, Percent(r.Likelier), text.MadeLikelyHelp, biased(r.Likelier, r.Done)})
}

// leftOut says so in a sentence.
func leftOut(r Made) string { return fmt.Sprintf(text.LeftOut, Group(r.Ties), Group(r.Degenerate)) }

// biased reports that a guess other than the reward predicts the labels: it is right
// on more than 55 % of pairs like these, or on less than 45 %, by more than the noise of
// n pairs (95 %).
func biased(share float64, n int) bool {
	return math.Abs(share-0.5) > 0.05+0.98/math.Sqrt(float64(max(1, n)))
}

// showMaking writes the progress.
func (p *Page) showMaking() {
	m, b := &p.making, p.Board
	done := float64(m.seen.Done) / math.Max(1, float64(m.seen.Of))
	b.Attr("make-bar", "value", strconv.FormatFloat(done, 'f', 3, 64))
	parts := []string{fmt.Sprintf(text.MakeDone, Group(m.seen.Done), Group(m.seen.Of))}
	if spent := p.now() - m.began; m.running && m.seen.Done > 0 && spent > 1000 {
		parts = append(parts, fmt.Sprintf(text.TimeLeft, Duration(spent/1000*(1/done-1))))
	}
	b.Set("make-progress", strings.Join(parts, " · "))
	b.Attr("make-progress", "data-done", strconv.Itoa(m.seen.Done))
}
