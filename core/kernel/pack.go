package kernel

import "fmt"

// Packed is a matrix b (K,N) laid out in panels for MatMulPacked: for weights
// that are used many times. It is a copy: pack again when the weights change.
type Packed struct {
	panels []float32
	k, n   int
}

// Dims is the shape of the matrix that was packed.
func (p Packed) Dims() (k, n int) { return p.k, p.n }

// PackedLen is the number of elements Pack needs for a (k,n) matrix.
func PackedLen(k, n int) int { return k * roundUp(n, panelN()) }

// Pack lays b (K,N) out in the first PackedLen(K,N) elements of buf, which the
// result keeps.
func Pack(buf []float32, b Mat) Packed {
	b.check("Pack", "b")
	n := PackedLen(b.Rows, b.Cols)
	if len(buf) < n {
		panic(fmt.Sprintf("kernel: Pack: buf has %d elements, a (%d,%d) matrix needs %d", len(buf), b.Rows, b.Cols, n))
	}
	packB(buf[:n], b)
	return Packed{panels: buf[:n:n], k: b.Rows, n: b.Cols}
}

// block is the panels of the k block that starts at k.
func (p Packed) block(k int) []float32 { return p.panels[k*roundUp(p.n, panelN()):] }

func roundUp(n, to int) int { return (n + to - 1) / to * to }

// packB lays out b: for each k block, for each panel of panelN columns, for
// each k, the panel's columns of row k. Columns beyond N are zero.
func packB(dst []float32, b Mat) {
	nr := panelN()
	for k := 0; k < b.Rows; k += blockK {
		kc := min(blockK, b.Rows-k)
		for j := 0; j < b.Cols; j += nr {
			n := min(nr, b.Cols-j)
			packPanel(dst[:kc*nr], b.Block(k, j, kc, n).T(), nr)
			dst = dst[kc*nr:]
		}
	}
}

// packA lays out a block of a: for each tile of tileM rows, for each k, the
// tile's rows of column k. Rows beyond M are zero. The rows after tiledRows
// are laid out one by one.
func packA(dst []float32, a Mat) {
	tiled := tiledRows(a.Rows)
	for i, m := 0, 0; i < a.Rows; i += m {
		width := tileM
		if i >= tiled {
			width = 1
		}
		m = min(width, a.Rows-i)
		packPanel(dst[:width*a.Cols], a.Block(i, 0, m, a.Cols), width)
		dst = dst[width*a.Cols:]
	}
}

func packedALen(m, k int) int { return roundUp(m, tileM) * k }

// packPanel sets dst[k*width+r] = a[r,k] for the rows of a, zero for the rows
// from a.Rows to width.
func packPanel(dst []float32, a Mat, width int) {
	if a.Rows < width {
		clear(dst)
	}
	switch {
	case a.Rows == width && a.RowStride == 1:
		packRuns(dst, a.Data, width, a.Cols, a.ColStride)
		return
	case a.ColStride == 1 && width == 1:
		copy(dst, a.Data[:a.Cols])
		return
	}
	r := 0
	if a.ColStride == 1 {
		for ; r+4 <= a.Rows; r += 4 {
			packFour(dst[r:], a.Data[r*a.RowStride:], a.RowStride, a.Cols, width)
		}
	}
	for ; r < a.Rows; r++ {
		at, to := r*a.RowStride, r
		for range a.Cols {
			dst[to] = a.Data[at]
			at += a.ColStride
			to += width
		}
	}
}

// refPackRuns copies n runs of width elements, stride apart in src, side by side.
func refPackRuns(dst, src []float32, width, n, stride int) {
	for k := range n {
		copy(dst[k*width:(k+1)*width], src[k*stride:k*stride+width])
	}
}

// refPackFour interleaves four rows of n elements, stride apart in src: element
// k of row r goes to dst[k*width+r].
func refPackFour(dst, src []float32, stride, n, width int) {
	r0, r1, r2, r3 := src[:n], src[stride:stride+n], src[2*stride:2*stride+n], src[3*stride:3*stride+n]
	for k := range r0 {
		d := dst[k*width : k*width+4 : k*width+4]
		d[0], d[1], d[2], d[3] = r0[k], r1[k], r2[k], r3[k]
	}
}
