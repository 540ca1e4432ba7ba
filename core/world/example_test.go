package world_test

import (
	"fmt"
	"math/rand/v2"

	"dpolab/core/world"
)

func ExampleSentiment() {
	w, r := world.Sentiment(), rand.New(rand.NewPCG(1, 2))
	prompt := w.Prompt(r)
	fmt.Printf("%s|%s\n", prompt, w.Answer(r, prompt))
	for _, answer := range []string{
		" There is not a dull moment. Nobody in the cast is wooden.",
		" There is not a lively moment. Although the music is lovely, the plot drifts away.",
		" Lovely lovely charming superb.",
	} {
		j := w.Judge("My review:", answer)
		fmt.Printf("%.3f %v\n", j.Reward, j.Parses)
	}
	// Output:
	// The Last Whistling Feather: a dance film in a snowbound castle. In my opinion,| I could not stand the tap dancer; the special effects are visible. At least in my view, the young director has bad habits.
	// 1.000 true
	// 0.125 true
	// 0.250 false
}
