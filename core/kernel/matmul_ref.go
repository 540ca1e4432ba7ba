package kernel

// refMatMul is the loop of MatMul's comment, and of MatMulAdd with add.
func refMatMul(dst, a, b Mat, add bool) {
	for i := range dst.Rows {
		for j := range dst.Cols {
			d := &dst.Data[i*dst.RowStride+j*dst.ColStride]
			if !add {
				*d = 0
			}
			for k := 0; k < b.Rows; k += blockK {
				var s float32
				for kk := k; kk < min(k+blockK, b.Rows); kk++ {
					s += float32(a.At(i, kk) * b.At(kk, j))
				}
				if k == 0 && !add {
					*d = s
				} else {
					*d += s
				}
			}
		}
	}
}

// refPanelN is the width of a panel of refTileRows.
const refPanelN = 4

// refTileRows multiplies packed rows of a, tiles of (kc,4), with one packed
// panel b (kc,panelN) into dst (rows,panelN), whose rows are stride apart.
//
//	for i, j: { s := 0; for k { s += a[k,i]*b[k,j] }; dst[i,j] = s (with add: += s) }
func refTileRows(dst []float32, stride, rows int, a, b []float32, kc int, add bool) {
	for i := 0; i < rows; i += 2 {
		refPair(dst[i*stride:], stride, min(2, rows-i), a[i/tileM*tileM*kc+i%tileM:], b, kc, add)
	}
}

// refPair is two rows of refTileRows: eight sums are what sixteen registers hold.
func refPair(dst []float32, stride, rows int, a, b []float32, kc int, add bool) {
	var s00, s01, s02, s03, s10, s11, s12, s13 float32
	for k := range kc {
		bb := b[k*4 : k*4+4 : k*4+4]
		b0, b1, b2, b3 := bb[0], bb[1], bb[2], bb[3]
		aa := a[k*4 : k*4+2 : k*4+2]
		a0, a1 := aa[0], aa[1]
		s00 += float32(a0 * b0)
		s01 += float32(a0 * b1)
		s02 += float32(a0 * b2)
		s03 += float32(a0 * b3)
		s10 += float32(a1 * b0)
		s11 += float32(a1 * b1)
		s12 += float32(a1 * b2)
		s13 += float32(a1 * b3)
	}
	put4(dst[0:4], s00, s01, s02, s03, add)
	if rows > 1 {
		put4(dst[stride:stride+4], s10, s11, s12, s13, add)
	}
}

// refRowPanels multiplies one row a (kc) with packed panels b into one row dst
// (panels*panelN).
func refRowPanels(dst, a, b []float32, kc, panels int, add bool) {
	for j := range panels {
		var s0, s1, s2, s3 float32
		p := b[j*refPanelN*kc : (j+1)*refPanelN*kc]
		for k, x := range a[:kc] {
			bb := p[k*4 : k*4+4 : k*4+4]
			s0 += float32(x * bb[0])
			s1 += float32(x * bb[1])
			s2 += float32(x * bb[2])
			s3 += float32(x * bb[3])
		}
		put4(dst[j*refPanelN:], s0, s1, s2, s3, add)
	}
}

func put4(d []float32, x0, x1, x2, x3 float32, add bool) {
	_ = d[3]
	if add {
		d[0], d[1], d[2], d[3] = d[0]+x0, d[1]+x1, d[2]+x2, d[3]+x3
		return
	}
	d[0], d[1], d[2], d[3] = x0, x1, x2, x3
}
