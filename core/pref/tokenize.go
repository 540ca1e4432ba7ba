package pref

import (
	"fmt"

	"dpolab/core/token"
)

// Example is a Pair in tokens. Chosen and Rejected end with exactly one
// end-of-text, which is trained like any other token of the answer. The
// sequences of a pair are Prompt+Chosen and Prompt+Rejected.
type Example struct{ Prompt, Chosen, Rejected []int32 }

// Tokenize encodes a pair for a model of that context, in tokens. Prompt and
// answers are encoded apart, so that no token crosses the boundary and prompts of
// both sequences are the same tokens.
//
// The problem, without a line, is that a sequence is longer than the context
// (its field is the answer, of two the longer one), or that the prompt has no
// token to predict an answer from. Nothing is ever cut off.
func Tokenize(tok *token.Tokenizer, p Pair, context int) (Example, *Problem) {
	answer := func(text string) []int32 { return append(tok.Encode(text), tok.EndOfText()) }
	e := Example{Prompt: tok.Encode(p.Prompt), Chosen: answer(p.Chosen), Rejected: answer(p.Rejected)}
	if len(e.Prompt) == 0 {
		return Example{}, &Problem{Field: "prompt", Reason: "is empty"}
	}
	field, n := "chosen", len(e.Chosen)
	if len(e.Rejected) > n {
		field, n = "rejected", len(e.Rejected)
	}
	if over := len(e.Prompt) + n - context; over > 0 {
		return Example{}, &Problem{Field: field, Reason: fmt.Sprintf(
			"prompt and answer are longer than the context by %d tokens: %d of %d", over, len(e.Prompt)+n, context)}
	}
	return e, nil
}
