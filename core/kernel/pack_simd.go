//go:build goexperiment.simd && (amd64 || wasm)

package kernel

func packRuns(dst, src []float32, w, n, stride int) {
	if !vectors || w%4 != 0 || n == 0 {
		refPackRuns(dst, src, w, n, stride)
		return
	}
	_, _ = dst[w*n-1], src[(n-1)*stride+w-1]
	pd, ps := ptr(dst), ptr(src)
	switch w {
	case 4:
		for k := range n {
			copy4(at(pd, k*4), at(ps, k*stride))
		}
	case 2 * width:
		for k := range n {
			d, s := at(pd, k*2*width), at(ps, k*stride)
			store(d, load(s))
			store(at(d, width), load(at(s, width)))
		}
	default:
		for k := range n {
			d, s := at(pd, k*w), at(ps, k*stride)
			for j := 0; j < w; j += width {
				store(at(d, j), load(at(s, j)))
			}
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
		gather4(at(d, k*w), at(p0, k), at(p1, k), at(p2, k), at(p3, k))
	}
}
