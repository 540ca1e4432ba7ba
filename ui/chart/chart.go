// Package chart draws line charts as SVG from plain data. It knows no browser and
// no metric: sizes are pixels, and a Chart's colours are classes of the page's style
// sheet; a Plot is a file that stands alone. It does not animate or zoom, and draws
// nothing but lines and points.
package chart

import (
	"math"
	"strconv"
	"strings"
)

// Limit is the most points drawn of one line.
const Limit = 600

// Line is one curve. X rises; X and Y have the same length.
type Line struct {
	Name  string // in summaries and read-outs
	Label string // at the line's end; may be empty
	Class string // of the style sheet, for the colour
	Held  bool   // dashed with points: measured now and then, on held-out pairs
	X, Y  []float64
}

// Rule is a horizontal line with a meaning.
type Rule struct {
	Y     float64
	Label string
}

// Chart is what is drawn. W and H are its size in pixels.
type Chart struct {
	W, H  float64
	XMax  float64 // the x axis goes from 0 to the greater of this and the data
	Span  float64 // least height of the y axis: noise must not fill the chart
	Fixed bool    // the y axis is [Lo,Hi], whatever the data
	Lo    float64
	Hi    float64
	Lines []Line
	Rules []Rule
	XName string
	Hint  string // what an empty chart says
}

// margins around the plot, in pixels.
const (
	left, right, top, bottom = 38, 60, 10, 22
	labelGap                 = 14 // least distance of two line labels
)

// axes are the two scales of a chart.
type axes struct{ x, y scale }

func (c *Chart) axes() axes {
	xmax := math.Max(c.XMax, 1)
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, l := range c.Lines {
		if n := len(l.X); n > 0 {
			xmax = math.Max(xmax, l.X[n-1])
		}
		lo, hi = extent(lo, hi, l.Y)
	}
	for _, r := range c.Rules {
		lo, hi = math.Min(lo, r.Y), math.Max(hi, r.Y)
	}
	switch {
	case c.Fixed || lo > hi:
		lo, hi = c.Lo, c.Hi
	case hi-lo < c.Span:
		mid := (lo + hi) / 2
		lo, hi = mid-c.Span/2, mid+c.Span/2
	default:
		pad := (hi - lo) * 0.06
		lo, hi = lo-pad, hi+pad
	}
	if !(hi > lo) {
		hi = lo + 1
	}
	return axes{
		x: scale{0, xmax, left, math.Max(c.W-right, left+1)},
		y: scale{lo, hi, math.Max(c.H-bottom, top+1), top},
	}
}

// SVG draws the chart.
func (c *Chart) SVG() string {
	a := c.axes()
	var b strings.Builder
	c.open(&b)
	c.grid(&b, a)
	for _, r := range c.Rules {
		y := num(a.y.px(r.Y))
		b.WriteString(`<line class="rule" x1="` + num(a.x.from) + `" x2="` + num(a.x.to) + `" y1="` + y + `" y2="` + y + `"/>`)
		b.WriteString(`<text class="rule-label" x="` + num(a.x.to-4) + `" y="` + num(a.y.px(r.Y)-4) + `" text-anchor="end">` + Escape(r.Label) + `</text>`)
	}
	drawn := false
	for i := range c.Lines {
		c.Lines[i].draw(&b, a)
		drawn = drawn || len(c.Lines[i].X) > 1
	}
	if !drawn {
		b.WriteString(`<text class="hint-text" x="` + num((a.x.from+a.x.to)/2) + `" y="` + num(a.y.to+(a.y.from-a.y.to)*0.74) + `" text-anchor="middle">` + Escape(c.Hint) + `</text>`)
	}
	c.labels(&b, a)
	b.WriteString("</svg>")
	return b.String()
}

func (c *Chart) open(b *strings.Builder) {
	b.WriteString(`<svg width="` + num(c.W) + `" height="` + num(c.H) + `" viewBox="0 0 ` + num(c.W) + " " + num(c.H) + `" aria-hidden="true" focusable="false">`)
}

// grid draws both axes with their ticks.
func (c *Chart) grid(b *strings.Builder, a axes) {
	ny := int(math.Max(2, (a.y.from-a.y.to)/30))
	step := Step(a.y.hi-a.y.lo, ny)
	for _, v := range Ticks(a.y.lo, a.y.hi, ny) {
		y := a.y.px(v)
		b.WriteString(`<line class="grid" x1="` + num(a.x.from) + `" x2="` + num(a.x.to) + `" y1="` + num(y) + `" y2="` + num(y) + `"/>`)
		b.WriteString(`<text class="tick" x="` + num(a.x.from-6) + `" y="` + num(y+3.5) + `" text-anchor="end">` + Label(v, step) + `</text>`)
	}
	nx := int(math.Max(2, (a.x.to-a.x.from)/48))
	xstep := math.Max(1, Step(a.x.hi, nx)) // steps of training are whole
	base := num(a.y.from)
	for k := 0.0; k*xstep <= a.x.hi+1e-9; k++ {
		x, name := num(a.x.px(k*xstep)), Label(k*xstep, xstep)
		if k == 0 {
			name = c.XName + " " + name
		}
		b.WriteString(`<line class="axis" x1="` + x + `" x2="` + x + `" y1="` + base + `" y2="` + num(a.y.from+4) + `"/>`)
		b.WriteString(`<text class="tick" x="` + x + `" y="` + num(a.y.from+16) + `" text-anchor="middle">` + Escape(name) + `</text>`)
	}
	b.WriteString(`<line class="axis" x1="` + num(a.x.from) + `" x2="` + num(a.x.to) + `" y1="` + base + `" y2="` + base + `"/>`)
}

// draw writes the curve: a solid line, or a dashed one with a ring at each point.
func (l *Line) draw(b *strings.Builder, a axes) {
	xs, ys := Downsample(l.X, l.Y, Limit)
	if len(xs) == 0 {
		return
	}
	class := l.Class
	if l.Held {
		class += " held"
	}
	if len(xs) > 1 {
		b.WriteString(`<path class="line ` + class + `" d="`)
		for i := range xs {
			b.WriteByte("ML"[min(i, 1)])
			b.WriteString(num(a.x.px(xs[i])) + " " + num(a.clamp(ys[i])))
		}
		b.WriteString(`"/>`)
	}
	if !l.Held && len(xs) > 1 {
		return
	}
	for i := range xs {
		b.WriteString(`<circle class="ring ` + class + `" cx="` + num(a.x.px(xs[i])) + `" cy="` + num(a.clamp(ys[i])) + `" r="2.6"/>`)
	}
}

// clamp keeps a value of a fixed axis in the plot.
func (a axes) clamp(y float64) float64 {
	return math.Min(a.y.from, math.Max(a.y.to, a.y.px(y)))
}

// labels writes each line's name behind its end, moved apart where two would touch.
func (c *Chart) labels(b *strings.Builder, a axes) {
	var ends []*Line
	var x, want []float64
	for i := range c.Lines {
		l := &c.Lines[i]
		if at, y, ok := l.Value(math.Inf(1)); ok && l.Label != "" && at > 0 {
			ends, x, want = append(ends, l), append(x, a.x.px(at)+7), append(want, a.clamp(y))
		}
	}
	for i, y := range Spread(want, labelGap, a.y.to+4, a.y.from-2) {
		b.WriteString(`<text class="end ` + ends[i].Class + `" x="` + num(x[i]) + `" y="` + num(y+3.5) + `">` + Escape(ends[i].Label) + `</text>`)
	}
}

func num(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
}

// Escape makes a text safe inside markup, in attributes too.
func Escape(s string) string {
	return escaper.Replace(s)
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")
