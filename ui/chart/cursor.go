package chart

import (
	"math"
	"sort"
	"strings"
)

// At returns the whole x that lies under the pixel px, within the axis.
func (c *Chart) At(px float64) float64 {
	a := c.axes()
	return math.Min(a.x.hi, math.Max(0, math.Round(a.x.value(px))))
}

// Value returns the line's last finite value at or before x.
func (l *Line) Value(x float64) (at, y float64, ok bool) {
	i := sort.Search(len(l.X), func(i int) bool { return l.X[i] > x })
	for i--; i >= 0; i-- {
		if !math.IsNaN(l.Y[i]) && !math.IsInf(l.Y[i], 0) {
			return l.X[i], l.Y[i], true
		}
	}
	return 0, 0, false
}

// Cursor draws what lies over the chart while somebody looks at x: a vertical
// line, and a dot on every curve.
func (c *Chart) Cursor(x float64) string {
	a := c.axes()
	var b strings.Builder
	c.open(&b)
	px := num(a.x.px(x))
	b.WriteString(`<line class="cross" x1="` + px + `" x2="` + px + `" y1="` + num(a.y.to) + `" y2="` + num(a.y.from) + `"/>`)
	for i := range c.Lines {
		l := &c.Lines[i]
		at, y, ok := l.Value(x)
		if !ok {
			continue
		}
		class := l.Class
		if l.Held {
			class += " held"
		}
		b.WriteString(`<circle class="dot ` + class + `" cx="` + num(a.x.px(at)) + `" cy="` + num(a.clamp(y)) + `" r="3.6"/>`)
	}
	b.WriteString("</svg>")
	return b.String()
}
