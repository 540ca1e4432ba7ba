package engine

import (
	"fmt"
	"unicode/utf8"

	"dpolab/core/model"
	"dpolab/core/token"
	"dpolab/wasm/bridge"
)

// job is sampling that goes on beside training, a little at a time. It has memory
// and random streams of its own and never disturbs the run.
type job interface {
	request() int
	// next does one token's work and reports whether there is more.
	next(*Engine) bool
	// stop ends it early and says so to the page.
	stop(*Engine)
}

// work spends one budget on the jobs, each in turn.
func (e *Engine) work() {
	until := e.host.Now() + budget
	for len(e.jobs) > 0 {
		j := e.jobs[0]
		e.jobs = e.jobs[1:]
		if j.next(e) {
			e.jobs = append(e.jobs, j)
		}
		if e.host.Now() >= until {
			return
		}
	}
}

// stopJobs ends all of them: another model is coming.
func (e *Engine) stopJobs() {
	for _, j := range e.jobs {
		j.stop(e)
	}
	e.jobs = nil
}

// answers is one prompt answered by policy and reference.
type answers struct {
	id, step int
	who      []*voice
}

// voice is one of the two that answer.
type voice struct {
	who  bridge.Who
	gen  *model.Generator
	said int    // tokens turned into text so far
	rest []byte // of a character that is not whole yet
}

func (e *Engine) sample(m *bridge.Sample) {
	if err := e.startSample(m); err != nil {
		for _, who := range []bridge.Who{bridge.Policy, bridge.Reference} {
			e.host.Post(&bridge.Token{Request: m.Request, Who: who, Done: true, Reason: "refused"})
		}
		e.fail("sample", err)
	}
}

func (e *Engine) startSample(m *bridge.Sample) error {
	if e.run == nil {
		return fmt.Errorf("no model is loaded yet")
	}
	if m.Prompt == "" {
		return fmt.Errorf("the prompt is empty: write something to answer")
	}
	s := model.Sampling{Temperature: m.Temperature, TopP: m.TopP, MaxTokens: m.MaxTokens, EndOfText: e.tok.EndOfText()}
	prompt := [][]int32{e.tok.Encode(m.Prompt)}
	a := &answers{id: m.Request, step: e.run.Steps()}
	for _, v := range []struct {
		who bridge.Who
		m   *model.Model
	}{{bridge.Policy, e.run.Policy}, {bridge.Reference, e.run.Reference}} {
		g, err := v.m.NewGenerator(prompt, s, uint64(m.Seed))
		if err != nil {
			return err
		}
		a.who = append(a.who, &voice{who: v.who, gen: g})
	}
	e.jobs = append(e.jobs, a)
	return nil
}

func (a *answers) request() int { return a.id }

func (a *answers) next(e *Engine) bool {
	v := a.who[0]
	more := v.gen.Next()
	out := &bridge.Token{Request: a.id, Who: v.who, Step: a.step, Text: v.text(e.tok, !more)}
	if !more {
		out.Done, out.Reason = true, v.gen.Answers[0].Ended
	}
	e.host.Post(out)
	if a.who = a.who[1:]; more {
		a.who = append(a.who, v)
	}
	e.answered = e.answered || len(a.who) == 0
	return len(a.who) > 0
}

func (a *answers) stop(e *Engine) {
	for _, v := range a.who {
		e.host.Post(&bridge.Token{Request: a.id, Who: v.who, Step: a.step, Text: v.text(e.tok, true), Done: true, Reason: "stopped"})
	}
}

// text is what the new tokens add, in whole characters; at the end, what is left of
// a broken one becomes U+FFFD.
func (v *voice) text(tok *token.Tokenizer, last bool) string {
	for _, id := range v.gen.Answers[0].Tokens[v.said:] {
		v.rest = tok.AppendDecode(v.rest, id)
	}
	v.said = len(v.gen.Answers[0].Tokens)
	n := len(v.rest)
	if !last {
		n = whole(v.rest)
	}
	out := string(v.rest[:n])
	v.rest = append(v.rest[:0], v.rest[n:]...)
	return string([]rune(out))
}

// whole is how many bytes of b are sure to be complete: all but a beginning of a
// character at the end.
func whole(b []byte) int {
	for back := 1; back <= min(utf8.UTFMax-1, len(b)); back++ {
		if c := b[len(b)-back]; utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-back:]) {
				return len(b) - back
			}
			break
		}
	}
	return len(b)
}
