package token

import (
	"slices"
	"strings"
	"testing"
)

// TestAdded reads tokens of each kind behind the vocabulary of change, whose
// last id is 258, and looks at what text becomes.
func TestAdded(t *testing.T) {
	end := `"special":true}]`
	token := func(id, content, lstrip, rstrip, special string) string {
		return `,{"id":` + id + `,"content":"` + content + `","single_word":false,"lstrip":` + lstrip + `,"rstrip":` + rstrip + `,"normalized":false,"special":` + special + `}`
	}
	tok, err := ReadJSON(change(t, end, `"special":true}`+token("259", "[L]", "true", "false", "false")+token("260", "[R]", "false", "true", "false")+
		token("261", "  ", "false", "false", "false")+token("262", "<|im_start|>", "false", "false", "true")+token("263", "[L]x", "false", "false", "false")+`]`))
	if err != nil {
		t.Fatal(err)
	}
	b := func(c byte) int32 { return tok.byteID[c] }
	for text, want := range map[string][]int32{
		"a \t[L] b":    {b('a'), 259, b(' '), b('b')},
		"a [R] \nb":    {b('a'), b(' '), 260, b('b')},
		"a   b":        {b('a'), 261, b(' '), b('b')},
		"[L]xa[L]":     {263, b('a'), 259},
		"[R]  [R]a":    {260, 261, 260, b('a')}, // whitespace taken twice, as in the library
		"":             {},
		"abc[L]":       {258, 259},
		"\xff [L]\xff": {b(0xff), 259, b(0xff)},
	} {
		if got := tok.Encode(text); !slices.Equal(got, want) {
			t.Errorf("Encode(%q) = %v, want %v", text, got, want)
		}
	}
	if got := tok.Decode(tok.Encode("x<|im_start|>y[R]")); got != "x<|im_start|>y[R]" {
		t.Errorf("a special token in text and one that is not are decoded as %q", got)
	}
	if id, ok := tok.Special("<|im_start|>"); id != 262 || !ok {
		t.Errorf("Special gives %d, %t, want 262, true", id, ok)
	}
	if _, ok := tok.Special("[L]"); ok {
		t.Error("Special finds a token that is not special")
	}
	again, err := ReadJSON(tok.JSON())
	if err != nil {
		t.Fatal(err)
	}
	if string(again.JSON()) != string(tok.JSON()) {
		t.Error("writing and reading changes the tokenizer")
	}
}

// TestPostProcessor keeps what Llama 3 has, since Encode has no use for it.
func TestPostProcessor(t *testing.T) {
	post := `{"type":"Sequence","processors":[` + byteLevel + `,{"type":"TemplateProcessing","single":[],"pair":[],"special_tokens":{}}]}`
	tok, err := ReadJSON(change(t, `"post_processor":`+byteLevel, `"post_processor":`+post))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(tok.JSON()), `"post_processor":`+post+`,`) {
		t.Errorf("written as %s", tok.JSON())
	}
}
