package kernel

import (
	"fmt"
	"math"
	"testing"
)

// layouts are the ways a matrix may lie in a slice.
var layouts = []struct {
	name string
	view func(data []float32, rows, cols int) Mat
	len  func(rows, cols int) int
}{
	{"rows", Dense, func(r, c int) int { return r * c }},
	{"columns", func(d []float32, r, c int) Mat { return Dense(d, c, r).T() }, func(r, c int) int { return r * c }},
	{"spaced", func(d []float32, r, c int) Mat {
		return Mat{Data: d, Rows: r, Cols: c, RowStride: 2*c + 3, ColStride: 2}
	}, func(r, c int) int { return r * (2*c + 3) }},
}

var shapes = [][3]int{
	{0, 3, 2}, {2, 0, 3}, {2, 3, 0}, {1, 1, 1}, {1, 5, 9}, {2, 3, 31}, {3, 7, 33}, {4, 8, 32}, {5, 9, 8}, {4, 4, 64},
	{7, 32, 65}, {8, 31, 16}, {16, 33, 70}, {63, 5, 7}, {64, 6, 8}, {65, 7, 100}, {130, 3, 40},
	{3, blockK - 1, 5}, {3, blockK, 9}, {5, blockK + 1, 33}, {2, 2*blockK + 3, 17},
}

func TestMatMulEqualsReference(t *testing.T) {
	r := random(1)
	var s Scratch
	for _, sh := range shapes {
		m, k, n := sh[0], sh[1], sh[2]
		for _, la := range layouts {
			for _, lb := range layouts {
				for _, ld := range layouts {
					ga := guardedRandom(r, la.len(m, k))
					gb := guardedRandom(r, lb.len(k, n))
					gd := guardedRandom(r, ld.len(m, n))
					want := guardedCopy(gd.data)
					a, b := la.view(ga.data, m, k), lb.view(gb.data, k, n)
					for _, add := range []bool{false, true} {
						name := fmt.Sprintf("(%d,%d,%d) a %s b %s dst %s add %v", m, k, n, la.name, lb.name, ld.name, add)
						refMatMul(ld.view(want.data, m, n), a, b, add)
						start := guardedCopy(gd.data)
						if add {
							MatMulAdd(ld.view(gd.data, m, n), a, b, &s)
						} else {
							MatMul(ld.view(gd.data, m, n), a, b, &s)
						}
						sameBits(t, name, gd.data, want.data)
						p := guardedZeros(PackedLen(k, n))
						packed := Pack(p.data, b)
						if add {
							MatMulPackedAdd(ld.view(start.data, m, n), a, packed, &s)
						} else {
							MatMulPacked(ld.view(start.data, m, n), a, packed, &s)
						}
						sameBits(t, name+" packed", start.data, want.data)
						p.check(t, name+" packed b")
						start.check(t, name+" packed dst")
						gd.check(t, name)
					}
					ga.check(t, "a")
					gb.check(t, "b")
				}
			}
		}
	}
}

// A row has the same bits alone (decoding), in any group of rows, and at any
// place in a batch.
func TestRowBitsDoNotDependOnTheBatch(t *testing.T) {
	const m = 67
	r := random(2)
	var s Scratch
	for _, sh := range [][2]int{{32, 36}, {70, 41}, {blockK + 70, 100}, {96, 256}} {
		k, n := sh[0], sh[1]
		a := Dense(guardedRandom(r, m*k).data, m, k)
		b := Dense(guardedRandom(r, k*n).data, k, n)
		packed := Pack(make([]float32, PackedLen(k, n)), b)
		all := make([]float32, m*n)
		MatMul(Dense(all, m, n), a, b, &s)
		for rows := 1; rows <= 17; rows++ {
			for _, first := range []int{0, 1, 3, 30, m - rows} {
				part := a.Block(first, 0, rows, k)
				want := all[first*n : (first+rows)*n]
				got := make([]float32, rows*n)
				MatMulPacked(Dense(got, rows, n), part, packed, &s)
				sameBits(t, fmt.Sprintf("packed rows %d+%d of (%d,%d)", first, rows, k, n), got, want)
				MatMul(Dense(got, rows, n), part, b, &s)
				sameBits(t, fmt.Sprintf("rows %d+%d of (%d,%d)", first, rows, k, n), got, want)
			}
		}
		for _, cols := range []int{1, 7, 8, 31} {
			got := make([]float32, m*cols)
			MatMul(Dense(got, m, cols), a, b.Block(0, 5, k, cols), &s)
			for i := range m {
				sameBits(t, "columns from 5", got[i*cols:(i+1)*cols], all[i*n+5:i*n+5+cols])
			}
		}
	}
}

func TestMatMulAgainstFloat64(t *testing.T) {
	const m, k, n = 6, 700, 11
	r := random(3)
	a, b := Dense(guardedRandom(r, m*k).data, m, k), Dense(guardedRandom(r, k*n).data, k, n)
	dst := Dense(make([]float32, m*n), m, n)
	MatMul(dst, a, b, &Scratch{})
	for i := range m {
		for j := range n {
			var want float64
			for x := range k {
				want += float64(a.At(i, x)) * float64(b.At(x, j))
			}
			if d := math.Abs(float64(dst.At(i, j)) - want); d > 1e-4 {
				t.Errorf("(%d,%d) = %g, want %g", i, j, dst.At(i, j), want)
			}
		}
	}
}

func TestMatMulDoesNotAllocate(t *testing.T) {
	var s Scratch
	const m, k, n = 33, 40, 50
	a, b := Dense(make([]float32, m*k), m, k), Dense(make([]float32, k*n), k, n)
	dst := Dense(make([]float32, m*n), m, n)
	packed := Pack(make([]float32, PackedLen(k, n)), b)
	allocs := testing.AllocsPerRun(10, func() {
		MatMul(dst, a, b, &s)
		MatMulAdd(dst.T(), b.T(), a.T(), &s)
		MatMulPacked(dst, a, packed, &s)
		MatMulPackedAdd(dst.Block(0, 0, 1, n), a.Block(0, 0, 1, k), packed, &s)
	})
	if allocs != 0 {
		t.Errorf("%v allocations a run, want none", allocs)
	}
}

func TestMatMulRefusesWrongShapes(t *testing.T) {
	data := make([]float32, 12)
	var s Scratch
	cases := []struct {
		name string
		call func()
	}{
		{"inner", func() { MatMul(Dense(data, 2, 2), Dense(data, 2, 3), Dense(data, 4, 2), &s) }},
		{"rows", func() { MatMul(Dense(data, 3, 2), Dense(data, 2, 3), Dense(data, 3, 2), &s) }},
		{"columns", func() { MatMulAdd(Dense(data, 2, 4), Dense(data, 2, 3), Dense(data, 3, 2), &s) }},
		{"packed", func() {
			MatMulPacked(Dense(data, 2, 2), Dense(data, 2, 2), Pack(make([]float32, PackedLen(3, 2)), Dense(data, 3, 2)), &s)
		}},
		{"short a", func() { MatMul(Dense(data, 4, 2), Mat{data, 4, 6, 6, 1}, Dense(data, 6, 2), &s) }},
		{"short dst", func() { MatMul(Mat{data, 3, 3, 5, 1}, Dense(data, 3, 3), Dense(data, 3, 3), &s) }},
		{"short buf", func() { Pack(data, Dense(data, 6, 2)) }},
		{"dense", func() { Dense(data, 4, 4) }},
		{"block", func() { Dense(data, 3, 4).Block(1, 1, 3, 1) }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { wantPanic(t, c.call) })
	}
}

func wantPanic(t *testing.T, call func()) {
	t.Helper()
	defer func() {
		if s, ok := recover().(string); !ok || len(s) < 8 || s[:8] != "kernel: " {
			t.Errorf("panicked with %q, want a message that starts with %q", s, "kernel: ")
		}
	}()
	call()
}

// The scalar tiles are what a build without SIMD multiplies with; they are
// held against the plain loop in every build.
func TestReferenceTiles(t *testing.T) {
	r := random(4)
	for rows := 1; rows <= 9; rows++ {
		for _, kc := range []int{1, 2, 5, 32} {
			a := Dense(guardedRandom(r, rows*kc).data, rows, kc)
			b := Dense(guardedRandom(r, kc*refPanelN).data, kc, refPanelN)
			packed := make([]float32, packedALen(rows, kc))
			packA(packed, a)
			panel := make([]float32, kc*refPanelN)
			packPanel(panel, b.T(), refPanelN)
			tiled := tiledRows(rows)
			for _, add := range []bool{false, true} {
				got := guardedRandom(r, rows*refPanelN)
				want := guardedCopy(got.data)
				refMatMul(Dense(want.data, rows, refPanelN), a, b, add)
				refTileRows(got.data, refPanelN, tiled, packed, panel, kc, add)
				for i := tiled; i < rows; i++ {
					refRowPanels(got.data[i*refPanelN:], packed[i*kc:], panel, kc, 1, add)
				}
				sameBits(t, fmt.Sprintf("%d rows, K %d, add %v", rows, kc, add), got.data, want.data)
				got.check(t, "tiles")
			}
		}
	}
}

func TestPackingEqualsReference(t *testing.T) {
	r := random(5)
	for _, w := range []int{3, 4, 8, 16, 32} {
		for _, n := range []int{0, 1, 2, 7, 16} {
			stride := w + 5
			src := guardedRandom(r, n*stride+w)
			got, want := guardedZeros(n*w), guardedZeros(n*w)
			packRuns(got.data, src.data, w, n, stride)
			refPackRuns(want.data, src.data, w, n, stride)
			sameBits(t, fmt.Sprintf("%d runs of %d", n, w), got.data, want.data)
			got.check(t, "runs")
			if w < 4 {
				continue
			}
			rows := guardedRandom(r, 4*(n+3))
			packFour(got.data, rows.data, n+3, n, w)
			refPackFour(want.data, rows.data, n+3, n, w)
			sameBits(t, fmt.Sprintf("four rows of %d in panels of %d", n, w), got.data, want.data)
			got.check(t, "four rows")
		}
	}
}
