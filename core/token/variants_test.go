package token_test

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"dpolab/core/token"
	_ "dpolab/core/token/nfc"
)

// lossy replaces what is not UTF-8 by U+FFFD as Rust does: each longest start of
// a character once, any other byte once.
func lossy(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && n == 1 {
			for n < min(4, len(s)) && startsCharacter(s[:n+1]) {
				n++
			}
		}
		b.WriteRune(r)
		s = s[n:]
	}
	return b.String()
}

// startsCharacter says whether bytes can follow s so that all are one character.
func startsCharacter(s string) bool {
	for _, fill := range []string{"\x80\x80", "\x90\x80", "\xa0\x80", "\xbf\xbf"} {
		for n := range len(fill) + 1 {
			if _, size := utf8.DecodeRuneInString(s + fill[:n]); size == len(s)+n && size > 1 {
				return true
			}
		}
	}
	return false
}

// TestVariants holds encoding and decoding to the Hugging Face library, with
// tokenizers that it trained.
func TestVariants(t *testing.T) {
	data, err := os.ReadFile("testdata/variants.json")
	if err != nil {
		t.Fatal(err)
	}
	type sample struct {
		Text string
		IDs  []int32
	}
	var golden struct {
		Variants []struct {
			Name           string
			File           json.RawMessage
			Cases, Decoded []sample
		}
	}
	if err := json.Unmarshal(data, &golden); err != nil {
		t.Fatal(err)
	}
	cases := 0
	for _, v := range golden.Variants {
		t.Run(v.Name, func(t *testing.T) {
			tok, err := token.ReadJSON(v.File)
			if err != nil {
				t.Fatal(err)
			}
			again, err := token.ReadJSON(tok.JSON())
			if err != nil {
				t.Fatalf("cannot read what was written: %v", err)
			}
			if !bytes.Equal(again.JSON(), tok.JSON()) {
				t.Error("writing and reading changes the tokenizer")
			}
			for _, c := range v.Cases {
				if got := again.Encode(c.Text); !slices.Equal(got, c.IDs) {
					t.Errorf("Encode(%q) = %v, want %v", c.Text, got, c.IDs)
				}
				cases++
			}
			for _, c := range v.Decoded {
				if got := lossy(tok.Decode(c.IDs)); got != c.Text {
					t.Errorf("Decode(%v) = %q, want %q", c.IDs, got, c.Text)
				}
				cases++
			}
		})
	}
	if cases < 2000 {
		t.Errorf("variants.json has %d cases only", cases)
	}
}
