package ckpt

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
)

// Read reads a safetensors file: 8 bytes of header length N (little-endian), N
// bytes of JSON, the data. Beyond the format's README it requires at least one
// tensor and only the types of DType; the data must be covered by the tensors
// without overlap, hole or rest. The tensors alias b.
func Read(b []byte) (*File, error) {
	f, err := read(b)
	if err != nil {
		return nil, fmt.Errorf("safetensors: %w", err)
	}
	return f, nil
}

func read(b []byte) (*File, error) {
	header, data, err := cut(b)
	if err != nil {
		return nil, err
	}
	h, err := readHeader(header)
	if err != nil {
		return nil, err
	}
	if len(h.entries) == 0 {
		return nil, fmt.Errorf("the file has no tensors")
	}
	f := &File{Metadata: h.metadata, Tensors: make([]Tensor, len(h.entries))}
	slices.SortStableFunc(h.entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end))
	})
	if err := covers(h.entries, int64(len(data))); err != nil {
		return nil, err
	}
	for i, e := range h.entries {
		f.Tensors[i] = Tensor{Name: e.name, DType: e.dtype, Shape: e.shape, Data: data[e.begin:e.end:e.end]}
	}
	return f, nil
}

// cut splits a file into header and data.
func cut(b []byte) (header, data []byte, err error) {
	if len(b) < 8 {
		return nil, nil, fmt.Errorf("the file has %d bytes, too few for the length of a header: is it complete?", len(b))
	}
	n, rest := binary.LittleEndian.Uint64(b), b[8:]
	switch {
	case n > maxHeader:
		return nil, nil, fmt.Errorf("the header would have %d bytes, the limit is %d: this is no safetensors file", n, maxHeader)
	case n > uint64(len(rest)):
		return nil, nil, fmt.Errorf("the header has %d bytes but only %d follow: the file is cut off", n, len(rest))
	case n == 0:
		return nil, nil, fmt.Errorf("the header is empty")
	case rest[0] != '{':
		return nil, nil, fmt.Errorf("the header starts with %q, not with a brace", rest[:1])
	}
	return rest[:n], rest[n:], nil
}

// covers checks that sorted entries cover size bytes of data one after the other
// and that each has the bytes of its shape.
func covers(entries []entry, size int64) error {
	at, before := int64(0), ""
	for _, e := range entries {
		switch {
		case e.end < e.begin:
			return fmt.Errorf("tensor %s: data_offsets [%d,%d] end before they start", short(e.name), e.begin, e.end)
		case e.begin < at:
			return fmt.Errorf("tensor %s: data from %d overlaps that of %s, which ends at %d", short(e.name), e.begin, short(before), at)
		case e.begin > at:
			return fmt.Errorf("tensor %s: data starts at %d, which leaves a hole from %d", short(e.name), e.begin, at)
		}
		want, err := bytesOf(e.dtype, e.shape)
		if err != nil {
			return fmt.Errorf("tensor %s: %w", short(e.name), err)
		}
		if got := e.end - e.begin; got != want {
			return fmt.Errorf("tensor %s: %d bytes of data, %v of shape %s has %d", short(e.name), got, e.dtype, shortShape(e.shape), want)
		}
		at, before = e.end, e.name
	}
	switch {
	case at > size:
		return fmt.Errorf("tensor %s: data ends at %d but the file has only %d bytes of it: it is cut off", short(before), at, size)
	case at < size:
		return fmt.Errorf("%d bytes follow the last tensor %s: they belong to nothing", size-at, short(before))
	}
	return nil
}

// blank reports whether b is spaces only.
func blank(b []byte) bool { return len(bytes.TrimLeft(b, " ")) == 0 }
