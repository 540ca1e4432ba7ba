package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

const guardLen = 40

var guardBits = uint32(0x7fc12345) // a NaN nobody computes

// guarded is a slice between guard values, at an odd offset in memory.
type guarded struct {
	whole, data []float32
}

func guardedZeros(n int) guarded {
	w := make([]float32, n+2*guardLen+1)
	for i := range w {
		w[i] = math.Float32frombits(guardBits)
	}
	g := guarded{w, w[guardLen+1 : guardLen+1+n]}
	clear(g.data)
	return g
}

func guardedRandom(r *rand.Rand, n int) guarded {
	g := guardedZeros(n)
	for i := range g.data {
		g.data[i] = float32(r.NormFloat64())
	}
	return g
}

func guardedCopy(x []float32) guarded {
	g := guardedZeros(len(x))
	copy(g.data, x)
	return g
}

// check fails if a guard value has changed.
func (g guarded) check(t *testing.T, name string) {
	t.Helper()
	for i, v := range g.whole {
		in := i > guardLen && i <= guardLen+len(g.data)
		if !in && math.Float32bits(v) != guardBits {
			t.Fatalf("%s: %d elements: wrote outside, at %d", name, len(g.data), i-guardLen-1)
		}
	}
}

// sameBits compares bit for bit; any NaN equals any NaN.
func sameBits(t *testing.T, name string, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d elements, want %d", name, len(got), len(want))
	}
	for i := range got {
		if got[i] != got[i] && want[i] != want[i] {
			continue
		}
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
			t.Fatalf("%s: %d elements: [%d] = %g (%#08x), want %g (%#08x)", name, len(got), i,
				got[i], math.Float32bits(got[i]), want[i], math.Float32bits(want[i]))
		}
	}
}

func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

// lengths are those around every vector width.
func lengths() []int {
	var ns []int
	for n := range 68 {
		ns = append(ns, n)
	}
	return append(ns, 127, 128, 129, 255, 256, 257, 300, 1000)
}

// uniform is n values in [-2,2), exact on every machine (a normal variate goes
// through math.Log, which need not be).
func uniform(r *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = 4*r.Float32() - 2
	}
	return x
}
