package kernel

import (
	"fmt"
	"strings"
	"testing"
)

// plainMatMul is the loop one would write without this package, to compare with.
func plainMatMul(dst, a, b Mat) {
	for i := range dst.Rows {
		row := dst.Data[i*dst.Cols : (i+1)*dst.Cols]
		clear(row)
		for k := range a.Cols {
			x := a.Data[i*a.Cols+k]
			for j, y := range b.Data[k*b.Cols : k*b.Cols+len(row)] {
				row[j] += x * y
			}
		}
	}
}

func reportFlops(b *testing.B, flops int) {
	b.ReportMetric(float64(b.N)*float64(flops)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
}

func benchMats(m, k, n int) (dst, a, b Mat) {
	r := random(1)
	return Dense(make([]float32, m*n), m, n), Dense(guardedRandom(r, m*k).data, m, k), Dense(guardedRandom(r, k*n).data, k, n)
}

func BenchmarkMatMulPlain256(b *testing.B) {
	dst, x, y := benchMats(256, 256, 256)
	for b.Loop() {
		plainMatMul(dst, x, y)
	}
	reportFlops(b, 2*256*256*256)
}

// Shapes: square; attention scores and values of 128 tokens at head size 32;
// a feed-forward product; its weight gradient.
func BenchmarkMatMul(b *testing.B) {
	for _, s := range [][3]int{{64, 64, 64}, {256, 256, 256}, {512, 512, 512}, {128, 32, 128}, {128, 128, 32}, {256, 128, 512}, {128, 256, 512}} {
		for _, layout := range []string{"AB", "ABt", "AtB"} {
			m, k, n := s[0], s[1], s[2]
			dst, x, y := benchMats(m, k, n)
			switch layout {
			case "ABt":
				y = Dense(y.Data, n, k).T()
			case "AtB":
				x = Dense(x.Data, k, m).T()
			}
			b.Run(fmt.Sprintf("%dx%dx%d%s", m, k, n, layout), func(b *testing.B) {
				var sc Scratch
				for b.Loop() {
					MatMul(dst, x, y, &sc)
				}
				reportFlops(b, 2*m*k*n)
			})
		}
	}
}

func BenchmarkMatMulPacked(b *testing.B) {
	const k, n = 256, 768
	for _, m := range []int{1, 2, 3, 4, 5, 8, 16, 64, 256} {
		dst, x, y := benchMats(m, k, n)
		p := Pack(make([]float32, PackedLen(k, n)), y)
		b.Run(fmt.Sprintf("M%d", m), func(b *testing.B) {
			var sc Scratch
			for b.Loop() {
				MatMulPacked(dst, x, p, &sc)
			}
			reportFlops(b, 2*m*k*n)
		})
	}
}

func BenchmarkPack(b *testing.B) {
	const k, n = 256, 768
	_, _, y := benchMats(1, k, n)
	buf := make([]float32, PackedLen(k, n))
	for _, v := range []struct {
		name string
		m    Mat
	}{{"rows", y}, {"columns", Dense(y.Data, n, k).T()}} {
		b.Run(v.name, func(b *testing.B) {
			for b.Loop() {
				Pack(buf, v.m)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(k*n), "ns/element")
		})
	}
}

func BenchmarkPackA(b *testing.B) {
	const m, k = 64, 256
	_, x, _ := benchMats(m, k, 1)
	buf := make([]float32, packedALen(m, k))
	for _, v := range []struct {
		name string
		m    Mat
	}{{"rows", x}, {"columns", Dense(x.Data, k, m).T()}} {
		b.Run(v.name, func(b *testing.B) {
			for b.Loop() {
				packA(buf, v.m)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(m*k), "ns/element")
		})
	}
}

func BenchmarkRows(b *testing.B) {
	r := random(2)
	for _, k := range kernels {
		if k.name == "Scale" || strings.Contains(k.name, "in place") {
			continue // run over and over on the same row they would measure subnormal numbers
		}
		for _, n := range []int{32, 256, 4096} {
			x := make([][]float32, k.rows)
			start := make([][]float32, k.rows)
			for i := range x {
				start[i] = guardedRandom(r, n).data
				x[i] = guardedCopy(start[i]).data
			}
			for _, v := range []struct {
				name string
				call func([][]float32)
			}{{"", k.fast}, {"ref", k.ref}} {
				b.Run(fmt.Sprintf("%s%s/%d", k.name, v.name, n), func(b *testing.B) {
					for i := range x {
						copy(x[i], start[i])
					}
					for b.Loop() {
						v.call(x)
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/element")
				})
			}
		}
	}
}

func BenchmarkVocabRow(b *testing.B) {
	r := random(3)
	for _, n := range []int{512, 4096} {
		x, p := guardedRandom(r, n).data, make([]float32, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				VocabRow(p, x)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/element")
		})
	}
}

func BenchmarkSumSquares(b *testing.B) {
	x := guardedRandom(random(4), 4096).data
	for b.Loop() {
		SumSquares(x)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/4096, "ns/element")
}
