//go:build goexperiment.simd && (amd64 || wasm)

package kernel

import "unsafe"

// In the loops of this package i counts elements, and every pointer is made
// anew from the start of its slice, so that none ever points past the end,
// which the garbage collector would not allow. What is left after the last
// full vector goes through the reference: the same roundings, one at a time.

func ptr(x []float32) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(x)) }

func at(p unsafe.Pointer, i int) unsafe.Pointer { return unsafe.Add(p, i*4) }

func axpy(dst []float32, alpha float32, x []float32) {
	if !vectors {
		refAxpy(dst, alpha, x)
		return
	}
	a := splat(alpha)
	pd, px := ptr(dst), ptr(x)
	i := 0
	for ; i <= len(dst)-width; i += width {
		store(at(pd, i), load(at(pd, i)).Add(a.Mul(load(at(px, i)))))
	}
	clearUpper()
	refAxpy(dst[i:], alpha, x[i:])
}

func add(dst, a, b []float32) {
	if !vectors {
		refAdd(dst, a, b)
		return
	}
	pd, pa, pb := ptr(dst), ptr(a), ptr(b)
	i := 0
	for ; i <= len(dst)-width; i += width {
		store(at(pd, i), load(at(pa, i)).Add(load(at(pb, i))))
	}
	clearUpper()
	refAdd(dst[i:], a[i:], b[i:])
}

func scale(dst []float32, alpha float32) {
	if !vectors {
		refScale(dst, alpha)
		return
	}
	a := splat(alpha)
	p := ptr(dst)
	i := 0
	for ; i <= len(dst)-width; i += width {
		store(at(p, i), load(at(p, i)).Mul(a))
	}
	clearUpper()
	refScale(dst[i:], alpha)
}
