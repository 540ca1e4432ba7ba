package page

import (
	"fmt"
	"math"
	"strings"

	"dpolab/ui/chart"
	"dpolab/ui/text"
)

// graph is what one chart of the page shows: pairs of a training and a held-out
// metric, each pair in one colour.
type graph struct {
	id          string
	title, unit *string
	help        *string
	lines       []metricLine
	rule        *chart.Rule
	rates       bool // a share: the axis is 0 to 1
}

type metricLine struct {
	metric, class string
	label, sign   string // at the line's end; before the value in the read-out
	number        func(float64) string
}

// graphs are the charts, in the order in which they stand. Every metric is shown
// for training, and as eval_ for the held-out pairs.
func graphs() []graph {
	return []graph{
		{id: "loss", title: &text.LossName, unit: &text.LossUnit, help: &text.LossHelp, rule: &chart.Rule{Y: math.Ln2, Label: text.Ln2},
			lines: []metricLine{{metric: "loss", class: "policy", number: Number}}},
		{id: "rewards", title: &text.RewardsName, unit: &text.RewardsUnit, help: &text.RewardsHelp, rule: &chart.Rule{Y: 0},
			lines: []metricLine{
				{metric: "rewards/chosen", class: "chosen", label: "✓ " + text.Chosen, sign: "✓ ", number: Number},
				{metric: "rewards/rejected", class: "rejected", label: "✕ " + text.Rejected, sign: "✕ ", number: Number}}},
		{id: "margin", title: &text.MarginName, unit: &text.MarginUnit, help: &text.MarginHelp, rule: &chart.Rule{Y: 0},
			lines: []metricLine{{metric: "rewards/margins", class: "policy", number: Number}}},
		{id: "accuracy", title: &text.AccuracyName, unit: &text.AccuracyUnit, help: &text.AccuracyHelp, rule: &chart.Rule{Y: 0.5, Label: text.Half}, rates: true,
			lines: []metricLine{{metric: "rewards/accuracies", class: "policy", number: Percent}}},
	}
}

// charts is what the charts need besides the rows.
type charts struct {
	sizes   map[string][2]float64 // pixels
	dirty   bool
	hover   bool
	at      float64 // the step that is looked at
	overlay bool    // the cursor moved
}

// Graph names a chart for the template.
type Graph struct{ ID, Title, Unit, Help string }

// Graphs lists the charts.
func (p *Page) Graphs() []Graph {
	var out []Graph
	for _, g := range graphs() {
		out = append(out, Graph{g.id, *g.title, *g.unit, *g.help})
	}
	return out
}

// Resize tells a chart its size in pixels.
func (p *Page) Resize(id string, w, h float64) {
	if p.charts.sizes == nil {
		p.charts.sizes = map[string][2]float64{}
	}
	if p.charts.sizes[id] != [2]float64{w, h} {
		p.charts.sizes[id] = [2]float64{w, h}
		p.charts.dirty = true
	}
}

// leastSpan is the least height of an axis, in nats.
const leastSpan = 0.2

// build makes the chart of a graph from the rows.
func (p *Page) build(g graph) chart.Chart {
	size := p.charts.sizes[g.id]
	c := chart.Chart{W: size[0], H: size[1], XMax: float64(p.state.Total), XName: text.StepAxis, Span: leastSpan}
	if g.id == "loss" {
		c.Hint = text.NoRows
	}
	if g.rates {
		c.Fixed, c.Lo, c.Hi = true, 0, 1
	}
	if g.rule != nil && (g.id != "loss" || p.settings.coin()) {
		c.Rules = []chart.Rule{*g.rule}
	}
	for _, m := range g.lines {
		train, held := p.rows.get(m.metric), p.rows.get("eval_"+m.metric)
		label, heldLabel := m.label, ""
		if label == "" {
			label, heldLabel = text.TrainSeries, text.EvalSeries
		}
		c.Lines = append(c.Lines,
			chart.Line{Name: m.sign + text.TrainSeries, Label: label, Class: m.class, X: train.X, Y: train.Y},
			chart.Line{Name: m.sign + text.EvalSeries, Label: heldLabel, Class: m.class, Held: true, X: held.X, Y: held.Y})
	}
	return c
}

// Hover puts the cursor of all charts over a pixel of one of them.
func (p *Page) Hover(id string, px float64) {
	for _, g := range graphs() {
		if g.id == id {
			c := p.build(g)
			p.look(c.At(px))
		}
	}
}

// Nudge moves the cursor by whole steps, from the last step if there is none.
func (p *Page) Nudge(by float64) {
	at := p.charts.at
	if !p.charts.hover {
		at = float64(p.state.Step)
	} else {
		at += by
	}
	p.look(math.Max(0, math.Min(at, math.Max(1, float64(p.state.Total)))))
}

func (p *Page) look(at float64) {
	if !p.charts.hover || p.charts.at != at {
		p.charts.hover, p.charts.at, p.charts.overlay = true, at, true
	}
}

// Leave takes the cursor away.
func (p *Page) Leave() {
	if p.charts.hover {
		p.charts.hover, p.charts.overlay = false, true
	}
}

// Restless reports whether Frame has anything to draw.
func (p *Page) Restless() bool {
	return p.charts.dirty || p.charts.overlay || p.Board.Stale()
}

// Frame draws the charts that changed; call it before the board is flushed, at
// most once a frame.
func (p *Page) Frame() {
	if !p.charts.dirty && !p.charts.overlay {
		return
	}
	for _, g := range graphs() {
		c := p.build(g)
		if c.W < 1 {
			continue
		}
		if p.charts.dirty {
			p.Board.Set("chart-"+g.id, c.SVG())
			p.Board.Attr("chart-"+g.id, "aria-label", p.summary(g, &c))
		}
		cross := ""
		if p.charts.hover {
			cross = c.Cursor(p.charts.at)
		}
		p.Board.Set("cursor-"+g.id, cross)
		p.Board.Set("readout-"+g.id, p.readout(g))
	}
	p.charts.dirty, p.charts.overlay = false, false
}

// readout is the values under the cursor, or the newest ones.
func (p *Page) readout(g graph) string {
	x := math.Inf(1)
	var parts []string
	if p.charts.hover {
		x = p.charts.at
		parts = append(parts, fmt.Sprintf("%s %.0f", text.StepAxis, x))
	}
	for _, m := range g.lines {
		l := chart.Line{X: p.rows.get(m.metric).X, Y: p.rows.get(m.metric).Y}
		if _, v, ok := l.Value(x); ok {
			parts = append(parts, m.sign+m.number(v))
		}
	}
	if len(g.lines) == 1 {
		m := g.lines[0]
		s := p.rows.get("eval_" + m.metric)
		l := chart.Line{X: s.X, Y: s.Y}
		if _, v, ok := l.Value(x); ok {
			parts = append(parts, text.EvalSeries+" "+m.number(v))
		}
	}
	return strings.Join(parts, " · ")
}

// summary is the chart in words, for those who do not see it.
func (p *Page) summary(g graph, c *chart.Chart) string {
	s := fmt.Sprintf(text.ChartSummary, *g.title, *g.unit, c.XName)
	some := false
	for i := range c.Lines {
		xs, ys := chart.Downsample(c.Lines[i].X, c.Lines[i].Y, chart.Limit)
		if len(xs) == 0 {
			continue
		}
		some = true
		lo, hi := ys[0], ys[0]
		for _, y := range ys {
			lo, hi = math.Min(lo, y), math.Max(hi, y)
		}
		n := len(xs) - 1
		f := g.lines[i/2].number
		s += " " + fmt.Sprintf(text.SeriesSummary, seriesName(g, i), f(ys[0]), stepName(xs[0]), f(ys[n]), stepName(xs[n]), f(lo), f(hi))
	}
	if !some {
		return s + " " + text.ChartEmpty
	}
	return s + " " + text.ChartKeys
}

// seriesName is the name of line i of a graph, in words.
func seriesName(g graph, i int) string {
	name := text.TrainSeries
	if i%2 == 1 {
		name = text.EvalSeries
	}
	switch g.lines[i/2].class {
	case "chosen":
		return text.Chosen + ", " + name
	case "rejected":
		return text.Rejected + ", " + name
	}
	return name
}

func stepName(x float64) string { return fmt.Sprintf("%.0f", x) }
