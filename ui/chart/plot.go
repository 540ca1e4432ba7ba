package chart

import (
	"math"
	"strings"
)

// Plot is curves and points over two axes of numbers, drawn as an SVG file that
// stands alone: on white, with its colours and its legend in it.
type Plot struct {
	W, H         float64 // pixels
	Title        string
	Desc         string // what a reader who does not see it should know
	XName, YName string
	Root         bool // the x axis is in √x, so that what lies near 0 is seen beside what lies far off
	Series       []Series
}

// Series is one row of a Plot's legend. X, Y and what else is there have the same
// length; points that are not finite are left out.
type Series struct {
	Name   string
	Color  string // as SVG takes it
	Marker Marker
	Line   bool // joins the points in their order
	Dashed bool
	X, Y   []float64
	Lo, Hi []float64 // an interval at each point, or nil
	Labels []string  // beside each point, or nil
}

// Marker is the shape of a point.
type Marker string

// Shapes that are told apart without their colour.
const (
	NoMarker Marker = ""
	Circle   Marker = "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z"
	Square   Marker = "M-3.5-3.5h7v7h-7z"
	Diamond  Marker = "M0-5L5 0L0 5L-5 0z"
	Up       Marker = "M0-5L4.6 3.4H-4.6z"
	Down     Marker = "M0 5L4.6-3.4H-4.6z"
	Cross    Marker = "M-4-4L4 4M-4 4L4-4"
	Plus     Marker = "M-5 0H5M0-5V5"
)

// Markers are the filled shapes, in the order in which to use them.
var Markers = []Marker{Circle, Square, Up, Diamond, Down}

// Colors are told apart by most people, and dark enough for lines on white (after
// Okabe and Ito 2008, darkened).
var Colors = []string{"#0063a6", "#b84700", "#00785a", "#9c4579", "#8a6100", "#3d3d3d", "#2583b8"}

// room around the plot, in pixels.
const (
	plotLeft, plotTop, plotBottom = 56, 40, 46
	legendRow, legendGap          = 20, 16
)

// legend is the width of the legend, by its longest name.
func (p *Plot) legend() float64 {
	longest := 0
	for _, s := range p.Series {
		longest = max(longest, len([]rune(s.Name)))
	}
	return 2*legendGap + 30 + 6.6*float64(longest)
}

func (p *Plot) axes() axes {
	xlo, xhi, ylo, yhi := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, s := range p.Series {
		for _, x := range s.X {
			xlo, xhi = extent(xlo, xhi, []float64{p.bent(x)})
		}
		for _, y := range [][]float64{s.Y, s.Lo, s.Hi} {
			ylo, yhi = extent(ylo, yhi, y)
		}
	}
	right := math.Max(p.W-p.legend(), plotLeft+1)
	return axes{x: padded(xlo, xhi, plotLeft, right), y: padded(ylo, yhi, math.Max(p.H-plotBottom, plotTop+1), plotTop)}
}

// bent is x as the x axis measures it.
func (p *Plot) bent(x float64) float64 {
	if p.Root {
		return math.Copysign(math.Sqrt(math.Abs(x)), x)
	}
	return x
}

// padded is the scale of [lo,hi] with a little room at both ends.
func padded(lo, hi, from, to float64) scale {
	if lo > hi {
		lo, hi = 0, 1
	}
	pad := (hi - lo) * 0.04
	if pad == 0 {
		pad = 0.5
	}
	return scale{lo - pad, hi + pad, from, to}
}

// SVG draws the plot.
func (p *Plot) SVG() string {
	a := p.axes()
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" width="` + num(p.W) + `" height="` + num(p.H) + `" viewBox="0 0 ` + num(p.W) + " " + num(p.H) +
		`" role="img" font-family="system-ui, sans-serif" font-size="12" fill="#222222">` + "\n")
	b.WriteString("<title>" + Escape(p.Title) + "</title>\n<desc>" + Escape(p.Desc) + "</desc>\n")
	b.WriteString(`<rect width="100%" height="100%" fill="#ffffff"/>` + "\n")
	b.WriteString(`<text x="` + num(plotLeft) + `" y="22" font-size="15" font-weight="600">` + Escape(p.Title) + "</text>\n")
	p.grid(&b, a)
	for i := range p.Series {
		p.draw(&b, a, &p.Series[i])
	}
	p.key(&b, a)
	b.WriteString("</svg>\n")
	return b.String()
}

// grid draws both axes with their ticks and names.
func (p *Plot) grid(b *strings.Builder, a axes) {
	ny := int(math.Max(2, (a.y.from-a.y.to)/44))
	for _, v := range Ticks(a.y.lo, a.y.hi, ny) {
		rule(b, a.x.from, a.y.px(v), a.x.to, a.y.px(v), "#e3e3e3")
		label(b, a.x.from-7, a.y.px(v)+4, "end", Label(v, Step(a.y.hi-a.y.lo, ny)))
	}
	ticks, step := p.xTicks(a.x)
	for _, v := range ticks {
		x := a.x.px(p.bent(v))
		rule(b, x, a.y.from, x, a.y.from+5, "#555555")
		label(b, x, a.y.from+19, "middle", Label(v, step))
	}
	rule(b, a.x.from, a.y.from, a.x.to, a.y.from, "#555555")
	rule(b, a.x.from, a.y.from, a.x.from, a.y.to, "#555555")
	label(b, (a.x.from+a.x.to)/2, a.y.from+38, "middle", p.XName)
	y := num((a.y.from + a.y.to) / 2)
	b.WriteString(`<text x="14" y="` + y + `" text-anchor="middle" transform="rotate(-90 14 ` + y + `)">` + Escape(p.YName) + "</text>\n")
}

// xTicks are the round values of the x axis and their distance, for Label. Of √x
// they are 0, 1, 2 and 5 times powers of ten, with room between them.
func (p *Plot) xTicks(x scale) (ticks []float64, step float64) {
	const room = 70
	if !p.Root {
		n := int(math.Max(2, (x.to-x.from)/room))
		return Ticks(x.lo, x.hi, n), Step(x.hi-x.lo, n)
	}
	ticks, last := []float64{0}, x.px(0)
	for _, power := range []float64{0.1, 1, 10, 100, 1000, 10000} {
		for _, m := range []float64{1, 2, 5} {
			if at := x.px(math.Sqrt(m * power)); at <= x.to && at-last >= room/2 {
				ticks, last = append(ticks, m*power), at
				if step == 0 {
					step = m * power
				}
			}
		}
	}
	return ticks, math.Min(step, 1)
}

func rule(b *strings.Builder, x1, y1, x2, y2 float64, color string) {
	b.WriteString(`<path d="M` + num(x1) + " " + num(y1) + "L" + num(x2) + " " + num(y2) + `" stroke="` + color + `"/>` + "\n")
}

func label(b *strings.Builder, x, y float64, anchor, text string) {
	b.WriteString(`<text x="` + num(x) + `" y="` + num(y) + `" text-anchor="` + anchor + `">` + Escape(text) + "</text>\n")
}

// draw writes intervals, line, points and labels of a series.
func (p *Plot) draw(b *strings.Builder, a axes, s *Series) {
	b.WriteString(`<g stroke="` + Escape(s.Color) + `">` + "\n")
	var at []int
	for i := range s.X {
		if finite(s.X[i]) && finite(s.Y[i]) {
			at = append(at, i)
		}
	}
	x := func(i int) float64 { return a.x.px(p.bent(s.X[i])) }
	for _, i := range at {
		if s.Lo != nil && finite(s.Lo[i]) && finite(s.Hi[i]) {
			b.WriteString(`<path stroke-opacity="0.35" d="M` + num(x(i)) + " " + num(a.y.px(s.Lo[i])) + "V" + num(a.y.px(s.Hi[i])) + `"/>` + "\n")
		}
	}
	if s.Line && len(at) > 1 {
		b.WriteString(`<path fill="none" stroke-width="1.6"` + s.dash() + ` d="`)
		for k, i := range at {
			b.WriteByte("ML"[min(k, 1)])
			b.WriteString(num(x(i)) + " " + num(a.y.px(s.Y[i])))
		}
		b.WriteString(`"/>` + "\n")
	}
	for _, i := range at {
		s.point(b, x(i), a.y.px(s.Y[i]))
		if s.Labels != nil {
			beside(b, a, x(i), a.y.px(s.Y[i]), s.Labels[i])
		}
	}
	b.WriteString("</g>\n")
}

// beside writes a point's label on the side where there is room.
func beside(b *strings.Builder, a axes, x, y float64, text string) {
	at, anchor := x+8, "start"
	if at+6.6*float64(len([]rune(text))) > a.x.to {
		at, anchor = x-8, "end"
	}
	b.WriteString(`<text stroke="none" x="` + num(at) + `" y="` + num(y+4) + `" text-anchor="` + anchor + `">` + Escape(text) + "</text>\n")
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

func (s *Series) dash() string {
	if s.Dashed {
		return ` stroke-dasharray="6 4"`
	}
	return ""
}

func (s *Series) point(b *strings.Builder, x, y float64) {
	if s.Marker == NoMarker {
		return
	}
	b.WriteString(`<path fill="` + Escape(s.Color) + `" d="` + string(s.Marker) + `" transform="translate(` + num(x) + " " + num(y) + `)"/>` + "\n")
}

// key draws the legend, a row for each series.
func (p *Plot) key(b *strings.Builder, a axes) {
	x := a.x.to + legendGap
	for i := range p.Series {
		s := &p.Series[i]
		y := a.y.to + 10 + float64(i)*legendRow
		b.WriteString(`<g stroke="` + Escape(s.Color) + `">`)
		if s.Line {
			b.WriteString(`<path stroke-width="1.6"` + s.dash() + ` d="M` + num(x) + " " + num(y) + `h24"/>`)
		}
		s.point(b, x+12, y)
		b.WriteString("</g>\n")
		label(b, x+32, y+4, "start", s.Name)
	}
}
