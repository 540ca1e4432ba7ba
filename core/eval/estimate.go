package eval

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// Estimate is a mean over N prompts with its 95 % interval.
type Estimate struct {
	Mean float64 `json:"mean"`
	Lo   float64 `json:"lo"`
	Hi   float64 `json:"hi"`
	N    int     `json:"n"`
}

// resamples of a bootstrap.
const resamples = 1000

// Mean estimates the mean of what x was drawn from.
func Mean(x []float64, seed uint64) Estimate {
	ones := make([]float64, len(x))
	for i := range ones {
		ones[i] = 1
	}
	return Ratio(x, ones, seed)
}

// Ratio estimates Σx/Σy, such as nats a token, x[i] and y[i] being of one prompt.
// The interval is the percentile bootstrap over prompts (Efron 1979): the middle
// 95 % of the ratios of as many prompts, drawn from these with replacement.
func Ratio(x, y []float64, seed uint64) Estimate {
	n := len(x)
	if n == 0 {
		return Estimate{Mean: math.NaN(), Lo: math.NaN(), Hi: math.NaN()}
	}
	r := rand.New(rand.NewPCG(seed, 0xb007))
	ratios := make([]float64, resamples)
	for k := range ratios {
		sx, sy := 0.0, 0.0
		for range n {
			i := r.IntN(n)
			sx, sy = sx+x[i], sy+y[i]
		}
		ratios[k] = sx / sy
	}
	slices.Sort(ratios)
	return Estimate{Mean: stat.Mean(x, nil) / stat.Mean(y, nil), N: n,
		Lo: stat.Quantile(0.025, stat.LinInterp, ratios, nil), Hi: stat.Quantile(0.975, stat.LinInterp, ratios, nil)}
}

// expectedMax is the mean of the greatest of n of the sorted rewards x, over all
// ways to choose them: an unbiased estimate of best-of-n from len(x) ≥ n answers,
// which is their mean for n = 1 and their greatest for n = len(x).
//
//	Σ_i x[i] · C(i, n-1) / C(len(x), n), i from 0
func expectedMax(x []float64, n int) (sum float64) {
	share := float64(n) / float64(len(x)) // of choices whose greatest is x[i]
	for i := len(x) - 1; i >= n-1; i-- {
		sum += share * x[i]
		share *= float64(i-n+1) / float64(max(i, 1))
	}
	return sum
}

// BestOfKL bounds the KL in nats between best-of-n sampling and the model that is
// sampled from: log n - (n-1)/n, exact where no two answers tie (Beirami et al.
// 2024, arXiv 2401.01879).
func BestOfKL(n int) float64 {
	k := float64(n)
	return math.Log(k) - (k-1)/k
}
