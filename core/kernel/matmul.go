package kernel

import "fmt"

// blockK is the length of the runs in which a product is summed over k: a run
// is summed from zero in order, then added to what the runs before it gave.
const blockK = 512

// blockM is the number of rows of a that are packed at a time.
const blockM = 64

// tileM is the number of rows of a tile of dst; its columns are panelN.
const tileM = 4

// Scratch holds the packing panels of a product. It grows to the largest
// product it has seen and is then reused. The zero value is ready. It must not
// be used by two products at once.
type Scratch struct {
	a, b, tile []float32
}

// grow returns buf with n elements, new only if its capacity is too small.
func grow(buf []float32, n int) []float32 {
	if cap(buf) < n {
		return make([]float32, n)
	}
	return buf[:n]
}

// MatMul sets dst (M,N) = a (M,K) · b (K,N). dst must not overlap a or b.
//
//	for i, j: dst[i,j] = 0
//	for i, j, each run of blockK values of k: { s := 0; for k in the run { s += a[i,k]*b[k,j] }; dst[i,j] += s }
//
// With K = 0 dst becomes zero. Any strides will do.
func MatMul(dst, a, b Mat, s *Scratch) { matMul("MatMul", dst, a, b, s, false) }

// MatMulAdd adds a (M,K) · b (K,N) to dst (M,N): MatMul without the zeroing.
func MatMulAdd(dst, a, b Mat, s *Scratch) { matMul("MatMulAdd", dst, a, b, s, true) }

func matMul(op string, dst, a, b Mat, s *Scratch, add bool) {
	b.check(op, "b")
	checkProduct(op, dst, a, b.Rows, b.Cols)
	s.b = grow(s.b, PackedLen(b.Rows, b.Cols))
	packB(s.b, b)
	product(dst, a, Packed{panels: s.b, k: b.Rows, n: b.Cols}, s, add)
}

// MatMulPacked sets dst (M,N) = a (M,K) · b (K,N), with the bits of MatMul.
func MatMulPacked(dst, a Mat, b Packed, s *Scratch) {
	checkProduct("MatMulPacked", dst, a, b.k, b.n)
	product(dst, a, b, s, false)
}

// MatMulPackedAdd adds a (M,K) · b (K,N) to dst (M,N), with the bits of MatMulAdd.
func MatMulPackedAdd(dst, a Mat, b Packed, s *Scratch) {
	checkProduct("MatMulPackedAdd", dst, a, b.k, b.n)
	product(dst, a, b, s, true)
}

func checkProduct(op string, dst, a Mat, k, n int) {
	if dst.Rows != a.Rows || dst.Cols != n || a.Cols != k {
		panic(fmt.Sprintf("kernel: %s: dst (%d,%d) = a (%d,%d) · b (%d,%d): want dst (M,N), a (M,K), b (K,N)",
			op, dst.Rows, dst.Cols, a.Rows, a.Cols, k, n))
	}
	dst.check(op, "dst")
	a.check(op, "a")
}

// product is the blocked product on packed panels of b.
func product(dst, a Mat, b Packed, s *Scratch, add bool) {
	if dst.Rows == 0 || dst.Cols == 0 {
		return
	}
	if b.k == 0 {
		if !add {
			zero(dst)
		}
		return
	}
	nr := panelN()
	s.tile = grow(s.tile, blockM*nr)
	s.a = grow(s.a, packedALen(min(dst.Rows, blockM), min(b.k, blockK)))
	for k := 0; k < b.k; k += blockK {
		kc := min(blockK, b.k-k)
		for i := 0; i < dst.Rows; i += blockM {
			mc := min(blockM, dst.Rows-i)
			packA(s.a, a.Block(i, k, mc, kc))
			blockProduct(dst.Block(i, 0, mc, b.n), s.a, b.block(k), kc, s.tile, add || k > 0)
		}
	}
}

// blockProduct multiplies packed rows of a, (mc,kc), with the panels of one k
// block of b into dst (mc,N). Where the columns of dst are no full panel, or
// not side by side, the product is made in tile and moved from there.
func blockProduct(dst Mat, a, b []float32, kc int, tile []float32, add bool) {
	nr := panelN()
	tiled := tiledRows(dst.Rows)
	full := 0
	if dst.ColStride == 1 {
		full = dst.Cols / nr
	}
	for j := 0; j < full && tiled > 0; j++ {
		tileRows(dst.Data[j*nr:], dst.RowStride, tiled, a, b[j*nr*kc:], kc, add)
	}
	for i := tiled; i < dst.Rows && full > 0; i++ {
		rowPanels(dst.Data[i*dst.RowStride:], a[i*kc:], b, kc, full, add)
	}
	for j := full * nr; j < dst.Cols; j += nr {
		if tiled > 0 {
			tileRows(tile, nr, tiled, a, b[j*kc:], kc, false)
		}
		for i := tiled; i < dst.Rows; i++ {
			rowPanels(tile[i*nr:], a[i*kc:], b[j*kc:], kc, 1, false)
		}
		storePart(dst.Block(0, j, dst.Rows, min(nr, dst.Cols-j)), tile, nr, add)
	}
}

// tiledRows is how many of the first rows are multiplied in tiles: a tile with
// one or two rows costs more than those rows one by one.
func tiledRows(rows int) int {
	if rest := rows % tileM; rest <= 2 {
		return rows - rest
	}
	return rows
}

// storePart copies or adds the corner of a tile that lies in dst.
func storePart(dst Mat, tile []float32, nr int, add bool) {
	for i := range dst.Rows {
		row := tile[i*nr : i*nr+dst.Cols]
		at := i * dst.RowStride
		for _, x := range row {
			if add {
				x += dst.Data[at]
			}
			dst.Data[at] = x
			at += dst.ColStride
		}
	}
}

func zero(dst Mat) {
	for i := range dst.Rows {
		for j := range dst.Cols {
			dst.Data[i*dst.RowStride+j*dst.ColStride] = 0
		}
	}
}
