package token

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// cut applies one rule again and again.
func cut(s string, next func(string) int) []string {
	var out []string
	for s != "" {
		n := next(s)
		out = append(out, s[:n])
		s = s[n:]
	}
	return out
}

func TestRules(t *testing.T) {
	for _, c := range []struct {
		name string
		next func(string) int
		text string
		want []string
	}{
		{"gpt-2: contractions are lower case", nextGPT2, "it's IT'S 'ſ", []string{"it", "'s", " IT", "'", "S", " '", "ſ"}},
		{"gpt-2: numbers stay together, with a space", nextGPT2, "a 12½b", []string{"a", " 12½", "b"}},
		{"gpt-2: symbols take no line break", nextGPT2, "a !?\n\nb", []string{"a", " !?", "\n", "\n", "b"}},
		{"gpt-2: the last whitespace before text", nextGPT2, "a \n  b  ", []string{"a", " \n ", " b", "  "}},
		{"gpt-2: only U+0020 joins", nextGPT2, "\u00a0a\tb", []string{"\u00a0", "a", "\t", "b"}},
		{"gpt-2: invalid bytes are symbols", nextGPT2, "a \xff\xfeb", []string{"a", " \xff\xfe", "b"}},
		{"llama 3: three numbers at most", nextLlama3, "1234567 12½3", []string{"123", "456", "7", " ", "12½", "3"}},
		{"llama 3: otherwise as qwen2", nextLlama3, "IT'S (a)\n", []string{"IT", "'S", " (", "a", ")\n"}},
		{"digit", nextDigit, "ab 12½c\xff", []string{"ab ", "1", "2", "½", "c\xff"}},
		{"digits", nextDigits, "ab 12½c\xff٣", []string{"ab ", "12½", "c\xff", "٣"}},
	} {
		if got := cut(c.text, c.next); !slices.Equal(got, c.want) {
			t.Errorf("%s: pieces of %q are %q, want %q", c.name, c.text, got, c.want)
		}
	}
}

// TestStages reads pre-tokenizers, encodes with bytes alone, and writes them.
func TestStages(t *testing.T) {
	file := change(t, `"1.0"`, `"1.0"`)
	for _, c := range []struct{ pre, text, decoded string }{
		{`{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":false,"use_regex":true}`, "ab c", " ab c"},
		{`{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":false,"use_regex":true}`, " ab", " ab"},
		{`{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":false,"use_regex":true}`, "", ""},
		{`{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":false,"use_regex":true}`, "ab c", "ab c"},
		{`{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":false,"use_regex":true}]}`, "a12 b", " a 1 2 b"},
		{`{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":false},{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":false,"use_regex":false}]}`, "a12b", " a 12 b"},
	} {
		tok, err := ReadJSON(bytes.Replace(file, []byte(stagesJSON(qwen2Stages())), []byte(c.pre), 1))
		if err != nil {
			t.Errorf("%s: %v", c.pre, err)
			continue
		}
		if got := tok.Decode(tok.Encode(c.text)); got != c.decoded {
			t.Errorf("%s: %q is encoded as %q, want %q", c.pre, c.text, got, c.decoded)
		}
		if got := string(tok.JSON()); !strings.Contains(got, `"pre_tokenizer":`+c.pre+`,`) {
			t.Errorf("%s is written as %s", c.pre, got)
		}
	}
}

// TestIgnoreMerges has a token that merges do not lead to.
func TestIgnoreMerges(t *testing.T) {
	for flag, want := range map[string]int{"false": 3, "true": 1} {
		file := bytes.Replace(change(t, `"abc":258`, `"abc":258,"cba":259`), []byte(`"ignore_merges":false`), []byte(`"ignore_merges":`+flag), 1)
		tok, err := ReadJSON(file)
		if err != nil {
			t.Fatal(err)
		}
		if ids := tok.Encode("cba"); len(ids) != want {
			t.Errorf("with ignore_merges %s the word cba has ids %v, want %d of them", flag, ids, want)
		}
	}
}
