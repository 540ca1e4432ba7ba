package page

import (
	"math"
	"strings"
	"testing"
)

func TestRowsKeepWhatThereIs(t *testing.T) {
	p, _, _ := opened(t)
	nan := math.NaN()
	p.Metrics(Metrics{Names: []string{"learning_rate", "loss", "eval_loss"}, Steps: []int{0, 1, 2},
		Values: []float64{nan, nan, 0.7, 1e-3, 0.6, nan, 1e-3, nan, nan}})
	s := p.rows.get("loss")
	if len(s.X) != 2 || !math.IsNaN(s.Y[1]) {
		t.Errorf("loss is %v at %v, want 0.6 and the NaN of step 2", s.Y, s.X)
	}
	want(t, "JSON", p.MetricsJSON(), `[[0,"eval_loss",0.7],[1,"learning_rate",0.001],[2,"learning_rate",0.001],[1,"loss",0.6],[2,"loss","NaN"]]`)
	want(t, "shown loss", p.Board.Node("loss").Content, "NaN")
	p.Metrics(Metrics{Clear: true})
	want(t, "after a reset", p.MetricsJSON(), "[]")
	want(t, "shown loss", attr(p, "loss", "data-value"), "")
}

func TestChartsFollowRowsAndCursor(t *testing.T) {
	p, _, _ := opened(t)
	p.Resize("loss", 300, 150)
	p.Metrics(Metrics{Names: []string{"loss", "learning_rate"}, Steps: []int{1, 2}, Values: []float64{0.69, 1, 0.5, 1}})
	p.Frame()
	if svg := p.Board.Node("chart-loss").Content; !strings.Contains(svg, `<path class="line policy"`) {
		t.Errorf("no line in %s", svg)
	}
	if s := attr(p, "chart-loss", "aria-label"); !strings.Contains(s, "from 0.690 at step 1 to 0.500 at step 2") {
		t.Errorf("in words: %s", s)
	}
	p.Hover("loss", 0)
	p.Nudge(1)
	p.Frame()
	want(t, "read-out at step 1", p.Board.Node("readout-loss").Content, "step 1 · 0.690")
	p.Leave()
	p.Frame()
	want(t, "read-out", p.Board.Node("readout-loss").Content, "0.500")
	if p.Restless() && p.charts.dirty {
		t.Error("a frame leaves charts undrawn")
	}
}

func TestNumbers(t *testing.T) {
	for _, tc := range []struct{ got, want string }{
		{Number(0.6931), "0.693"}, {Number(-2.5), "−2.500"}, {Number(5e-5), "5·10⁻⁵"}, {Number(-1.67e-4), "−1.7·10⁻⁴"}, {Number(2.5e12), "2.5·10¹²"}, {Number(1234.56), "1234.6"}, {Number(0), "0"},
		{Number(math.NaN()), "NaN"}, {Percent(0.875), "88 %"}, {Size(1_234_567), "1.23 M"}, {Size(900), "900"},
		{Duration(7.2), "8 s"}, {Duration(200), "3 min 20 s"}, {Duration(3700), "1 h 1 min"},
		{Ago(30_000), "a moment ago"}, {Ago(60_000), "1 minute ago"}, {Ago(7_300_000), "2 hours ago"}, {Ago(2 * 86_400_000), "2 days ago"},
		{Group(18234), "18\u202f234"}, {Group(999), "999"}, {Group(1234567), "1\u202f234\u202f567"},
	} {
		want(t, "formats", tc.got, tc.want)
	}
}
