package kernel

func refDot(a, b []float32) float32 {
	var lane [lanes]float32
	b = b[:len(a)]
	for i, x := range a {
		lane[i%lanes] += float32(x * b[i])
	}
	return addLanes(&lane)
}

// refSum is Σ x[i], summed in 16 lanes.
func refSum(x []float32) float32 {
	var lane [lanes]float32
	for i, v := range x {
		lane[i%lanes] += v
	}
	return addLanes(&lane)
}

// addLanes adds the lanes in the tree that every reduction ends with: the
// upper half to the lower half until one is left.
func addLanes(lane *[lanes]float32) float32 {
	for n := lanes / 2; n > 0; n /= 2 {
		for i := range n {
			lane[i] += lane[i+n]
		}
	}
	return lane[0]
}

// refMax is the largest element, -Inf of none.
func refMax(x []float32) float32 {
	m := negInf
	for _, v := range x {
		if v > m {
			m = v
		}
	}
	return m
}

func refAxpy(dst []float32, alpha float32, x []float32) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] += float32(alpha * x[i])
	}
}

func refAdd(dst, a, b []float32) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] + b[i]
	}
}

func refScale(dst []float32, alpha float32) {
	for i := range dst {
		dst[i] *= alpha
	}
}
