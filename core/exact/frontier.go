package exact

import "math"

// Point is a place in the plane of the DPO paper's Fig. 2.
type Point struct {
	Beta   float64
	KL     float64 // from the reference, nats
	Reward float64 // expected
}

// Frontier is the optimum at each beta: no policy has more reward at that KL. A
// smaller beta lies further out, and the curve is concave.
func Frontier(ref, reward, betas []float64) []Point {
	points := make([]Point, len(betas))
	for i, beta := range betas {
		pi, kl, _ := Optimum(ref, reward, beta)
		points[i] = Point{Beta: beta, KL: kl, Reward: Expected(pi, reward)}
	}
	return points
}

// Mean is the frontier of the means over prompts, from the frontiers of each at the
// same betas: one beta for all prompts is the best way to share out a mean KL.
func Mean(frontiers ...[]Point) []Point {
	mean := make([]Point, len(frontiers[0]))
	for i := range mean {
		mean[i].Beta = frontiers[0][i].Beta
		for _, f := range frontiers {
			mean[i].KL += f[i].KL / float64(len(frontiers))
			mean[i].Reward += f[i].Reward / float64(len(frontiers))
		}
	}
	return mean
}

// At is the frontier's point at a KL: the most reward that any policy has at that
// distance from the reference, found by bisection on log beta. A KL beyond that of
// the best outcomes gives their point, beta 0.
func At(ref, reward []float64, kl float64) Point {
	if end := Frontier(ref, reward, []float64{0})[0]; kl >= end.KL {
		return end
	}
	lo, hi := math.Log(1e-6), math.Log(1e6)
	for range 60 {
		mid := (lo + hi) / 2
		if _, got, _ := Optimum(ref, reward, math.Exp(mid)); got > kl {
			lo = mid
		} else {
			hi = mid
		}
	}
	return Frontier(ref, reward, []float64{math.Exp(hi)})[0]
}

// Betas gives n betas from the largest to the smallest, evenly spaced in their
// logarithm, for a curve that begins at the reference. n is 2 or more.
func Betas(smallest, largest float64, n int) []float64 {
	betas := make([]float64, n)
	for i := range betas {
		betas[i] = largest * math.Pow(smallest/largest, float64(i)/float64(n-1))
	}
	return betas
}
