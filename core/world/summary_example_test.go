package world_test

import (
	"fmt"
	"math/rand/v2"

	"dpolab/core/world"
)

func ExampleSummary() {
	w, r := world.Summary(), rand.New(rand.NewPCG(1, 2))
	prompt := w.Prompt(r)
	fmt.Printf("%s|%s\n", prompt, w.Answer(r, prompt))
	post := "I bought a kettle from a stranger for ten pounds last week. The colour was a lovely olive. Sadly, it leaked. In the end I sent it back. TL;DR:"
	for _, answer := range []string{
		" Bought a kettle from a stranger for ten pounds, but it leaked, and I sent it back.",
		" Bought a kettle from a website for ten pounds, but it leaked, and I sent it back.",
		" Bought a kettle. It was quite a purchase, and there is little more to say.",
		" Kettle stranger ten pounds.",
	} {
		j := w.Judge(post, answer)
		fmt.Printf("%.2f %v\n", j.Reward, j.Parses)
	}
	// Output:
	// I was at the zoo on Friday. I had talked my brother into it. But I got a parking fine. Finally, I got a free ticket. What would you have done? TL;DR:| Went to the zoo with my brother on Friday. It was quite a day, and there is little more to say.
	// 1.00 true
	// 0.60 true
	// 0.06 true
	// 0.00 false
}
