package page

import (
	"fmt"

	"dpolab/ui/text"
)

// judgePrompts is how many held-out prompts one judgement takes.
const judgePrompts = 100

// judgeTemperature is that of the judged answers: the model as it is.
const judgeTemperature = 1

// verdict is the true reward of sampled answers.
type verdict struct {
	request int
	running bool
	last    *Judged
}

// CanJudge reports whether answers can be judged: the world knows the true reward.
func (p *Page) CanJudge() bool { return p.Alive() && p.ready != nil && p.ready.HasReward }

// Judging reports whether a judgement is under way.
func (p *Page) Judging() bool { return p.verdict.running }

// Verdict returns the last judgement, nil if there is none.
func (p *Page) Verdict() *Judged { return p.verdict.last }

// JudgeNow samples and judges answers of both models.
func (p *Page) JudgeNow() {
	if !p.CanJudge() || p.verdict.running {
		return
	}
	p.answer.requests++
	p.verdict.request, p.verdict.running = p.answer.requests, true
	p.trainer.Judge(JudgeRequest{Request: p.verdict.request, Prompts: judgePrompts, Temperature: judgeTemperature, Seed: 1})
	p.show()
	p.touch()
}

// judgeOnce judges a run that is done, unless that was done at this step.
func (p *Page) judgeOnce() {
	if v := p.verdict.last; v == nil || !v.Finished || v.Step != p.state.Step {
		p.JudgeNow()
	}
}

// CancelJudge ends the judgement; what was judged so far stays.
func (p *Page) CancelJudge() {
	if p.verdict.running {
		p.trainer.Stop(p.verdict.request)
		p.verdict.running = false
		p.show()
		p.touch()
	}
}

// Judged takes a judgement, so far or whole.
func (p *Page) Judged(j Judged) {
	if j.Request != p.verdict.request {
		return
	}
	if p.verdict.last == nil || j.Finished {
		p.touch()
	}
	if j.Done > 0 {
		p.verdict.last = &j
	}
	if j.Finished {
		p.verdict.running = false
	}
	p.show()
}

// VerdictWhen says of which step a judgement is.
func (p *Page) VerdictWhen() string {
	v := p.verdict.last
	if v == nil || p.verdict.running {
		return ""
	}
	return fmt.Sprintf(text.JudgedAt, v.Step, v.Done)
}
