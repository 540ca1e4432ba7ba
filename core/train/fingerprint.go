package train

import (
	"encoding/binary"
	"encoding/hex"
	"math"

	"dpolab/core/train/sha256"
)

// Fingerprint is the SHA-256 of weights, hex: every float32 as four little-endian
// bytes, in the order of the model's table of tensors. hook, if not nil, is called
// on the way.
func Fingerprint(weights []float32, hook func() bool) string {
	const piece = 1 << 16
	h := sha256.New()
	buf := make([]byte, 0, 4*piece)
	for len(weights) > 0 {
		n := min(piece, len(weights))
		buf = buf[:0]
		for _, w := range weights[:n] {
			buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(w))
		}
		h.Write(buf)
		weights = weights[n:]
		if hook != nil {
			hook()
		}
	}
	return sum(h)
}

// digest is the SHA-256 of b, hex. The hook is called on the way, so that hashing
// megabytes does not hold a host up.
func (t *Trainer) digest(b []byte) string {
	const piece = 1 << 18
	h := sha256.New()
	for len(b) > 0 {
		n := min(piece, len(b))
		h.Write(b[:n])
		b = b[n:]
		if t.Hook != nil {
			t.Hook()
		}
	}
	return sum(h)
}

func sum(h sha256.Hash) string { return hex.EncodeToString(h.Sum(nil)) }
