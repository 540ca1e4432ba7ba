package kernel

import (
	"hash/fnv"
	"math"
	"testing"
)

// TestBitsAreTheSameEverywhere holds all builds (scalar, AVX2, AVX-512, wasm)
// to one fingerprint: it is what makes a run repeatable on another machine.
// The value was made by this test. It changes with the list of kernels, and when
// an operation or its order changes: a saved run then no longer reproduces.
func TestBitsAreTheSameEverywhere(t *testing.T) {
	const want = 0xfa18d4f74e182a2d
	h := fnv.New64a()
	write := func(x ...float32) {
		for _, v := range x {
			b := math.Float32bits(v)
			h.Write([]byte{byte(b), byte(b >> 8), byte(b >> 16), byte(b >> 24)})
		}
	}
	r := random(30)
	const m, k, n = 37, blockK + 45, 51
	a, b := uniform(r, m*k), uniform(r, k*n)
	dst := make([]float32, m*n)
	MatMul(Dense(dst, m, n), Dense(a, m, k), Dense(b, k, n), &Scratch{})
	write(dst...)
	for _, kern := range kernels {
		x := make([][]float32, kern.rows)
		for i := range x {
			x[i] = uniform(r, 333)
		}
		kern.fast(x)
		for _, row := range x {
			write(row...)
		}
	}
	st := VocabRow(dst, dst)
	write(dst...)
	write(st.LogSumExp, st.Entropy, st.SumP2, st.MeanLogit, float32(st.ArgMax))
	if got := h.Sum64(); got != want {
		t.Errorf("fingerprint %#x, want %#x", got, uint64(want))
	}
}
