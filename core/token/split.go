package token

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Split patterns, as they stand in files. Go's regexp has no lookahead, so they
// are executed by hand: qwen2Pattern by nextWord, llama3Pattern by nextLlama3,
// gpt2Pattern (of ByteLevel with use_regex) by nextGPT2.
const (
	qwen2Pattern  = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	llama3Pattern = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	gpt2Pattern   = `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
)

// class is what the rule needs to know of one character.
type class uint8

const (
	other   class = iota // [^\s\p{L}\p{N}]: punctuation, marks, symbols, invalid bytes
	letter               // \p{L}
	number               // \p{N}
	space                // \s without \r and \n
	newline              // \r or \n
)

// classAt returns the class and the width in bytes of the first character of s,
// which must not be empty. A byte that is not part of valid UTF-8 is one
// character of class other, the class that its replacement U+FFFD would have.
//
// Letters and numbers are those of package unicode, Unicode 17 in Go 1.27. The
// engine of tokenizers 0.23.3 agrees on every character except the letters and
// numbers that Unicode 17 added, which it still takes for class other.
func classAt(s string) (class, int) {
	if c := s[0]; c < utf8.RuneSelf {
		return ascii[c], 1
	}
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case unicode.IsLetter(r):
		return letter, n
	case unicode.IsNumber(r):
		return number, n
	case unicode.IsSpace(r):
		return space, n
	}
	return other, n
}

// ascii holds the classes of the single-byte characters.
var ascii = func() (table [utf8.RuneSelf]class) {
	for c := range table {
		switch r := rune(c); {
		case r == '\r' || r == '\n':
			table[c] = newline
		case unicode.IsLetter(r):
			table[c] = letter
		case unicode.IsDigit(r):
			table[c] = number
		case unicode.IsSpace(r):
			table[c] = space
		}
	}
	return table
}()

// nextWord returns the length of the first pre-token of s, which must not be
// empty: the first alternative of qwen2Pattern that matches at the start of s.
// Every character belongs to some alternative, so nothing is ever left out.
func nextWord(s string) int { return nextOf(s, 1) }

// nextLlama3 is nextWord for llama3Pattern: up to three numbers stay together.
func nextLlama3(s string) int { return nextOf(s, 3) }

// nextOf is the rule of Qwen2 and Llama 3 with at most numbers characters \p{N}
// in one pre-token.
func nextOf(s string, numbers int) int {
	if n := contraction(s); n > 0 {
		return n
	}
	c, n := classAt(s)
	switch c {
	case letter: // [^\r\n\p{L}\p{N}]?\p{L}+ without the optional character
		return n + run(s[n:], letter)
	case number: // \p{N}{1,numbers}
		for i := 1; i < numbers && n < len(s); i++ {
			c, more := classAt(s[n:])
			if c != number {
				break
			}
			n += more
		}
		return n
	case newline:
		return blank(s)
	}
	if letters := run(s[n:], letter); letters > 0 { // the same with it
		return n + letters
	}
	start := 0
	if s[0] == ' ' {
		start = 1
	}
	if others := run(s[start:], other); others > 0 { //  ?[^\s\p{L}\p{N}]+[\r\n]*
		n = start + others
		return n + run(s[n:], newline)
	}
	return blank(s)
}

// contraction returns the length of a match of (?i:'s|'t|'re|'ve|'m|'ll|'d), or
// 0. Under (?i) the long s (U+017F) folds to s; no other character outside
// ASCII folds to one of these letters.
func contraction(s string) int {
	if len(s) < 2 || s[0] != '\'' {
		return 0
	}
	switch s[1] | 0x20 {
	case 's', 't', 'm', 'd':
		return 2
	case 'r', 'v':
		if len(s) > 2 && s[2]|0x20 == 'e' {
			return 3
		}
	case 'l':
		if len(s) > 2 && s[2]|0x20 == 'l' {
			return 3
		}
	}
	if strings.HasPrefix(s[1:], "ſ") {
		return 1 + len("ſ")
	}
	return 0
}

// blank matches the last three alternatives, \s*[\r\n]+|\s+(?!\S)|\s+, at the
// start of a run of whitespace: up to its last line break if it has one;
// otherwise the run, without its last character if text follows (that one is
// left for the next word) and if it is not the only one.
func blank(s string) int {
	end, breakEnd, last := 0, 0, 0 // last is where the last character starts
	for end < len(s) {
		c, n := classAt(s[end:])
		if c != space && c != newline {
			break
		}
		last = end
		end += n
		if c == newline {
			breakEnd = end
		}
	}
	switch {
	case breakEnd > 0:
		return breakEnd
	case end == len(s) || last == 0:
		return end
	}
	return last
}

// nextGPT2 returns the length of the first pre-token of s, which must not be
// empty, by gpt2Pattern: contractions in lower case only, and a space before
// letters, numbers or others, each of any length.
func nextGPT2(s string) int {
	for _, c := range [...]string{"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"} {
		if strings.HasPrefix(s, c) {
			return len(c)
		}
	}
	start := 0
	if s[0] == ' ' && len(s) > 1 {
		start = 1
	}
	if c, _ := classAt(s[start:]); c != space && c != newline {
		return start + run(s[start:], c)
	}
	return whitespace(s)
}

// whitespace matches \s+(?!\S)|\s+ at the start of a run of whitespace: the run,
// without its last character if text follows and if it is not the only one.
func whitespace(s string) int {
	end, last := 0, 0
	for end < len(s) {
		c, n := classAt(s[end:])
		if c != space && c != newline {
			break
		}
		last = end
		end += n
	}
	if end == len(s) || last == 0 {
		return end
	}
	return last
}

// run returns the length of the longest start of s with characters of class c.
func run(s string, c class) int {
	end := 0
	for end < len(s) {
		got, n := classAt(s[end:])
		if got != c {
			break
		}
		end += n
	}
	return end
}
