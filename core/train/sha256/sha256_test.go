package sha256

import (
	"bytes"
	"crypto/sha256"
	"math/rand/v2"
	"testing"
)

// Whatever the length, and however it is cut, the sum is that of crypto/sha256.
func TestPlainAgrees(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	data := make([]byte, 3000)
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	for n := range 300 {
		check(t, data[:n], []int{n})
		check(t, data[:n], []int{n / 3, n - n/3})
	}
	for range 200 {
		n := r.IntN(len(data))
		var cuts []int
		for left := n; left > 0; {
			k := 1 + r.IntN(min(left, 150))
			cuts, left = append(cuts, k), left-k
		}
		check(t, data[:n], cuts)
	}
}

func check(t *testing.T, data []byte, cuts []int) {
	t.Helper()
	want := sha256.Sum256(data)
	for name, h := range map[string]Hash{"plain": newPlain(), "New": New()} {
		rest := data
		for _, k := range cuts {
			h.Write(rest[:k])
			h.Sum(nil) // changes nothing
			rest = rest[k:]
		}
		if got := h.Sum([]byte("x")); !bytes.Equal(got[1:], want[:]) || got[0] != 'x' {
			t.Fatalf("%s: %d bytes cut into %v: %x, want %x", name, len(data), cuts, got, want)
		}
	}
	if got := Sum256(data); got != want {
		t.Fatalf("Sum256 of %d bytes: %x, want %x", len(data), got, want)
	}
}

func BenchmarkPlain(b *testing.B) { bench(b, newPlain()) }

func BenchmarkNew(b *testing.B) { bench(b, sha256.New()) }

func bench(b *testing.B, h Hash) {
	data := make([]byte, 1<<20)
	b.SetBytes(1 << 20)
	for b.Loop() {
		h.Write(data)
	}
}
