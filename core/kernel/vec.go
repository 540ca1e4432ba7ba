package kernel

// Dot is Σ a[i]*b[i], summed in 16 lanes.
//
//	for i { lane[i%16] += a[i]*b[i] }; then the lanes in a tree
func Dot(a, b []float32) float32 {
	if len(a) != len(b) {
		unequal("Dot", len(a), len(b))
	}
	return dot(a, b)
}

// Axpy adds alpha*x to dst.
//
//	for i { dst[i] += alpha*x[i] }
func Axpy(dst []float32, alpha float32, x []float32) {
	if len(dst) != len(x) {
		unequal("Axpy", len(dst), len(x))
	}
	axpy(dst, alpha, x)
}

// Add sets dst = a + b. dst may be a or b.
//
//	for i { dst[i] = a[i] + b[i] }
func Add(dst, a, b []float32) {
	if len(dst) != len(a) || len(dst) != len(b) {
		unequal("Add", len(dst), len(a), len(b))
	}
	add(dst, a, b)
}

// AddTo adds x to dst.
//
//	for i { dst[i] += x[i] }
func AddTo(dst, x []float32) {
	if len(dst) != len(x) {
		unequal("AddTo", len(dst), len(x))
	}
	add(dst, dst, x)
}

// Scale multiplies dst by alpha.
//
//	for i { dst[i] *= alpha }
func Scale(dst []float32, alpha float32) { scale(dst, alpha) }

// SumSquares is Σ x[i]² in float64, for the norm of a gradient.
//
//	for i { lane[i%4] += float64(x[i])*float64(x[i]) }; then (lane0+lane1)+(lane2+lane3)
func SumSquares(x []float32) float64 {
	var s0, s1, s2, s3 float64
	for len(x) >= 4 {
		x0, x1, x2, x3 := float64(x[0]), float64(x[1]), float64(x[2]), float64(x[3])
		s0 += float64(x0 * x0)
		s1 += float64(x1 * x1)
		s2 += float64(x2 * x2)
		s3 += float64(x3 * x3)
		x = x[4:]
	}
	tail := [3]float64{}
	for i, v := range x {
		tail[i] = float64(v) * float64(v)
	}
	return (s0 + tail[0] + (s1 + tail[1])) + (s2 + tail[2] + s3)
}
