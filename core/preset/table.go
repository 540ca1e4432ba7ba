package preset

// table holds every preset, also those whose files are not made yet.
var table = []Preset{
	{Name: "sentiment", World: "sentiment", Pairs: Pairs, Title: "Film reviews",
		Line:     "Blame turns into praise: the true reward doubles while KL stays below three nats.",
		Settings: [][2]string{{"beta", "1"}, {"eval-every", "20"}}},
	{Name: "summary", World: "summary", Pairs: Pairs, Title: "Summaries",
		Line:     "Summaries come to keep the post's facts and to invent none: true reward passes the best of four answers of the base model.",
		Settings: [][2]string{{"beta", "0.5"}, {"eval-every", "20"}}},
	{Name: "dialogue", World: "dialogue", Pairs: Pairs, Title: "Dialogue",
		Line:     "Evasions, rudeness and filler give way to polite answers to the question that was asked.",
		Settings: [][2]string{{"beta", "1"}, {"learning-rate", "0.0003"}, {"eval-every", "20"}}},
	{Name: "two-words", World: "two-words", Pairs: Pairs, Title: "Two words",
		Line: "So small that everything is exact: watch the policy walk towards the optimum of equation 4, along the frontier or inside it."},

	{Name: "displacement", World: "sentiment", Pairs: Near, Title: "Likelihood displacement",
		Line:     "Chosen and rejected differ in few words: the margin grows while both log-probabilities fall, the chosen one's too.",
		Settings: [][2]string{{"epochs", "3"}, {"learning-rate", "0.0005"}}},
	{Name: "length-bias", World: "dialogue", Pairs: Longer, Title: "Length bias",
		Line: "Of two equally good answers the longer one was chosen: answers grow longer, and no better."},
	{Name: "over-optimisation", World: "sentiment", Pairs: Pairs, Title: "Over-optimisation",
		Line:     "A small β and many epochs: the true reward rises, then falls, while KL only grows.",
		Settings: [][2]string{{"beta", "0.01"}, {"epochs", "10"}, {"learning-rate", "0.001"}}},
	{Name: "noise", World: "sentiment", Pairs: Pairs, Flip: 0.2, Title: "Label noise",
		Line:     "Every fifth label is turned round: the plain loss learns the noise; label smoothing 0.2, conservative or robust, does not.",
		Settings: [][2]string{{"epochs", "4"}}},
	{Name: "deterministic", World: "two-words", Pairs: Pairs, Title: "Deterministic preferences",
		Line:     "The same answer always wins: the margin of DPO runs away, that of ipo_sum stops at 1/(2β).",
		Settings: [][2]string{{"epochs", "20"}, {"schedule", "constant"}}},
	{Name: "no-flip", World: "sentiment", Pairs: Pairs, Title: "Rankings that do not flip",
		Line:     "A learning rate too small: the loss falls, and hardly a pair that was ranked wrongly is ranked rightly.",
		Settings: [][2]string{{"learning-rate", "0.000005"}}},
}
