package chart

import "strings"

// Whisker is a mean with its interval on a scale from 0 to 1.
type Whisker struct {
	Class        string
	Mean, Lo, Hi float64
	Filled       bool // a filled dot; else a ring
}

// Whiskers draws a row for each of ws over one axis from 0 to 1, w wide in the
// units of its view box; it scales with the page.
func Whiskers(w float64, ws []Whisker) string {
	const row, pad, foot = 24, 10, 18
	h := float64(len(ws)*row + foot)
	x := scale{0, 1, pad, w - pad}
	var b strings.Builder
	b.WriteString(`<svg viewBox="0 0 ` + num(w) + " " + num(h) + `" aria-hidden="true" focusable="false">`)
	base := h - foot
	for _, v := range []float64{0, 0.25, 0.5, 0.75, 1} {
		px := num(x.px(v))
		b.WriteString(`<line class="grid" x1="` + px + `" x2="` + px + `" y1="0" y2="` + num(base) + `"/>`)
		b.WriteString(`<text class="tick" text-anchor="middle" x="` + px + `" y="` + num(h-5) + `">` + Label(v, 0.25) + `</text>`)
	}
	for i, k := range ws {
		y := num(float64(i)*row + row/2)
		lo, hi := num(x.px(clamp01(k.Lo))), num(x.px(clamp01(k.Hi)))
		b.WriteString(`<path class="whisker ` + k.Class + `" d="M` + lo + " " + y + "H" + hi + "M" + lo + " " + num(float64(i)*row+7) + "v10M" + hi + " " + num(float64(i)*row+7) + `v10"/>`)
		kind := "ring"
		if k.Filled {
			kind = "dot"
		}
		b.WriteString(`<circle class="` + kind + " " + k.Class + `" cx="` + num(x.px(clamp01(k.Mean))) + `" cy="` + y + `" r="5"/>`)
	}
	b.WriteString("</svg>")
	return b.String()
}

// clamp01 keeps v in [0,1]; a value that is no number becomes 0.
func clamp01(v float64) float64 {
	if !(v > 0) {
		return 0
	}
	return min(v, 1)
}
