package token_test

import (
	"fmt"

	"dpolab/core/token"
)

func Example() {
	texts := []string{"the film was good", "the film was bad", "the film was very good"}
	tok, err := token.Train(texts, 270)
	if err != nil {
		fmt.Println(err)
		return
	}
	ids := tok.Encode("the good film<|endoftext|>")
	for i, id := range ids {
		if i > 0 {
			fmt.Print(" ")
		}
		fmt.Printf("%q", tok.AppendDecode(nil, id))
	}
	fmt.Printf("\n%q\n", tok.Decode(append(ids, tok.EndOfText())))

	again, err := token.ReadJSON(tok.JSON())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(again.VocabSize(), again.Decode(ids) == tok.Decode(ids))
	// Output:
	// "the" " good" " film" "<" "|" "e" "n" "d" "o" "f" "t" "e" "x" "t" "|" ">"
	// "the good film<|endoftext|>"
	// 270 true
}

func ExampleVocabError() {
	_, err := token.Train([]string{"ha ha ha"}, 1000)
	fmt.Println(err)
	// Output:
	// token: Train: the text fills a vocabulary of 259 tokens, not of 1000: ask for at most 259 or give more text
}
