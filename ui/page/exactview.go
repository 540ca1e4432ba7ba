package page

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"dpolab/ui/chart"
	"dpolab/ui/text"
)

// exactRows is how many answers are drawn.
const exactRows = 8

// top returns the indices of the n likeliest answers, under whichever of the three,
// in the order of the optimum, which does not move while the policy does.
func (t *ExactTable) top(n int) []int {
	order := make([]int, len(t.Answers))
	for i := range order {
		order[i] = i
	}
	mass := func(i int) float64 { return max(t.Optimum[i], t.Policy[i], t.Reference[i]) }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(mass(b), mass(a)) })
	order = order[:min(n, len(order))]
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(t.Optimum[b], t.Optimum[a]) })
	return order
}

// showExact writes the table and the picture of the frontier.
func (p *Page) showExact() {
	t := p.exact.table
	if t == nil {
		return
	}
	b := p.Board
	b.Set("exact-table", t.markup())
	b.Attr("exact-table", "data-step", strconv.Itoa(t.Step))
	b.Set("exact-note", fmt.Sprintf(text.ExactNote, Group(t.Count), t.Step, share(t.Outside)))
	f := frontier{t: t, trail: p.exact.trail}
	b.Set("exact-frontier", f.svg())
	b.Attr("exact-frontier", "aria-label", f.summary())
	for _, e := range []struct {
		id         string
		kl, reward float64
	}{{"exact-policy", t.KLPolicy, t.RewardPolicy}, {"exact-optimum", t.KLOptimum, t.RewardOptimum}, {"exact-reference", 0, t.RewardReference}} {
		b.Set(e.id, fmt.Sprintf(text.RewardAtKL, fixed(e.reward), fixed(e.kl)))
		b.Attr(e.id, "data-value", exact(e.reward))
		b.Attr(e.id, "data-kl", exact(e.kl))
	}
	b.Set("exact-beta", fmt.Sprintf(text.OptimumAt, strconv.FormatFloat(t.Beta, 'g', 4, 64)))
}

func fixed(v float64) string { return sign(strconv.FormatFloat(v, 'f', 2, 64)) }

// share is a probability in percent, with the digits that say something.
func share(v float64) string {
	switch {
	case v <= 0 || v >= 0.1:
		return Percent(v)
	case v < 0.001:
		return "< 0.1 %"
	}
	return strconv.FormatFloat(100*v, 'f', 1, 64) + " %"
}

// markup is the answers with a bar for policy and reference each, a mark for the
// optimum, and the true reward. The numbers stand beside the bars for those who do not
// see them.
func (t *ExactTable) markup() string {
	rows := t.top(exactRows)
	most := 0.0
	for _, i := range rows {
		most = max(most, t.Optimum[i], t.Policy[i], t.Reference[i])
	}
	if most == 0 {
		most = 1
	}
	x := func(v float64) string { return strconv.FormatFloat(100*v/most, 'f', 1, 64) }
	var b strings.Builder
	b.WriteString(`<table class="exact-table"><caption class="visually-hidden">` + chart.Escape(text.ExactCaption) +
		`</caption><thead><tr><th scope="col">` + text.ExactAnswer + `</th><th scope="col" class="scale"><span>0</span><span>` +
		share(most) + `</span></th><th scope="col">` + text.ExactReward + `</th></tr></thead><tbody>`)
	for _, i := range rows {
		says := fmt.Sprintf(text.ExactRow, share(t.Policy[i]), share(t.Reference[i]), share(t.Optimum[i]))
		answer := chart.Escape(clip(strings.TrimSpace(t.Answers[i]), 80))
		b.WriteString(`<tr title="` + says + `"><th scope="row">` + answer + `</th><td><svg viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true" focusable="false">` +
			`<rect class="bar reference" x="0" y="10" height="4" width="` + x(t.Reference[i]) + `"/>` +
			`<rect class="bar policy" x="0" y="2" height="7" width="` + x(t.Policy[i]) + `"/>` +
			`<path class="mark-optimum" d="M` + x(t.Optimum[i]) + ` 0V16"/></svg><span class="visually-hidden">` + says +
			`</span></td><td class="num">` + fixed(t.Reward[i]) + `</td></tr>`)
	}
	b.WriteString(`</tbody></table>`)
	return b.String()
}

// frontier draws reward over KL: the best that any policy can do, where the optimum
// at β lies on it, and the policy's way from the reference.
type frontier struct {
	t     *ExactTable
	trail []place
}

// size of the picture in the units of its view box, and its margins.
const (
	frontierW, frontierH                                   = 330, 190
	frontierLeft, frontierRight, frontierTop, frontierBase = 32, 10, 8, 30
)

func (f *frontier) svg() string {
	t := f.t
	xhi := max(1.3*t.KLOptimum, 0.5)
	ylo, yhi := t.RewardReference, t.RewardReference+0.02
	for _, q := range f.trail {
		xhi, ylo, yhi = max(xhi, 1.1*q.kl), min(ylo, q.reward), max(yhi, q.reward)
	}
	for _, q := range t.Frontier {
		if q[0] <= xhi {
			ylo, yhi = min(ylo, q[1]), max(yhi, q[1])
		}
	}
	pad := 0.06 * (yhi - ylo)
	ylo, yhi = ylo-pad, yhi+pad
	px := func(kl float64) string {
		return coordinate(frontierLeft + kl/xhi*(frontierW-frontierLeft-frontierRight))
	}
	py := func(r float64) string {
		return coordinate(frontierH - frontierBase - (r-ylo)/(yhi-ylo)*(frontierH-frontierTop-frontierBase))
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %d %d" aria-hidden="true" focusable="false">`, frontierW, frontierH)
	left, right, base := coordinate(frontierLeft), coordinate(frontierW-frontierRight), coordinate(frontierH-frontierBase)
	step := chart.Step(yhi-ylo, 4)
	for _, v := range chart.Ticks(ylo, yhi, 4) {
		b.WriteString(`<line class="grid" x1="` + left + `" x2="` + right + `" y1="` + py(v) + `" y2="` + py(v) + `"/><text class="tick" text-anchor="end" x="` +
			coordinate(frontierLeft-4) + `" y="` + py(v) + `" dy="3">` + chart.Label(v, step) + `</text>`)
	}
	step = chart.Step(xhi, 4)
	for _, v := range chart.Ticks(0, xhi, 4) {
		b.WriteString(`<line class="axis" x1="` + px(v) + `" x2="` + px(v) + `" y1="` + base + `" y2="` + coordinate(frontierH-frontierBase+3) +
			`"/><text class="tick" text-anchor="middle" x="` + px(v) + `" y="` + coordinate(frontierH-frontierBase+13) + `">` + chart.Label(v, step) + `</text>`)
	}
	b.WriteString(`<line class="axis" x1="` + left + `" x2="` + right + `" y1="` + base + `" y2="` + base + `"/>`)
	b.WriteString(`<text class="tick" text-anchor="end" x="` + right + `" y="` + coordinate(frontierH-4) + `">` + chart.Escape(text.FrontierX) + `</text>`)

	var line []string
	for i, q := range t.Frontier {
		if q[0] > xhi {
			if i > 0 { // to the edge
				from := t.Frontier[i-1]
				line = append(line, px(xhi)+" "+py(from[1]+(q[1]-from[1])*(xhi-from[0])/(q[0]-from[0])))
			}
			break
		}
		line = append(line, px(q[0])+" "+py(q[1]))
	}
	path(&b, "line optimum", line)
	line = nil
	for _, q := range f.trail {
		line = append(line, px(q.kl)+" "+py(q.reward))
	}
	path(&b, "line policy", line)
	for i, q := range f.trail {
		if i < len(f.trail)-1 {
			b.WriteString(`<circle class="dot policy past" cx="` + px(q.kl) + `" cy="` + py(q.reward) + `" r="2.2"/>`)
		}
	}
	b.WriteString(`<circle class="ring reference" cx="` + px(0) + `" cy="` + py(t.RewardReference) + `" r="4"/>`)
	b.WriteString(`<path class="diamond" d="M` + px(t.KLOptimum) + " " + py(t.RewardOptimum) + `m0 -5.5l5.5 5.5l-5.5 5.5l-5.5 -5.5z"/>`)
	b.WriteString(`<circle class="dot policy" cx="` + px(t.KLPolicy) + `" cy="` + py(t.RewardPolicy) + `" r="4.5"/></svg>`)
	return b.String()
}

// path draws a line through points.
func path(b *strings.Builder, class string, points []string) {
	if len(points) > 1 {
		b.WriteString(`<path class="` + class + `" d="M` + strings.Join(points, "L") + `"/>`)
	}
}

func coordinate(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
}

// summary is the picture in words.
func (f *frontier) summary() string {
	t := f.t
	return fmt.Sprintf(text.FrontierSummary, fixed(t.RewardReference), fixed(t.RewardPolicy), fixed(t.KLPolicy), t.Step,
		fixed(t.RewardOptimum), fixed(t.KLOptimum), len(f.trail))
}
