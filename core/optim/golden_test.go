package optim

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// adamCase is a case of testdata/adamw.json: what torch.optim.AdamW makes of the
// same numbers in float64, and how far it is from that in float32.
type adamCase struct {
	Beta1, Beta2, Eps, Decay float64
	Rates                    []float64
	Start                    []float32
	Grads                    [][]float32
	W, M, V                  []float64
	Float32                  struct{ W, M, V float64 }
}

// granted is the error allowed where torch's float32 has the error off: four times
// as much, since the same operations are rounded in another order, and no less than
// one rounding of a number of the size given.
func granted(off, size float64) float64 { return 4 * max(off, size*0x1p-24) }

// golden reads the cases of a file that testdata/make_golden.py wrote.
func golden[T any](t *testing.T, name string) []T {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var g struct{ Cases []T }
	if err := json.Unmarshal(raw, &g); err != nil {
		t.Fatal(err)
	}
	if len(g.Cases) < 5 {
		t.Fatalf("%s has %d cases, want 5 or more", name, len(g.Cases))
	}
	return g.Cases
}

func TestAdamWAgainstTorch(t *testing.T) {
	for i, c := range golden[adamCase](t, "adamw.json") {
		n := len(c.Start)
		o := NewAdamW(n, []Span{{Off: 0, Len: n / 2, Decay: true}, {Off: n / 2, Len: n - n/2}})
		o.Beta1, o.Beta2, o.Eps, o.Decay = c.Beta1, c.Beta2, c.Eps, c.Decay
		for step, grads := range c.Grads {
			o.Update(c.Start, grads, c.Rates[step])
		}
		for j := range n {
			root := math.Sqrt(c.V[j])
			for _, x := range []struct {
				name            string
				got             float32
				want, size, off float64
			}{
				{"w", c.Start[j], c.W[j], math.Abs(c.W[j]), c.Float32.W},
				{"m", o.M[j], c.M[j], root, c.Float32.M * root},
				{"v", o.V[j], c.V[j], c.V[j], c.Float32.V * c.V[j]},
			} {
				d, limit := math.Abs(float64(x.got)-x.want), granted(x.off, x.size)
				if !(d <= limit) {
					t.Errorf("case %d: %s[%d] is %v, torch has %v: off by %.3g, want at most %.3g", i, x.name, j, x.got, x.want, d, limit)
				}
			}
		}
	}
}

func TestScheduleAgainstTransformers(t *testing.T) {
	type course struct {
		Shape         string
		Warmup, Total int
		Rates         []float64 // of a peak of 1
	}
	for _, c := range golden[course](t, "schedules.json") {
		s := Schedule{Shape: c.Shape, Peak: 0.25, Warmup: c.Warmup, Total: c.Total}
		for step, want := range c.Rates {
			if got := s.Rate(step); math.Abs(got-0.25*want) > 1e-15 {
				t.Errorf("%s, warm-up %d of %d: rate of update %d is %v, transformers has %v", c.Shape, c.Warmup, c.Total, step, got, 0.25*want)
			}
		}
	}
}
