//go:build goexperiment.simd && amd64

package kernel

import (
	"simd"
	"unsafe"
)

// The kernels of this file use the widest vectors of the processor: the
// compiler makes a version of each for 4, 8 and 16 lanes (and one in plain
// Go), and chooses at run time. GODEBUG=simd=128, 256, 512 or 0 forces one.
// A file must name a simd type for that to happen, and so does not use vec.

func panelN() int { return 2 * (simd.Float32s{}).Len() }

// loadWide folds to a single move: Len is constant in each version.
func loadWide(p unsafe.Pointer) simd.Float32s {
	switch (simd.Float32s{}).Len() {
	case 4:
		return simd.LoadFloat32s((*[4]float32)(p)[:])
	case 8:
		return simd.LoadFloat32s((*[8]float32)(p)[:])
	}
	return simd.LoadFloat32s((*[16]float32)(p)[:])
}

// splatWide is the i-th element from p in every lane.
func splatWide(p unsafe.Pointer, i int) simd.Float32s {
	return simd.BroadcastFloat32s(*(*float32)(at(p, i)))
}

// putWide stores, or adds, one row of a tile.
func putWide(dst []float32, x, y simd.Float32s, add bool) {
	l := x.Len()
	x0, y0 := dst[:l], dst[l:2*l]
	if add {
		x, y = simd.LoadFloat32s(x0).Add(x), simd.LoadFloat32s(y0).Add(y)
	}
	x.Store(x0)
	y.Store(y0)
}

// tileRows is refTileRows: eight sums in registers. One step of k a round:
// unrolled, the compiler moves the scalars of a ahead, runs out of registers
// and saves them with SSE instructions, which are a hundred times slower here.
func tileRows(dst []float32, stride, rows int, a, b []float32, kc int, add bool) {
	l := (simd.Float32s{}).Len()
	_, _ = a[(rows+tileM-1)/tileM*tileM*kc-1], b[2*l*kc-1]
	pb := ptr(b)
	for i := 0; i < rows; i += tileM {
		var c00, c01, c10, c11, c20, c21, c30, c31 simd.Float32s
		pa := ptr(a[i*kc:])
		for k := range kc {
			qa, qb := at(pa, k*tileM), at(pb, k*2*l)
			b0, b1 := loadWide(qb), loadWide(at(qb, l))
			x := splatWide(qa, 0)
			c00, c01 = c00.Add(x.Mul(b0)), c01.Add(x.Mul(b1))
			x = splatWide(qa, 1)
			c10, c11 = c10.Add(x.Mul(b0)), c11.Add(x.Mul(b1))
			x = splatWide(qa, 2)
			c20, c21 = c20.Add(x.Mul(b0)), c21.Add(x.Mul(b1))
			x = splatWide(qa, 3)
			c30, c31 = c30.Add(x.Mul(b0)), c31.Add(x.Mul(b1))
		}
		d, m := dst[i*stride:], rows-i
		putWide(d, c00, c01, add)
		if m > 1 {
			putWide(d[stride:], c10, c11, add)
		}
		if m > 2 {
			putWide(d[2*stride:], c20, c21, add)
		}
		if m > 3 {
			putWide(d[3*stride:], c30, c31, add)
		}
	}
	clearUpper()
}

// rowPanels is refRowPanels. Four panels at a time give eight independent
// sums, enough to hide how long an addition takes.
func rowPanels(dst, a, b []float32, kc, panels int, add bool) {
	nr := panelN()
	_, _, _ = dst[panels*nr-1], a[kc-1], b[panels*nr*kc-1]
	j := 0
	for ; j <= panels-4; j += 4 {
		rowPanels4(dst[j*nr:], a, b[j*nr*kc:], kc, add)
	}
	for ; j < panels; j++ {
		rowPanel(dst[j*nr:], a, b[j*nr*kc:], kc, add)
	}
}

func rowPanels4(dst, a, b []float32, kc int, add bool) {
	var s0, s1, s2, s3, s4, s5, s6, s7 simd.Float32s
	l := s0.Len()
	nr := 2 * l
	pa, pb0, pb1, pb2, pb3 := ptr(a), ptr(b), ptr(b[nr*kc:]), ptr(b[2*nr*kc:]), ptr(b[3*nr*kc:])
	for k := range kc {
		x := splatWide(pa, k)
		q := at(pb0, k*nr)
		s0, s1 = s0.Add(x.Mul(loadWide(q))), s1.Add(x.Mul(loadWide(at(q, l))))
		q = at(pb1, k*nr)
		s2, s3 = s2.Add(x.Mul(loadWide(q))), s3.Add(x.Mul(loadWide(at(q, l))))
		q = at(pb2, k*nr)
		s4, s5 = s4.Add(x.Mul(loadWide(q))), s5.Add(x.Mul(loadWide(at(q, l))))
		q = at(pb3, k*nr)
		s6, s7 = s6.Add(x.Mul(loadWide(q))), s7.Add(x.Mul(loadWide(at(q, l))))
	}
	putWide(dst, s0, s1, add)
	putWide(dst[nr:], s2, s3, add)
	putWide(dst[2*nr:], s4, s5, add)
	putWide(dst[3*nr:], s6, s7, add)
	clearUpper()
}

func rowPanel(dst, a, b []float32, kc int, add bool) {
	var s0, s1 simd.Float32s
	l := s0.Len()
	pa, pb := ptr(a), ptr(b)
	for k := range kc {
		x := splatWide(pa, k)
		q := at(pb, k*2*l)
		s0, s1 = s0.Add(x.Mul(loadWide(q))), s1.Add(x.Mul(loadWide(at(q, l))))
	}
	putWide(dst, s0, s1, add)
	clearUpper()
}
