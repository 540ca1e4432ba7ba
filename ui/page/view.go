package page

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"dpolab/ui/chart"
	"dpolab/ui/comment"
	"dpolab/ui/live"
	"dpolab/ui/text"
)

// number is a metric that stands on the page as a number of its own.
type numberView struct {
	id, metric string
	label      *string
	format     func(float64) string
}

// shownNumbers stand beside the charts.
var shownNumbers = []numberView{
	{"loss", "loss", &text.LossName, Number},
	{"accuracy", "rewards/accuracies", &text.AccuracyName, Percent},
	{"eval-accuracy", "eval_rewards/accuracies", &text.HeldoutAcc, Percent},
	{"margin", "rewards/margins", &text.MarginName, Number},
	{"rate", "learning_rate", &text.RateName, Number},
	{"grad-norm", "grad_norm", &text.GradName, Number},
}

// Figure names a number for the template.
type Figure struct{ ID, Label string }

// Figures lists the numbers that stand beside the charts.
func (p *Page) Figures() []Figure {
	var out []Figure
	for _, n := range shownNumbers {
		out = append(out, Figure{n.id, *n.label})
	}
	return out
}

// declare puts every live element on the board.
func (p *Page) declare() {
	b := p.Board
	test := func(id string) live.Attr { return live.Attr{Name: "data-testid", Value: id} }
	class := func(c string) live.Attr { return live.Attr{Name: "class", Value: c} }
	b.Add("status", "span", live.Text, test("status"), class("status"))
	b.Add("announce", "span", live.Text, class("visually-hidden"), live.Attr{Name: "role", Value: "status"})
	b.Add("step-count", "span", live.Text, test("step-count"), class("num"))
	b.Add("progress", "progress", live.None, class("progress"), live.Attr{Name: "max", Value: "1"},
		live.Attr{Name: "value", Value: "0"}, live.Attr{Name: "aria-label", Value: text.Training})
	b.Add("epoch", "span", live.Text, class("num"))
	b.Add("tokens-per-second", "span", live.Text, test("tokens-per-second"), class("num"))
	b.Add("time-left", "span", live.Text, class("num"))
	b.Add("fingerprint", "span", live.Text, test("fingerprint"), class("mono"), live.Attr{Name: "title", Value: text.WeightsHelp})
	for _, n := range shownNumbers {
		b.Add(n.id, "span", live.Text, test(n.id), class("num"))
	}
	for _, g := range graphs() {
		b.Add("chart-"+g.id, "div", live.Markup, class("plot"), live.Attr{Name: "data-chart", Value: g.id},
			live.Attr{Name: "role", Value: "img"}, live.Attr{Name: "tabindex", Value: "0"})
		b.Add("cursor-"+g.id, "div", live.Markup, class("cursor-layer"), live.Attr{Name: "aria-hidden", Value: "true"})
		b.Add("readout-"+g.id, "span", live.Text, class("num readout"))
	}
	for _, who := range []string{"policy", "reference"} {
		b.Add("answer-"+who, "p", live.Text, test("answer-"+who), class("answer-text"), live.Attr{Name: "aria-live", Value: "off"})
		b.Add("end-"+who, "span", live.Text, class("answer-end"))
		b.Add("reward-"+who, "span", live.Text, test("reward-"+who), class("num"))
	}
	b.Add("import", "input", live.None, test("import"), live.Attr{Name: "type", Value: "file"}, live.Attr{Name: "aria-label", Value: text.Import},
		live.Attr{Name: "accept", Value: ".jsonl,.json,.ndjson,.dpolab,.zip,.bin,.safetensors,application/json,text/plain"})
	b.Add("formula-reward", "div", live.Markup, class("formula"))
	b.Add("formula-loss", "div", live.Markup, class("formula"))
	b.Set("formula-reward", mathML(formulaReward))
	b.Set("formula-loss", mathML(formulaLoss))
	b.Add("formulas", "div", live.Markup, class("formulas"))
	b.Add("make-bar", "progress", live.None, class("progress"), live.Attr{Name: "max", Value: "1"},
		live.Attr{Name: "value", Value: "0"}, live.Attr{Name: "aria-label", Value: text.MakeProgress})
	b.Add("make-progress", "span", live.Text, test("make-progress"), class("num"))
	b.Add("exact-table", "div", live.Markup, test("exact-table"))
	b.Add("exact-note", "p", live.Text, class("explain"))
	b.Add("exact-frontier", "div", live.Markup, test("exact-frontier"), class("frontier"), live.Attr{Name: "role", Value: "img"})
	b.Add("exact-beta", "span", live.Text)
	for _, id := range []string{"exact-policy", "exact-reference", "exact-optimum"} {
		b.Add(id, "span", live.Text, test(id), class("num"))
	}
	b.Add("comment", "p", live.Text, class("comment"))
	b.Add("reward-picture", "div", live.Markup, class("whiskers"), live.Attr{Name: "role", Value: "img"})
	b.Add("judging", "span", live.Text, class("num"))
	b.Add("judge-bar", "progress", live.None, class("progress"), live.Attr{Name: "max", Value: "1"},
		live.Attr{Name: "value", Value: "0"}, live.Attr{Name: "aria-label", Value: text.Judge})
	for _, id := range []string{"win-rate", "kl", "parses"} {
		b.Add(id, "span", live.Text, test(id), class("num"))
	}
}

// show writes every number that may have moved onto the board.
func (p *Page) show() {
	p.showRun()
	for _, n := range shownNumbers {
		step, v, ok := p.rows.get(n.metric).last()
		if !ok {
			p.Board.Set(n.id, text.NoValue)
			p.Board.Attr(n.id, "data-value", "")
			p.Board.Attr(n.id, "data-step", "")
			continue
		}
		p.Board.Set(n.id, n.format(v))
		p.Board.Attr(n.id, "data-value", exact(v))
		p.Board.Attr(n.id, "data-step", strconv.Itoa(step))
	}
	p.showVerdict()
	p.showFormulas()
	say, warn := p.Comment()
	p.Board.Set("comment", say)
	p.Board.Attr("comment", "class", map[bool]string{false: "comment", true: "comment warn"}[warn])
}

func (p *Page) showRun() {
	b, s := p.Board, p.state
	b.Set("status", p.StatusText())
	b.Attr("status", "data-phase", string(p.phase))
	b.Set("step-count", stepsText(s))
	b.Attr("step-count", "data-step", strconv.Itoa(s.Step))
	b.Attr("step-count", "data-total", strconv.Itoa(s.Total))
	done := 0.0
	if s.Total > 0 {
		done = math.Min(1, (float64(s.Step)+s.StepFraction)/float64(s.Total))
	}
	b.Attr("progress", "value", strconv.FormatFloat(done, 'f', 4, 64))
	b.Set("epoch", fmt.Sprintf(text.Epoch, strconv.FormatFloat(s.Epoch, 'f', 2, 64)))
	speed, left := text.NoValue, ""
	if s.TokensPerSecond > 0 {
		speed = Group(int(s.TokensPerSecond + 0.5))
	}
	if s.SecondsLeft >= 0 && p.phase == Training && s.Step > 0 {
		left = fmt.Sprintf(text.TimeLeft, Duration(s.SecondsLeft))
	}
	b.Set("tokens-per-second", fmt.Sprintf(text.TokensPerSec, speed))
	b.Attr("tokens-per-second", "data-value", exact(s.TokensPerSecond))
	b.Set("time-left", left)
	b.Attr("fingerprint", "data-value", s.Fingerprint)
	b.Attr("fingerprint", "title", strings.TrimSpace(text.WeightsHelp+". "+s.Fingerprint))
	print := ""
	switch {
	case p.phase == Training:
		print = text.WeightsMove
	case len(s.Fingerprint) >= 12:
		print = fmt.Sprintf(text.Weights, s.Fingerprint[:12])
	}
	b.Set("fingerprint", print)
}

func stepsText(s State) string {
	if s.Total == 0 {
		return fmt.Sprintf(text.StepsNone, s.Step)
	}
	return fmt.Sprintf(text.StepsOf, s.Step, s.Total)
}

// Title is what the browser's tab says.
func (p *Page) Title() string {
	switch p.phase {
	case Training:
		return fmt.Sprintf(text.TitleRun, p.state.Step, p.state.Total)
	case Done:
		return text.TitleEnd
	}
	return text.Product
}

// StatusText says in words what the trainer does.
func (p *Page) StatusText() string {
	if p.Alive() && p.state.Task != "" {
		return fmt.Sprintf("%s %s", capital(p.state.Task), Percent(p.state.TaskFraction))
	}
	switch p.phase {
	case Loading:
		return text.Loading
	case Training:
		return text.Training
	case Paused:
		return text.Paused
	case Done:
		return text.Done
	case Lost:
		return text.Lost
	}
	return text.Idle
}

func capital(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// showAnswers writes both answers as far as they came. A new answer replaces the
// former one with its first token, not before.
func (p *Page) showAnswers() {
	a := &p.answer
	for i, who := range []string{"policy", "reference"} {
		s, class, end := a.texts[i].String(), "answer-text", ""
		switch {
		case s != "":
			if a.running && a.ends[i] == "" {
				class += " streaming"
			}
		case a.ends[i] != "":
			s, class = text.AnswerEmpty, class+" quiet"
		case a.running && a.lastTexts[i] != "":
			s, class = a.lastTexts[i], class+" quiet"
		case a.running:
			s, class = "", class+" streaming"
		default:
			s, class = text.AnswerNone, class+" quiet"
		}
		if a.ends[i] != "" {
			end = fmt.Sprintf(text.Ended, a.ends[i])
		}
		if i == 0 && (a.ends[0] != "" || a.texts[0].Len() > 0) {
			end = strings.TrimPrefix(fmt.Sprintf(text.AnswerAt, a.step)+" · "+end, " · ")
		}
		p.Board.Set("answer-"+who, strings.TrimLeft(s, " "))
		p.Board.Attr("answer-"+who, "class", class)
		p.Board.Attr("answer-"+who, "data-done", strconv.FormatBool(a.ends[i] != ""))
		p.Board.Attr("answer-"+who, "data-step", strconv.Itoa(a.step))
		p.Board.Set("end-"+who, strings.TrimSuffix(end, " · "))
	}
}

// showVerdict writes the judgement, so far or whole.
func (p *Page) showVerdict() {
	b, v := p.Board, p.verdict.last
	if p.verdict.running && (v == nil || v.Request != p.verdict.request) {
		b.Set("judging", fmt.Sprintf(text.Judging, 0, judgePrompts))
		b.Attr("judge-bar", "value", "0")
	}
	if v == nil {
		for _, id := range []string{"reward-policy", "reward-reference", "win-rate", "kl", "parses", "reward-picture"} {
			b.Set(id, "")
		}
		return
	}
	if v.Request == p.verdict.request {
		b.Set("judging", fmt.Sprintf(text.Judging, v.Done, v.Of))
		b.Attr("judge-bar", "value", strconv.FormatFloat(float64(v.Done)/math.Max(1, float64(v.Of)), 'f', 3, 64))
	}
	for _, e := range []struct {
		id string
		v  Estimate
	}{{"reward-policy", v.Policy}, {"reward-reference", v.Reference}} {
		b.Set(e.id, strconv.FormatFloat(e.v.Mean, 'f', 2, 64))
		b.Attr(e.id, "data-value", exact(e.v.Mean))
		b.Attr(e.id, "data-lo", exact(e.v.Lo))
		b.Attr(e.id, "data-hi", exact(e.v.Hi))
		b.Attr(e.id, "data-n", strconv.Itoa(e.v.N))
		b.Attr(e.id, "title", interval(e.v))
	}
	b.Set("win-rate", Percent(v.WinRate.Mean))
	b.Attr("win-rate", "data-value", exact(v.WinRate.Mean))
	b.Attr("win-rate", "title", fmt.Sprintf(text.Interval, Percent(v.WinRate.Lo), Percent(v.WinRate.Hi)))
	b.Set("kl", fmt.Sprintf(text.Nats, strconv.FormatFloat(v.KL.Mean, 'f', 2, 64)))
	b.Attr("kl", "data-value", exact(v.KL.Mean))
	b.Set("parses", Percent(v.ParsePolicy)+" / "+Percent(v.ParseReference))
	b.Attr("parses", "data-value", exact(v.ParsePolicy))
	b.Set("reward-picture", chart.Whiskers(whiskerWidth, []chart.Whisker{
		{Class: "policy", Mean: v.Policy.Mean, Lo: v.Policy.Lo, Hi: v.Policy.Hi, Filled: true},
		{Class: "reference", Mean: v.Reference.Mean, Lo: v.Reference.Lo, Hi: v.Reference.Hi},
	}))
	b.Attr("reward-picture", "aria-label", fmt.Sprintf("%s: %s %.2f, %s; %s %.2f, %s", text.TrueReward,
		text.Policy, v.Policy.Mean, interval(v.Policy), text.Reference, v.Reference.Mean, interval(v.Reference)))
}

// whiskerWidth is the width in which the picture of rewards is drawn; it scales.
const whiskerWidth = 230

func interval(e Estimate) string {
	return fmt.Sprintf(text.Interval, strconv.FormatFloat(e.Lo, 'f', 2, 64), strconv.FormatFloat(e.Hi, 'f', 2, 64))
}

// Comment says in a sentence what the numbers mean now, and whether that is bad.
func (p *Page) Comment() (sentence string, warn bool) {
	f := comment.Facts{
		Step: p.state.Step, Total: p.state.Total, Done: p.phase == Done, Loading: p.phase == Loading,
		Imitates: p.settings.config.Loss == "sft",
		Loss:     p.rows.get("loss").Y, EvalLoss: p.rows.get("eval_loss").Y,
		Chosen: p.rows.get("rewards/chosen").Y, Rejected: p.rows.get("rewards/rejected").Y,
		Accuracy: p.rows.get("rewards/accuracies").Y, EvalAccuracy: p.rows.get("eval_rewards/accuracies").Y,
	}
	if v := p.verdict.last; v != nil && v.Finished && v.Step == p.state.Step {
		f.Judged, f.Reward, f.Base, f.KL = true, v.Policy.Mean, v.Reference.Mean, v.KL.Mean
		f.Apart, f.Below = v.Policy.Lo > v.Reference.Hi, v.Policy.Hi < v.Reference.Lo
	}
	return comment.On(f)
}
