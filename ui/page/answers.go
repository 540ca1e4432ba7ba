package page

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dpolab/ui/text"
)

// maxHistory is how many earlier answers are kept.
const maxHistory = 12

// answer is the prompt and what both models say to it.
type answer struct {
	prompt    string // in the box
	drafted   bool   // the user wrote it
	knobs     [4]knob
	again     bool // after each evaluation
	request   int  // of the answers that are streaming or shown
	requests  int  // numbers given out, to samples and judgements
	running   bool
	asked     string // the prompt that the answers belong to
	texts     [2]strings.Builder
	ends      [2]string
	step      int
	problem   string
	history   []Past
	lastTexts [2]string
}

// knob is one number of sampling, as it is typed.
type knob struct {
	ID, Label, Value string
	lo, hi           float64
	whole            bool
	help             string
}

// Past is an earlier answer of the policy.
type Past struct {
	Step int
	Text string
}

// places in knobs
const (
	temperature = iota
	topP
	maxTokens
	sampleSeed
)

// firstSeed is one with which the base model of the first preset pans the film of its
// first held-out prompt: a visitor sees from the start what there is to be learnt.
const firstSeed = "12"

func newAnswer() answer {
	return answer{again: true, knobs: [4]knob{
		temperature: {"temperature", text.Temperature, "0.7", 0, 5, false, ""},
		topP:        {"top-p", text.TopP, "0.95", 0.01, 1, false, ""},
		maxTokens:   {"length", text.MaxTokens, "48", 1, 1024, true, ""},
		sampleSeed:  {"sample-seed", text.SampleSeed, firstSeed, 0, 1 << 31, true, ""},
	}}
}

// number reads a knob.
func (k knob) number() (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(k.Value), 64)
	if err == nil && k.whole && v != float64(int(v)) {
		err = strconv.ErrSyntax
	}
	if err != nil || !(v >= k.lo && v <= k.hi) {
		return 0, fmt.Errorf(text.NotNumber, k.Label, k.Value,
			strconv.FormatFloat(k.lo, 'f', -1, 64), strconv.FormatFloat(k.hi, 'f', -1, 64))
	}
	return v, nil
}

// Knob is a number of sampling as it is shown.
type Knob struct {
	ID, Label, Value, Help string
	Bad                    bool
}

// shown is knobs as they are shown.
func shown(knobs []knob) []Knob {
	var out []Knob
	for _, k := range knobs {
		_, err := k.number()
		out = append(out, Knob{k.ID, k.Label, k.Value, k.help, err != nil})
	}
	return out
}

// wrong says what is wrong with the first bad one of knobs; empty if all are good.
func wrong(knobs []knob) string {
	for _, k := range knobs {
		if _, err := k.number(); err != nil {
			return err.Error()
		}
	}
	return ""
}

// Knobs returns the numbers of sampling.
func (p *Page) Knobs() []Knob { return shown(p.answer.knobs[:]) }

// SetKnob takes a number of sampling; a wrong one is named at once.
func (p *Page) SetKnob(i int, value string) {
	p.answer.knobs[i].Value = clip(value, MaxLength)
	p.answer.problem = wrong(p.answer.knobs[:])
	p.touch()
}

// PromptText is what stands in the prompt box.
func (p *Page) PromptText() string { return p.answer.prompt }

// SetPrompt takes what the user writes into the prompt box.
func (p *Page) SetPrompt(s string) {
	p.answer.prompt, p.answer.drafted = clip(s, MaxLength), true
	p.answer.problem = ""
}

// SampleProblem says why there is no answer; empty if nothing is wrong.
func (p *Page) SampleProblem() string { return p.answer.problem }

// Sampling reports whether answers are streaming.
func (p *Page) Sampling() bool { return p.answer.running }

// Again reports whether the prompt is answered after each evaluation.
func (p *Page) Again() bool { return p.answer.again }

// SetAgain turns that on or off.
func (p *Page) SetAgain(on bool) {
	p.answer.again = on
	p.touch()
}

// History returns the policy's earlier answers to the prompt, newest first.
func (p *Page) History() []Past { return p.answer.history }

// sampleFirst answers a held-out prompt as soon as there are a model and pairs.
func (p *Page) sampleFirst() {
	if p.ready == nil || !p.Alive() || p.answer.drafted && p.answer.asked != "" {
		return
	}
	if !p.answer.drafted {
		p.answer.prompt = p.firstPrompt()
	}
	if p.answer.prompt != "" {
		p.SampleNow()
	}
}

// firstPrompt is the first held-out prompt that fits the box, or else the first
// that is trained on; empty if there is none.
func (p *Page) firstPrompt() string {
	for _, q := range slices.Concat(p.data.set.Heldout, p.data.set.Train) {
		if q.Prompt != "" && len(q.Prompt) <= MaxLength {
			return q.Prompt
		}
	}
	return ""
}

// sampleAgain answers the last prompt again, unless answers are still coming.
func (p *Page) sampleAgain() {
	if p.answer.again && !p.answer.running && p.answer.asked != "" {
		p.ask(p.answer.asked)
	}
}

// SampleNow asks for answers to what stands in the prompt box.
func (p *Page) SampleNow() {
	p.touch()
	if strings.TrimSpace(p.answer.prompt) == "" {
		p.answer.problem = text.EmptyPrompt
		return
	}
	p.ask(p.answer.prompt)
}

func (p *Page) ask(prompt string) {
	a := &p.answer
	if !p.Alive() {
		return
	}
	var v [4]float64
	for i, k := range a.knobs {
		var err error
		if v[i], err = k.number(); err != nil {
			a.problem = err.Error()
			p.touch()
			return
		}
	}
	if a.running {
		p.trainer.Stop(a.request)
	}
	if prompt != a.asked {
		a.history = nil
	}
	a.requests++
	a.request, a.asked, a.running, a.problem = a.requests, prompt, true, ""
	for i := range a.texts {
		a.lastTexts[i] = a.texts[i].String()
		a.texts[i].Reset()
		a.ends[i] = ""
	}
	p.trainer.Sample(SampleRequest{Request: a.request, Prompt: prompt, Temperature: v[temperature],
		TopP: v[topP], MaxTokens: int(v[maxTokens]), Seed: int(v[sampleSeed])})
	p.showAnswers()
	p.touch()
}

// StopSampling ends the answers where they are.
func (p *Page) StopSampling() {
	if p.answer.running {
		p.answer.running = false
		p.trainer.Stop(p.answer.request)
		p.showAnswers()
		p.touch()
	}
}

// Token takes what was added to an answer. Answers that were given up are not
// shown.
func (p *Page) Token(t Token) {
	a := &p.answer
	if t.Request != a.request {
		return
	}
	who := 0
	if t.Reference {
		who = 1
	} else {
		a.step = t.Step
	}
	a.texts[who].WriteString(t.Text)
	if t.Done {
		a.ends[who] = t.Reason
		if a.ends[0] != "" && a.ends[1] != "" {
			p.answered()
		}
	}
	p.showAnswers()
}

// answered keeps the policy's whole answer in the history.
func (p *Page) answered() {
	a := &p.answer
	a.running = false
	p.touch()
	past := Past{a.step, clip(strings.TrimSpace(a.texts[0].String()), MaxLength)}
	if n := len(a.history); n > 0 && a.history[0].Step == past.Step {
		a.history[0] = past
		return
	}
	a.history = append([]Past{past}, a.history[:min(len(a.history), maxHistory-1)]...)
}
