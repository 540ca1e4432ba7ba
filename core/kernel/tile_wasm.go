//go:build goexperiment.simd && wasm

package kernel

import "unsafe"

const panelWidth = 8

func panelN() int { return panelWidth }

// tileRows is refTileRows.
func tileRows(dst []float32, stride, rows int, a, b []float32, kc int, add bool) {
	for i := 0; i < rows; i += tileM {
		tile(dst[i*stride:], stride, min(tileM, rows-i), a[i*kc:(i+tileM)*kc], b, kc, add)
	}
}

// tile is one tile of tileRows: eight sums in registers, four steps of k a
// round, and offsets that are constants of the load instructions.
func tile(dst []float32, stride, rows int, a, b []float32, kc int, add bool) {
	var c00, c01, c10, c11, c20, c21, c30, c31 vec
	_, _ = a[tileM*kc-1], b[panelWidth*kc-1]
	pa, pb := ptr(a), ptr(b)
	k := 0
	for ; k <= kc-4; k += 4 {
		qa, qb := at(pa, k*tileM), at(pb, k*panelWidth)
		b0, b1 := load(qb), load(at(qb, 4))
		x := splatAt(qa, 0)
		c00, c01 = c00.Add(x.Mul(b0)), c01.Add(x.Mul(b1))
		x = splatAt(qa, 1)
		c10, c11 = c10.Add(x.Mul(b0)), c11.Add(x.Mul(b1))
		x = splatAt(qa, 2)
		c20, c21 = c20.Add(x.Mul(b0)), c21.Add(x.Mul(b1))
		x = splatAt(qa, 3)
		c30, c31 = c30.Add(x.Mul(b0)), c31.Add(x.Mul(b1))
		b0, b1 = load(at(qb, 8)), load(at(qb, 12))
		x = splatAt(qa, 4)
		c00, c01 = c00.Add(x.Mul(b0)), c01.Add(x.Mul(b1))
		x = splatAt(qa, 5)
		c10, c11 = c10.Add(x.Mul(b0)), c11.Add(x.Mul(b1))
		x = splatAt(qa, 6)
		c20, c21 = c20.Add(x.Mul(b0)), c21.Add(x.Mul(b1))
		x = splatAt(qa, 7)
		c30, c31 = c30.Add(x.Mul(b0)), c31.Add(x.Mul(b1))
		b0, b1 = load(at(qb, 16)), load(at(qb, 20))
		x = splatAt(qa, 8)
		c00, c01 = c00.Add(x.Mul(b0)), c01.Add(x.Mul(b1))
		x = splatAt(qa, 9)
		c10, c11 = c10.Add(x.Mul(b0)), c11.Add(x.Mul(b1))
		x = splatAt(qa, 10)
		c20, c21 = c20.Add(x.Mul(b0)), c21.Add(x.Mul(b1))
		x = splatAt(qa, 11)
		c30, c31 = c30.Add(x.Mul(b0)), c31.Add(x.Mul(b1))
		b0, b1 = load(at(qb, 24)), load(at(qb, 28))
		x = splatAt(qa, 12)
		c00, c01 = c00.Add(x.Mul(b0)), c01.Add(x.Mul(b1))
		x = splatAt(qa, 13)
		c10, c11 = c10.Add(x.Mul(b0)), c11.Add(x.Mul(b1))
		x = splatAt(qa, 14)
		c20, c21 = c20.Add(x.Mul(b0)), c21.Add(x.Mul(b1))
		x = splatAt(qa, 15)
		c30, c31 = c30.Add(x.Mul(b0)), c31.Add(x.Mul(b1))
	}
	for ; k < kc; k++ {
		qa, qb := at(pa, k*tileM), at(pb, k*panelWidth)
		b0, b1 := load(qb), load(at(qb, 4))
		x := splatAt(qa, 0)
		c00, c01 = c00.Add(x.Mul(b0)), c01.Add(x.Mul(b1))
		x = splatAt(qa, 1)
		c10, c11 = c10.Add(x.Mul(b0)), c11.Add(x.Mul(b1))
		x = splatAt(qa, 2)
		c20, c21 = c20.Add(x.Mul(b0)), c21.Add(x.Mul(b1))
		x = splatAt(qa, 3)
		c30, c31 = c30.Add(x.Mul(b0)), c31.Add(x.Mul(b1))
	}
	putRow(dst, c00, c01, add)
	if rows > 1 {
		putRow(dst[stride:], c10, c11, add)
	}
	if rows > 2 {
		putRow(dst[2*stride:], c20, c21, add)
	}
	if rows > 3 {
		putRow(dst[3*stride:], c30, c31, add)
	}
}

// splatAt is the i-th element from p in every lane.
func splatAt(p unsafe.Pointer, i int) vec { return splat(*(*float32)(at(p, i))) }

// putRow stores, or adds, one row of a tile.
func putRow(dst []float32, x, y vec, add bool) {
	_ = dst[panelWidth-1]
	p := ptr(dst)
	if add {
		x, y = load(p).Add(x), load(at(p, 4)).Add(y)
	}
	store(p, x)
	store(at(p, 4), y)
}

// rowPanels is refRowPanels. Four panels at a time give eight independent
// sums, enough to hide how long an addition takes.
func rowPanels(dst, a, b []float32, kc, panels int, add bool) {
	const nr = panelWidth
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
	const nr = panelWidth
	var s0, s1, s2, s3, s4, s5, s6, s7 vec
	pa, pb0, pb1, pb2, pb3 := ptr(a), ptr(b), ptr(b[nr*kc:]), ptr(b[2*nr*kc:]), ptr(b[3*nr*kc:])
	for k := range kc {
		x := splatAt(pa, k)
		q := at(pb0, k*nr)
		s0, s1 = s0.Add(x.Mul(load(q))), s1.Add(x.Mul(load(at(q, 4))))
		q = at(pb1, k*nr)
		s2, s3 = s2.Add(x.Mul(load(q))), s3.Add(x.Mul(load(at(q, 4))))
		q = at(pb2, k*nr)
		s4, s5 = s4.Add(x.Mul(load(q))), s5.Add(x.Mul(load(at(q, 4))))
		q = at(pb3, k*nr)
		s6, s7 = s6.Add(x.Mul(load(q))), s7.Add(x.Mul(load(at(q, 4))))
	}
	putRow(dst, s0, s1, add)
	putRow(dst[nr:], s2, s3, add)
	putRow(dst[2*nr:], s4, s5, add)
	putRow(dst[3*nr:], s6, s7, add)
}

func rowPanel(dst, a, b []float32, kc int, add bool) {
	var s0, s1 vec
	pa, pb := ptr(a), ptr(b)
	for k := range kc {
		x := splatAt(pa, k)
		q := at(pb, k*panelWidth)
		s0, s1 = s0.Add(x.Mul(load(q))), s1.Add(x.Mul(load(at(q, 4))))
	}
	putRow(dst, s0, s1, add)
}
