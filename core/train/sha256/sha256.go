// Package sha256 is SHA-256 (FIPS 180-4) for fingerprints. In the browser it is the
// code below: crypto/sha256 brings the whole of Go's certified module, AES and random
// numbers included, 65 KB (brotli) of a trainer that every visitor downloads.
// Elsewhere it is crypto/sha256, which uses the processor's own instructions. It
// guards against accidents, not against enemies.
package sha256

import (
	"encoding/binary"
	"math/bits"
)

// Size is the length of a sum in bytes.
const Size = 32

// Hash is a sum in the making.
type Hash interface {
	Write(p []byte) (int, error) // never an error
	Sum(b []byte) []byte         // appends the sum of what was written
}

// Sum256 is the sum of b.
func Sum256(b []byte) (sum [Size]byte) {
	h := New()
	h.Write(b)
	h.Sum(sum[:0])
	return sum
}

// plain is the reference: sections 5 and 6.2 of FIPS 180-4 as they stand.
type plain struct {
	h    [8]uint32
	part [64]byte // of a block, the first n%64 bytes
	n    uint64   // bytes written
}

func newPlain() *plain {
	return &plain{h: [8]uint32{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}}
}

func (s *plain) Write(p []byte) (int, error) {
	n, at := len(p), int(s.n%64)
	s.n += uint64(n)
	if at > 0 {
		k := copy(s.part[at:], p)
		if p = p[k:]; at+k < 64 {
			return n, nil
		}
		s.block(&s.part)
	}
	for ; len(p) >= 64; p = p[64:] {
		s.block((*[64]byte)(p))
	}
	copy(s.part[:], p)
	return n, nil
}

func (s *plain) Sum(b []byte) []byte {
	end := *s // what is written later goes on from here
	pad := make([]byte, 1, 72)
	pad[0] = 0x80
	for (s.n+uint64(len(pad)))%64 != 56 {
		pad = append(pad, 0)
	}
	end.Write(binary.BigEndian.AppendUint64(pad, 8*s.n))
	for _, h := range end.h {
		b = binary.BigEndian.AppendUint32(b, h)
	}
	return b
}

// block works one block of 512 bits in.
func (s *plain) block(p *[64]byte) {
	var w [64]uint32
	for i := range 16 {
		w[i] = binary.BigEndian.Uint32(p[4*i:])
	}
	for i := 16; i < 64; i++ {
		x, y := w[i-15], w[i-2]
		w[i] = w[i-16] + (bits.RotateLeft32(x, -7) ^ bits.RotateLeft32(x, -18) ^ x>>3) +
			w[i-7] + (bits.RotateLeft32(y, -17) ^ bits.RotateLeft32(y, -19) ^ y>>10)
	}
	a, b, c, d, e, f, g, h := s.h[0], s.h[1], s.h[2], s.h[3], s.h[4], s.h[5], s.h[6], s.h[7]
	for i := range 64 {
		t := h + (bits.RotateLeft32(e, -6) ^ bits.RotateLeft32(e, -11) ^ bits.RotateLeft32(e, -25)) + (e&f ^ ^e&g) + constants[i] + w[i]
		u := (bits.RotateLeft32(a, -2) ^ bits.RotateLeft32(a, -13) ^ bits.RotateLeft32(a, -22)) + (a&b ^ a&c ^ b&c)
		h, g, f, e, d, c, b, a = g, f, e, d+t, c, b, a, t+u
	}
	for i, v := range [8]uint32{a, b, c, d, e, f, g, h} {
		s.h[i] += v
	}
}

// constants are the first 32 bits of the fractions of the cube roots of the first 64
// primes (section 4.2.2).
var constants = [64]uint32{
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
}
