package pref

import (
	"slices"
	"strings"
	"testing"

	"dpolab/core/token"
)

// tokenizer has one token for "ab" and else one for each byte.
func tokenizer(t *testing.T) *token.Tokenizer {
	t.Helper()
	tok, err := token.Train([]string{"ab ab ab"}, 258)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(tok.Encode("ab")); n != 1 {
		t.Fatalf("ab has %d tokens, want 1", n)
	}
	return tok
}

func TestTokenize(t *testing.T) {
	tok := tokenizer(t)
	// Encoded with its prompt, each answer would begin inside the token "ab".
	e, problem := Tokenize(tok, Pair{"a", "b", "bb"}, 4)
	if problem != nil {
		t.Fatal(problem)
	}
	b, end := tok.Encode("b")[0], tok.EndOfText()
	for _, tc := range []struct {
		name      string
		got, want []int32
	}{
		{"prompt", e.Prompt, tok.Encode("a")},
		{"chosen", e.Chosen, []int32{b, end}},
		{"rejected", e.Rejected, []int32{b, b, end}},
	} {
		if !slices.Equal(tc.got, tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, tc.got, tc.want)
		}
	}
}

// TestTokenizeEnd: an end-of-text written out in an answer is plain text.
func TestTokenizeEnd(t *testing.T) {
	tok := tokenizer(t)
	e, problem := Tokenize(tok, Pair{"a", "b<|endoftext|>", "c"}, 64)
	if problem != nil {
		t.Fatal(problem)
	}
	if i := slices.Index(e.Chosen, tok.EndOfText()); i != len(e.Chosen)-1 {
		t.Errorf("first end-of-text at %d of %v, want it last", i, e.Chosen)
	}
}

func TestTokenizeProblem(t *testing.T) {
	tok := tokenizer(t)
	for _, tc := range []struct {
		name    string
		pair    Pair
		context int
		field   string
		reason  string
	}{
		{"fits", Pair{"a", "b", "c"}, 3, "", ""},
		{"chosen", Pair{"a", "bbbb", "c"}, 3, "chosen", "longer than the context by 3 tokens: 6 of 3"},
		{"rejected", Pair{"a", "b", "ccc"}, 4, "rejected", "longer than the context by 1 tokens: 5 of 4"},
		{"both", Pair{"a", "bb", "ccc"}, 2, "rejected", "longer than the context by 3 tokens: 5 of 2"},
		{"prompt", Pair{"aaaa", "b", "c"}, 3, "chosen", "longer than the context by 3 tokens: 6 of 3"},
		{"no prompt", Pair{"", "b", "c"}, 3, "prompt", "is empty"},
	} {
		_, problem := Tokenize(tok, tc.pair, tc.context)
		switch {
		case tc.field == "" && problem == nil:
		case problem == nil || problem.Field != tc.field || !strings.Contains(problem.Reason, tc.reason):
			t.Errorf("%s: problem %v, want field %q, reason with %q", tc.name, problem, tc.field, tc.reason)
		}
	}
}
