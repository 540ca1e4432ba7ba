package eval

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %v, want %v ± %v", what, got, want, tolerance)
	}
}

// Of a normal sample, the bootstrap interval is mean ± 1.96·s/√n but for what a
// thousand resamples leave to chance.
func TestMeanOfNormalSample(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	x := make([]float64, 400)
	sum, squares := 0.0, 0.0
	for i := range x {
		x[i] = 3 + 2*r.NormFloat64()
		sum += x[i]
	}
	mean := sum / 400
	for _, v := range x {
		squares += (v - mean) * (v - mean)
	}
	half := 1.959964 * math.Sqrt(squares/399) / 20
	e := Mean(x, 7)
	near(t, "mean", e.Mean, mean, 1e-12)
	near(t, "lower end", e.Lo, mean-half, 0.1*half)
	near(t, "upper end", e.Hi, mean+half, 0.1*half)
	if e.N != 400 {
		t.Errorf("N = %d, want 400", e.N)
	}
	if again := Mean(x, 7); again != e {
		t.Errorf("the same seed gives %v, then %v", e, again)
	}
	if other := Mean(x, 8); other == e {
		t.Error("another seed gives the same interval")
	}
}

// The interval holds the true mean in about 95 of 100 samples.
func TestIntervalCoversTheMean(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	held := 0
	const trials = 400
	for trial := range trials {
		x := make([]float64, 60)
		for i := range x {
			x[i] = r.ExpFloat64()
		}
		if e := Mean(x, uint64(trial)); e.Lo <= 1 && 1 <= e.Hi {
			held++
		}
	}
	if held < trials*89/100 || held > trials*98/100 {
		t.Errorf("%d of %d intervals hold the mean, want about 95 %%", held, trials)
	}
}

func TestRatio(t *testing.T) {
	e := Ratio([]float64{1, 3, 8}, []float64{1, 1, 2}, 1)
	near(t, "12/4", e.Mean, 3, 1e-12)
	if e.Lo < 1 || e.Hi > 4 || e.Lo > e.Hi {
		t.Errorf("interval [%v, %v], want one within the ratios 1 to 4", e.Lo, e.Hi)
	}
	one := Mean([]float64{0.25}, 1)
	if one != (Estimate{0.25, 0.25, 0.25, 1}) {
		t.Errorf("of one value: %v", one)
	}
	if none := Mean(nil, 1); none.N != 0 || !math.IsNaN(none.Mean) {
		t.Errorf("of nothing: %v", none)
	}
}

// Against every choice of n of five rewards.
func TestExpectedMax(t *testing.T) {
	x := []float64{0.1, 0.2, 0.2, 0.7, 0.9}
	for n := 1; n <= 5; n++ {
		sum, choices := 0.0, 0.0
		for set := range 1 << 5 {
			var chosen []float64
			for i, v := range x {
				if set>>i&1 == 1 {
					chosen = append(chosen, v)
				}
			}
			if len(chosen) == n {
				sum += slices.Max(chosen)
				choices++
			}
		}
		near(t, "best of n of five", expectedMax(x, n), sum/choices, 1e-12)
	}
}

func TestBestOfKL(t *testing.T) {
	near(t, "KL of best of 1", BestOfKL(1), 0, 0)
	near(t, "KL of best of 4", BestOfKL(4), 0.636294, 1e-6) // ln 4 - 3/4
	near(t, "KL of best of 16", BestOfKL(16), 1.835089, 1e-6)
}
