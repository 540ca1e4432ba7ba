package chart

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
)

// elements counts the elements of an SVG; a document that is not well formed fails.
func elements(t *testing.T, svg string) map[string]int {
	t.Helper()
	count := map[string]int{}
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return count
		}
		if err != nil {
			t.Fatalf("not well formed: %v\n%s", err, svg)
		}
		if e, ok := token.(xml.StartElement); ok {
			count[e.Name.Local]++
		}
	}
}

func plotExample() Plot {
	return Plot{W: 640, H: 400, Title: "Reward & KL", Desc: `a "plot"`, XName: "KL(π‖π_ref), nats", YName: "true reward", Series: []Series{
		{Name: "β = 0.1", Color: Colors[0], Marker: Circle, Line: true, X: []float64{0, 2, 9, 4}, Y: []float64{0.4, 0.6, 0.8, math.NaN()},
			Lo: []float64{0.35, 0.55, 0.75, 0}, Hi: []float64{0.45, 0.65, 0.85, 1}},
		{Name: "best of n <base>", Color: Colors[1], Marker: Cross, X: []float64{0.64}, Y: []float64{0.55}, Labels: []string{"n = 4"}},
		{Name: "exact", Color: Colors[5], Line: true, Dashed: true, X: []float64{0, 10}, Y: []float64{0.4, 0.9}},
	}}
}

func TestPlotIsWellFormedAndComplete(t *testing.T) {
	p := plotExample()
	svg := p.SVG()
	n := elements(t, svg)
	if n["svg"] != 1 || n["title"] != 1 || n["desc"] != 1 || !strings.Contains(svg, `xmlns="http://www.w3.org/2000/svg"`) {
		t.Errorf("the file does not stand alone: %v", n)
	}
	for what, want := range map[string]int{string(Circle): 4, string(Cross): 2, "stroke-opacity": 3, "stroke-dasharray": 2, "best of n &lt;base&gt;": 1, "n = 4": 1, "Reward &amp; KL": 2} {
		if got := strings.Count(svg, what); got != want { // points and the legend's row
			t.Errorf("%d of %q, want %d", got, what, want)
		}
	}
	if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
		t.Errorf("a value that is not finite in %s", svg)
	}
}

func TestPlotKeepsPointsInside(t *testing.T) {
	p := plotExample()
	a := p.axes()
	for _, s := range p.Series {
		for i := range s.X {
			if x, y := a.x.px(s.X[i]), a.y.px(s.Y[i]); x < plotLeft || x > p.W-p.legend() || y < plotTop || y > p.H-plotBottom {
				t.Errorf("%s: point %d lies at %v, %v, outside", s.Name, i, x, y)
			}
		}
	}
}

// A label at the right edge stands left of its point.
func TestPlotLabelsStayInside(t *testing.T) {
	p := Plot{W: 500, H: 300, Series: []Series{{X: []float64{0, 1}, Y: []float64{0, 1}, Marker: Plus, Labels: []string{"first", "the last"}}}}
	svg := p.SVG()
	if !strings.Contains(svg, `text-anchor="start">first<`) || !strings.Contains(svg, `text-anchor="end">the last<`) {
		t.Errorf("labels of\n%s", svg)
	}
}

// On a root axis 25 lies halfway to 100, and ticks are round and apart.
func TestRootAxis(t *testing.T) {
	p := Plot{W: 700, H: 300, Root: true, Series: []Series{{X: []float64{-0.04, 0, 25, 100}, Y: []float64{0, 1, 2, 3}, Marker: Plus}}}
	a := p.axes()
	zero, mid, far := a.x.px(p.bent(0)), a.x.px(p.bent(25)), a.x.px(p.bent(100))
	if math.Abs(mid-(zero+far)/2) > 1e-9 {
		t.Errorf("0, 25 and 100 lie at %v, %v and %v", zero, mid, far)
	}
	ticks, _ := p.xTicks(a.x)
	if ticks[0] != 0 || ticks[len(ticks)-1] != 100 || len(ticks) < 5 {
		t.Errorf("ticks of [0,100] are %v", ticks)
	}
	for i := 1; i < len(ticks); i++ {
		if gap := a.x.px(p.bent(ticks[i])) - a.x.px(p.bent(ticks[i-1])); gap < 35 {
			t.Errorf("ticks %v and %v are %v pixels apart", ticks[i-1], ticks[i], gap)
		}
	}
	elements(t, p.SVG())
}

func TestEmptyPlot(t *testing.T) {
	for _, p := range []Plot{{}, {W: 300, H: 200, Series: []Series{{Name: "one", X: []float64{2}, Y: []float64{3}, Marker: Plus, Line: true}}}} {
		svg := p.SVG()
		elements(t, svg)
		if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
			t.Errorf("%+v is drawn as %s", p, svg)
		}
	}
}
