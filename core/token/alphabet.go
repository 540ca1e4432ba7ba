package token

import (
	"fmt"
	"unicode/utf8"
)

// The byte alphabet of GPT-2 writes every byte as one printable character, so
// that tokens can be JSON strings: ! … ~, ¡ … ¬ and ® … ÿ stand for themselves,
// the other 68 bytes become U+0100, U+0101, … in byte order.

// byteRune is the character of each byte.
var byteRune = func() (table [256]rune) {
	extra := rune(0x100)
	for b := range table {
		r := rune(b)
		if '!' <= r && r <= '~' || '¡' <= r && r <= '¬' || '®' <= r && r <= 'ÿ' {
			table[b] = r
			continue
		}
		table[b] = extra
		extra++
	}
	return table
}()

// runeByte is the byte of each character of the alphabet, -1 for others.
var runeByte = func() (table [0x144]int16) {
	for i := range table {
		table[i] = -1
	}
	for b, r := range byteRune {
		table[r] = int16(b)
	}
	return table
}()

// toAlphabet writes raw bytes in the byte alphabet.
func toAlphabet(raw string) string {
	out := make([]byte, 0, 2*len(raw))
	for i := range len(raw) {
		out = utf8.AppendRune(out, byteRune[raw[i]])
	}
	return string(out)
}

// fromAlphabet returns the raw bytes that s stands for.
func fromAlphabet(s string) (string, error) {
	if s == "" {
		return "", fmt.Errorf("token is empty, want at least one character of the byte alphabet")
	}
	out := make([]byte, 0, len(s))
	for _, r := range s {
		if int(r) >= len(runeByte) || runeByte[r] < 0 {
			return "", fmt.Errorf("token %q has the character %q, which is not in the byte alphabet: only byte-level BPE can be read", s, r)
		}
		out = append(out, byte(runeByte[r]))
	}
	return string(out), nil
}
