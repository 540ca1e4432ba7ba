package token

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// words cuts s into its pre-tokens.
func words(s string) []string {
	var out []string
	for s != "" {
		n := nextWord(s)
		out = append(out, s[:n])
		s = s[n:]
	}
	return out
}

func TestNextWord(t *testing.T) {
	for _, c := range []struct {
		rule string
		text string
		want []string
	}{
		{"contraction", "it's we'LL 'retry", []string{"it", "'s", " we", "'LL", " '", "retry"}},
		{"contraction at the start of a word", "'tis", []string{"'t", "is"}},
		{"long s folds to s", "x'ſy", []string{"x", "'ſ", "y"}},
		{"no contraction", "'r 'v'l", []string{"'r", " '", "v", "'l"}},
		{"letters with one character before", "a_b (c)\td", []string{"a", "_b", " (", "c", ")", "\td"}},
		{"a line break never begins a word", "\na", []string{"\n", "a"}},
		{"numbers one by one", "a12½", []string{"a", "1", "2", "½"}},
		{"a number takes no space", " 1", []string{" ", "1"}},
		{"symbols with a space and line breaks", "a !?\r\n\nb", []string{"a", " !?\r\n\n", "b"}},
		{"only U+0020 joins symbols", "\u00a0!", []string{"\u00a0", "!"}},
		{"up to the last line break", " \n \n  a", []string{" \n \n", " ", " a"}},
		{"spaces but the last", "   a", []string{"  ", " a"}},
		{"all spaces at the end", "a   ", []string{"a", "   "}},
		{"marks are no letters", "e\u0301a", []string{"e", "\u0301a"}},
		{"each invalid byte is a symbol", "a\xff\xfe \xe4\xbdb", []string{"a", "\xff\xfe", " \xe4\xbd", "b"}},
		{"an invalid byte before letters", "\xffa", []string{"\xffa"}},
	} {
		if got := words(c.text); !slices.Equal(got, c.want) {
			t.Errorf("%s: words of %q are %q, want %q", c.rule, c.text, got, c.want)
		}
	}
}

// goPattern is qwen2Pattern without its lookahead alternative and with the
// Unicode meaning of \s written out, since Go's is ASCII only.
var goPattern = func() *regexp.Regexp {
	const space = `\t\n\v\f\r \x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}`
	before, after, ok := strings.Cut(qwen2Pattern, `|\s+(?!\S)`)
	if !ok {
		panic("no lookahead in the pattern")
	}
	p := strings.ReplaceAll(before+after, `[^\s`, `[^`+space)
	return regexp.MustCompile(`^(?:` + strings.ReplaceAll(p, `\s`, `[`+space+`]`) + `)`)
}()

// slowNextWord runs the pattern in Go's regexp. Where only \s+ is left, the
// lookahead alternative before it matches one character less if text follows.
func slowNextWord(s string) int {
	got := goPattern.FindString(s)
	trimmed := strings.TrimSpace(got)
	if trimmed != "" || strings.ContainsAny(got, "\r\n") || len(got) == len(s) {
		return len(got)
	}
	runes := []rune(got)
	if len(runes) > 1 {
		return len(string(runes[:len(runes)-1]))
	}
	return len(got)
}

func FuzzNextWord(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for s != "" {
			got, want := nextWord(s), slowNextWord(s)
			if got != want {
				t.Fatalf("first word of %q has %d bytes, want %d", s, got, want)
			}
			s = s[got:]
		}
	})
}
