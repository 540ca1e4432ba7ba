// Package kernel holds the float32 loops everything else is made of: matrix
// products, softmax, norms, activations and the AdamW update, each on slices.
//
// Every kernel exists twice: a scalar reference (ref…, always compiled) and,
// with GOEXPERIMENT=simd on wasm and amd64, a vector version. Both do the same
// roundings in the same order, so that they give the same bits:
//
//   - a product is rounded before it is added (no fused multiply-add);
//   - an element of a matrix product is summed over k in order, in blocks of
//     blockK that depend on K alone;
//   - a sum over a row runs in 16 lanes, element i in lane i%16, and the lanes
//     are then added in a fixed tree.
//
// Therefore a row's bits never depend on the number of rows, on its place in
// the batch, on its neighbours, on an offset in memory, or on the width of the
// processor's vectors. Only the bits of a NaN may differ.
//
// What it refuses: it allocates nothing (but a Scratch that grows), starts no
// goroutine, knows no tensor, no batch and no gradient tape. It does not look
// for overlapping operands: a written slice may be the very same slice as a
// read one where the comment says so, and must not overlap it otherwise. Sizes
// are checked once at entry and a mismatch panics, because it is a bug of the
// caller and never of the user's data.
package kernel

import "fmt"

// lanes is the number of partial sums of a reduction, the same on every machine.
const lanes = 16

// Mat is a strided view of a matrix in a slice: element (i,j) is
// Data[i*RowStride+j*ColStride]. Strides are not negative.
type Mat struct {
	Data                 []float32
	Rows, Cols           int
	RowStride, ColStride int
}

// Dense views data as a row-major matrix without gaps, (rows,cols).
func Dense(data []float32, rows, cols int) Mat {
	if rows < 0 || cols < 0 || len(data) < rows*cols {
		panic(fmt.Sprintf("kernel: Dense: %d elements cannot hold a (%d,%d) matrix", len(data), rows, cols))
	}
	return Mat{Data: data, Rows: rows, Cols: cols, RowStride: cols, ColStride: 1}
}

// T is the transposed view, (Cols,Rows), of the same elements.
func (a Mat) T() Mat {
	return Mat{Data: a.Data, Rows: a.Cols, Cols: a.Rows, RowStride: a.ColStride, ColStride: a.RowStride}
}

// Block is the view of the (rows,cols) elements from (row,col) on.
func (a Mat) Block(row, col, rows, cols int) Mat {
	if row < 0 || col < 0 || rows < 0 || cols < 0 || row+rows > a.Rows || col+cols > a.Cols {
		panic(fmt.Sprintf("kernel: Block: (%d,%d) from (%d,%d) is outside (%d,%d)", rows, cols, row, col, a.Rows, a.Cols))
	}
	b := Mat{Rows: rows, Cols: cols, RowStride: a.RowStride, ColStride: a.ColStride}
	if rows > 0 && cols > 0 {
		b.Data = a.Data[row*a.RowStride+col*a.ColStride:]
	}
	return b
}

// At is element (i,j).
func (a Mat) At(i, j int) float32 { return a.Data[i*a.RowStride+j*a.ColStride] }

// check panics unless every element of a lies in its slice.
func (a Mat) check(op, name string) {
	if a.Rows < 0 || a.Cols < 0 || a.RowStride < 0 || a.ColStride < 0 {
		panic(fmt.Sprintf("kernel: %s: %s is (%d,%d) with strides %d,%d: none may be negative",
			op, name, a.Rows, a.Cols, a.RowStride, a.ColStride))
	}
	if a.Rows > 0 && a.Cols > 0 && (a.Rows-1)*a.RowStride+(a.Cols-1)*a.ColStride >= len(a.Data) {
		panic(fmt.Sprintf("kernel: %s: %s is (%d,%d) with strides %d,%d, more than its %d elements",
			op, name, a.Rows, a.Cols, a.RowStride, a.ColStride, len(a.Data)))
	}
}

// unequal panics with the lengths of the operands.
func unequal(op string, lens ...int) {
	panic(fmt.Sprintf("kernel: %s: operands have %d elements: all must have as many", op, lens))
}
