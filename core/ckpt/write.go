package ckpt

import (
	"cmp"
	"encoding/binary"
	"encoding/json/jsontext"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Write writes f as the reference writer does, byte for byte: tensors by falling
// type (F32, BF16, F16) and rising name, the header without white space and
// padded with spaces to a multiple of 8. Metadata is sorted by key, where the
// reference leaves the order to chance, and always says "format":"pt", without
// which transformers does not load a file. The order of f.Tensors and the
// metadata's format are not kept.
func Write(w io.Writer, f *File) error {
	if err := writable(f.Tensors, f.Metadata); err != nil {
		return fmt.Errorf("safetensors: %w", err)
	}
	tensors := slices.SortedStableFunc(slices.Values(f.Tensors), writeOrder)
	header := appendHeader(make([]byte, 8), tensors, f.Metadata)
	for len(header)%8 != 0 {
		header = append(header, ' ')
	}
	if n := len(header) - 8; n > maxHeader {
		return fmt.Errorf("safetensors: the header would have %d bytes, the limit is %d", n, maxHeader)
	}
	binary.LittleEndian.PutUint64(header, uint64(len(header)-8))
	if _, err := w.Write(header); err != nil {
		return fmt.Errorf("safetensors: writing the header: %w", err)
	}
	for _, t := range tensors {
		if _, err := w.Write(t.Data); err != nil {
			return fmt.Errorf("safetensors: writing tensor %s: %w", short(t.Name), err)
		}
	}
	return nil
}

// writeOrder compares by falling type, then by name.
func writeOrder(a, b Tensor) int {
	rank := [...]int{F32: 0, BF16: 1, F16: 2}
	return cmp.Or(cmp.Compare(rank[a.DType], rank[b.DType]), cmp.Compare(a.Name, b.Name))
}

// writable refuses what Read would refuse.
func writable(tensors []Tensor, metadata map[string]string) error {
	if len(tensors) == 0 {
		return fmt.Errorf("no tensors to write")
	}
	names := make(map[string]bool, len(tensors))
	for _, t := range tensors {
		switch n, err := bytesOf(t.DType, t.Shape); {
		case !t.DType.valid():
			return fmt.Errorf("tensor %s: %v is not a type of this package", short(t.Name), t.DType)
		case t.Name == metadataKey || !utf8.ValidString(t.Name):
			return fmt.Errorf("a tensor cannot be named %s", short(t.Name))
		case names[t.Name]:
			return fmt.Errorf("two tensors are named %s", short(t.Name))
		case err != nil:
			return fmt.Errorf("tensor %s: %w", short(t.Name), err)
		case n != int64(len(t.Data)):
			return fmt.Errorf("tensor %s: %d bytes of data, %v of shape %s has %d", short(t.Name), len(t.Data), t.DType, shortShape(t.Shape), n)
		}
		names[t.Name] = true
	}
	for _, key := range slices.Sorted(maps.Keys(metadata)) {
		if !utf8.ValidString(key) || !utf8.ValidString(metadata[key]) {
			return fmt.Errorf("%s: %s is not UTF-8", metadataKey, short(key))
		}
	}
	return nil
}

// appendHeader appends the JSON for tensors in this order.
func appendHeader(dst []byte, tensors []Tensor, metadata map[string]string) []byte {
	all := maps.Clone(metadata)
	if all == nil {
		all = make(map[string]string)
	}
	all["format"] = "pt"
	dst = append(dst, `{"`+metadataKey+`":{`...)
	for i, key := range slices.Sorted(maps.Keys(all)) {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, key), ':')
		dst = appendString(dst, all[key])
	}
	dst = append(dst, '}')
	at := 0
	for _, t := range tensors {
		dst = append(appendString(append(dst, ','), t.Name), `:{"dtype":"`+t.DType.String()+`","shape":`...)
		dst = append(appendInts(dst, t.Shape), `,"data_offsets":`...)
		dst = append(appendInts(dst, []int{at, at + len(t.Data)}), '}')
		at += len(t.Data)
	}
	return append(dst, '}')
}

// appendString appends s, which is UTF-8, as a JSON string.
func appendString(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s) // fails only for what is not UTF-8
	return dst
}

func appendInts(dst []byte, v []int) []byte {
	dst = append(dst, '[')
	for i, n := range v {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendInt(dst, int64(n), 10)
	}
	return append(dst, ']')
}
