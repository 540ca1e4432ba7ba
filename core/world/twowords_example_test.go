package world_test

import (
	"fmt"

	"dpolab/core/world"
)

func ExampleTwoWords() {
	w := world.TwoWords()
	prompt := w.Prompts()[3]
	answers, p := w.Answers(prompt), w.Probabilities(prompt)
	fmt.Println(prompt)
	for _, i := range []int{0, 56, 899, 904} {
		fmt.Printf("%.5f %.4f%s\n", p[i], w.Judge(prompt, answers[i]).Reward, answers[i])
	}
	// Output:
	// Name a cosy bakery near the farm:
	// 0.00464 0.6625 Warm Wave
	// 0.00438 1.0000 Snug Sheep
	// 0.00117 0.4500 Bare Lark
	// 0.00031 0.3375 Bare Moor
}
