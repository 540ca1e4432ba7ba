package kernel

import "math"

// RMSNorm normalises one row x (C) into dst (C) with the gain w (C), after
// Zhang and Sennrich (2019), and returns the reciprocal root mean square that
// RMSNormBack needs. dst may be x.
//
//	rstd = 1/sqrt(Σ x[i]²/C + eps); for i { dst[i] = x[i]*rstd * w[i] }
func RMSNorm(dst, x, w []float32, eps float32) (rstd float32) {
	if len(dst) != len(x) || len(dst) != len(w) {
		unequal("RMSNorm", len(dst), len(x), len(w))
	}
	rstd = rootMean(dot(x, x), len(x), eps)
	mulScaled(dst, x, w, rstd)
	return rstd
}

func rootMean(sumSquares float32, n int, eps float32) float32 {
	return float32(1 / math.Sqrt(float64(sumSquares)/float64(n)+float64(eps)))
}

func refRMSNorm(dst, x, w []float32, eps float32) (rstd float32) {
	rstd = rootMean(refDot(x, x), len(x), eps)
	refMulScaled(dst, x, w, rstd)
	return rstd
}

// refMulScaled sets dst[i] = x[i]*alpha*w[i].
func refMulScaled(dst, x, w []float32, alpha float32) {
	x, w = x[:len(dst)], w[:len(dst)]
	for i := range dst {
		dst[i] = float32(x[i]*alpha) * w[i]
	}
}

// RMSNormBack differentiates RMSNorm for one row: dy (C) is the gradient of
// its result. It accumulates into dx (C) and, unless dw is nil (a frozen
// gain), into dw (C).
//
//	m := Σ dy[i]*w[i]*x[i] * rstd²/C
//	for i { dx[i] += rstd*(dy[i]*w[i] - x[i]*m); dw[i] += dy[i]*(x[i]*rstd) }
func RMSNormBack(dx, dw, dy, x, w []float32, rstd float32) {
	if len(dx) != len(dy) || len(dx) != len(x) || len(dx) != len(w) || dw != nil && len(dx) != len(dw) {
		unequal("RMSNormBack", len(dx), len(dw), len(dy), len(x), len(w))
	}
	m := meanInner(dot3(dy, w, x), rstd, len(x))
	normBackX(dx, dy, x, w, rstd, m)
	if dw != nil {
		normBackW(dw, dy, x, rstd)
	}
}

func meanInner(inner, rstd float32, n int) float32 {
	return float32(float64(inner) * float64(rstd) * float64(rstd) / float64(n))
}

func refRMSNormBack(dx, dw, dy, x, w []float32, rstd float32) {
	refNormBackX(dx, dy, x, w, rstd, meanInner(refDot3(dy, w, x), rstd, len(x)))
	if dw != nil {
		refNormBackW(dw, dy, x, rstd)
	}
}

// refDot3 is Σ a[i]*b[i]*c[i], summed in 16 lanes.
func refDot3(a, b, c []float32) float32 {
	var lane [lanes]float32
	b, c = b[:len(a)], c[:len(a)]
	for i, x := range a {
		lane[i%lanes] += float32(float32(x*b[i]) * c[i])
	}
	return addLanes(&lane)
}

func refNormBackX(dx, dy, x, w []float32, rstd, m float32) {
	dy, x, w = dy[:len(dx)], x[:len(dx)], w[:len(dx)]
	for i := range dx {
		dx[i] += float32(rstd * (float32(dy[i]*w[i]) - float32(x[i]*m)))
	}
}

func refNormBackW(dw, dy, x []float32, rstd float32) {
	dy, x = dy[:len(dw)], x[:len(dw)]
	for i := range dw {
		dw[i] += float32(dy[i] * float32(x[i]*rstd))
	}
}
