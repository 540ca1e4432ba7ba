package chart

import (
	"math"
	"reflect"
	"strings"
	"testing"
)

func TestTicksAreRoundAndInside(t *testing.T) {
	for _, tc := range []struct {
		lo, hi float64
		n      int
		want   []float64
	}{
		{0, 1, 4, []float64{0, 0.5, 1}},
		{0, 1, 5, []float64{0, 0.2, 0.4, 0.6, 0.8, 1}},
		{-0.3, 0.75, 4, []float64{0, 0.5}},
		{0.6, 0.7, 5, []float64{0.6, 0.62, 0.64, 0.66, 0.68, 0.7}},
		{0, 60, 6, []float64{0, 10, 20, 30, 40, 50, 60}},
	} {
		got := Ticks(tc.lo, tc.hi, tc.n)
		if len(got) != len(tc.want) {
			t.Errorf("Ticks(%v, %v, %d) = %v, want %v", tc.lo, tc.hi, tc.n, got, tc.want)
			continue
		}
		for i := range got {
			if math.Abs(got[i]-tc.want[i]) > 1e-12 {
				t.Errorf("Ticks(%v, %v, %d) = %v, want %v", tc.lo, tc.hi, tc.n, got, tc.want)
			}
		}
	}
}

func TestStepSurvivesBadSpans(t *testing.T) {
	for _, span := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if got := Step(span, 5); got != 1 {
			t.Errorf("Step(%v, 5) = %v, want 1", span, got)
		}
	}
}

func TestLabelHasTheDecimalsOfItsStep(t *testing.T) {
	for _, tc := range []struct {
		v, step float64
		want    string
	}{{0.5, 0.1, "0.5"}, {0.25, 0.05, "0.25"}, {-2, 1, "−2"}, {40, 20, "40"}, {3e-4, 1e-4, "0.0003"}, {0, 0.02, "0.00"}} {
		if got := Label(tc.v, tc.step); got != tc.want {
			t.Errorf("Label(%v, %v) = %q, want %q", tc.v, tc.step, got, tc.want)
		}
	}
}

func TestDownsampleKeepsEndsAndSpikes(t *testing.T) {
	const n = 10_000
	x, y := make([]float64, n), make([]float64, n)
	for i := range x {
		x[i], y[i] = float64(i), math.Sin(float64(i)/500)
	}
	y[4321], y[7777], y[55] = 9, -9, math.NaN()
	xs, ys := Downsample(x, y, Limit)
	if len(xs) > Limit || len(xs) != len(ys) {
		t.Fatalf("%d and %d points of a limit of %d", len(xs), len(ys), Limit)
	}
	if xs[0] != 0 || xs[len(xs)-1] != n-1 {
		t.Errorf("goes from %v to %v, want 0 to %d", xs[0], xs[len(xs)-1], n-1)
	}
	lo, hi := extent(0, 0, ys)
	if lo != -9 || hi != 9 {
		t.Errorf("extremes are %v and %v, want the spikes -9 and 9", lo, hi)
	}
	for i := 1; i < len(xs); i++ {
		if xs[i] <= xs[i-1] {
			t.Fatalf("x does not rise: %v after %v", xs[i], xs[i-1])
		}
	}
}

func TestDownsampleLeavesShortLinesAlone(t *testing.T) {
	x, y := []float64{0, 1, 2}, []float64{1, math.Inf(1), 3}
	xs, ys := Downsample(x, y, 100)
	if !reflect.DeepEqual(xs, []float64{0, 2}) || !reflect.DeepEqual(ys, []float64{1, 3}) {
		t.Errorf("got %v, %v, want the two finite points", xs, ys)
	}
}

func example() Chart {
	return Chart{W: 400, H: 200, XMax: 60, XName: "step",
		Rules: []Rule{{Y: math.Ln2, Label: `ln 2 < "1"`}},
		Lines: []Line{
			{Name: "training", Label: "a", Class: "policy", X: []float64{1, 2, 3}, Y: []float64{0.7, math.NaN(), 0.5}},
			{Name: "held-out", Label: "b", Class: "policy", Held: true, X: []float64{0, 3}, Y: []float64{0.69, 0.55}},
		}}
}

func TestSVGIsWellFormedAndInside(t *testing.T) {
	c := example()
	svg := c.SVG()
	if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") || strings.Contains(svg, "style=") {
		t.Errorf("a value that is not finite, or an inline style, in %s", svg)
	}
	if !strings.Contains(svg, "ln 2 &lt; &quot;1&quot;") {
		t.Error("the rule's label is not escaped")
	}
	for tag, n := range map[string]int{"<path": 2, `class="ring`: 2, `class="end`: 2, `class="rule"`: 1} {
		if got := strings.Count(svg, tag); got != n {
			t.Errorf("%d of %s, want %d", got, tag, n)
		}
	}
}

func TestEmptyChartDrawsItsAxes(t *testing.T) {
	c := Chart{W: 300, H: 100, Hi: 1}
	if svg := c.SVG(); strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") || !strings.Contains(svg, `class="axis"`) {
		t.Errorf("an empty chart is %s", svg)
	}
	tiny := Chart{}
	if svg := tiny.SVG(); strings.Contains(svg, "NaN") {
		t.Errorf("a chart without a size is %s", svg)
	}
}

func TestCursorFindsTheLastValue(t *testing.T) {
	c := example()
	a := c.axes()
	if got := c.At(a.x.px(2.2)); got != 2 {
		t.Errorf("At over 2.2 = %v, want 2", got)
	}
	if got := c.At(-50); got != 0 {
		t.Errorf("At left of the chart = %v, want 0", got)
	}
	if at, y, ok := c.Lines[0].Value(2); !ok || at != 1 || y != 0.7 {
		t.Errorf("Value(2) = %v, %v, %v, want the value 0.7 of step 1", at, y, ok)
	}
	if _, _, ok := c.Lines[0].Value(0); ok {
		t.Error("a value before the first")
	}
	if svg := c.Cursor(3); strings.Count(svg, "<circle") != 2 {
		t.Errorf("the cursor over both lines is %s", svg)
	}
}

func TestSpread(t *testing.T) {
	got := Spread([]float64{50, 52, 10}, 12, 0, 100)
	if got[1]-got[0] < 12 || got[2] != 10 || got[0] != 50 {
		t.Errorf("Spread = %v", got)
	}
	for _, y := range Spread([]float64{99, 100, 100}, 12, 0, 100) {
		if y > 100 || y < 70 {
			t.Errorf("a label at %v of [0,100]", y)
		}
	}
}
