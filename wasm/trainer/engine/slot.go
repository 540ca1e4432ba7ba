package engine

import (
	"bytes"
	"encoding/binary"
	"errors"

	"dpolab/core/train/sha256"
	"dpolab/wasm/bridge"
)

// A slot is one of two files in the browser's storage that take turns to hold the
// last state of the run: HeaderLen bytes of header, then the run. The header is
// wiped before the run is written and written after it, each step flushed, so that
// whatever is cut off, a slot with a good header holds a whole run.

// HeaderLen is where the run begins in a slot.
const HeaderLen = 4096

var slotMagic = []byte("DPOKEEP1")

// SlotHeader describes the run in a slot.
type SlotHeader struct {
	Number int // counts up with every run kept; the higher one is the newer
	Length int // bytes of the run
	About  bridge.KeptRun
}

// Encode returns HeaderLen bytes: magic, number, length, what Encode of the bridge
// makes of About with its length before it, zeros, and the SHA-256 of all that.
func (h SlotHeader) Encode() ([]byte, error) {
	about := bridge.Encode(&h.About)
	b := append([]byte{}, slotMagic...)
	for _, n := range []int{h.Number, h.Length, len(about)} {
		b = binary.LittleEndian.AppendUint64(b, uint64(n))
	}
	b = append(b, about...)
	if len(b) > HeaderLen-sha256.Size {
		return nil, errors.New("the description of the run is too long to keep")
	}
	b = append(b, make([]byte, HeaderLen-sha256.Size-len(b))...)
	sum := sha256.Sum256(b)
	return append(b, sum[:]...), nil
}

// DecodeSlotHeader reads what Encode wrote; anything else is no header.
func DecodeSlotHeader(b []byte) (h SlotHeader, ok bool) {
	if len(b) != HeaderLen || !bytes.HasPrefix(b, slotMagic) {
		return h, false
	}
	body, sum := b[:HeaderLen-sha256.Size], b[HeaderLen-sha256.Size:]
	if want := sha256.Sum256(body); !bytes.Equal(sum, want[:]) {
		return h, false
	}
	at := func(i int) int { return int(binary.LittleEndian.Uint64(body[len(slotMagic)+8*i:])) }
	first, n := len(slotMagic)+24, at(2)
	if n < 0 || n > len(body)-first {
		return h, false
	}
	m, err := bridge.Decode(body[first : first+n])
	about, isKept := m.(*bridge.KeptRun)
	if err != nil || !isKept {
		return h, false
	}
	return SlotHeader{Number: at(0), Length: at(1), About: *about}, true
}
