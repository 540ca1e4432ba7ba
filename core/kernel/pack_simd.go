//go:build goexperiment.simd && (amd64 || wasm)

package kernel

func packRuns(dst, src []float32, w, n, stride int) {
	if !vectors || w%width != 0 || n == 0 {
		refPackRuns(dst, src, w, n, stride)
		return
	}
	_, _ = dst[w*n-1], src[(n-1)*stride+w-1]
	pd, ps := ptr(dst), ptr(src)
	for k := range n {
		for j := 0; j < w; j += width {
			store(at(pd, k*w+j), load(at(ps, k*stride+j)))
		}
	}
	clearUpper()
}

func packFour(dst, src []float32, stride, n, w int) {
	if n == 0 {
		return
	}
	_, _ = dst[(n-1)*w+3], src[3*stride+n-1]
	d, p0 := ptr(dst), ptr(src)
	p1, p2, p3 := at(p0, stride), at(p0, 2*stride), at(p0, 3*stride)
	for k := range n {
		x0, x1, x2, x3 := *(*float32)(at(p0, k)), *(*float32)(at(p1, k)), *(*float32)(at(p2, k)), *(*float32)(at(p3, k))
		q := (*[4]float32)(at(d, k*w))
		q[0], q[1], q[2], q[3] = x0, x1, x2, x3
	}
}
