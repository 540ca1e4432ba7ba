package preset

// set is what an estimate of time must know of a file of training pairs.
type set struct {
	world, file string
	pairs       int
	tokens      float64 // mean of a pair: its prompt once, both answers
	heldout     int     // pairs of the world's held-out file
	parameters  int     // of the world's base model
}

// sets are the files of training pairs in assets/models. A test compares them with
// the files and says what a new one's row is; a preset is shown once its set is here.
var sets = []set{
	{"sentiment", Pairs, 3200, 73, 600, 1049728},
	{"sentiment", Near, 480, 74, 600, 1049728},
	{"summary", Pairs, 3200, 96, 600, 1049728},
	{"dialogue", Pairs, 3200, 78, 600, 1049728},
	{"dialogue", Longer, 960, 78, 600, 1049728},
	{"two-words", Pairs, 1920, 12, 600, 131392},
}

// Tokens estimates the work of a preset's run, in tokens trained: a forward pass
// alone, as of the reference and of held-out pairs, counts a third.
func (p Preset) Tokens() float64 {
	s, _ := p.set()
	c := p.Config()
	steps := c.Epochs * ((s.pairs + c.BatchSize - 1) / c.BatchSize)
	scored := 2*s.heldout + s.pairs // at the end, by policy and reference; the reference's pass over the pairs
	if c.EvalEvery > 0 {
		scored += (steps/c.EvalEvery + 1) * min(c.EvalPairs, s.heldout)
	}
	return s.tokens * (float64(c.Epochs*s.pairs) + float64(scored)/3)
}

// Seconds estimates how long the preset's run takes on a machine that trains a model
// of so many parameters at so many tokens a second. It takes the time to grow with
// the parameters; 0 where the speed is not known.
func (p Preset) Seconds(tokensPerSecond float64, parameters int) float64 {
	if !(tokensPerSecond > 0) || parameters <= 0 {
		return 0
	}
	s, _ := p.set()
	return p.Tokens() / tokensPerSecond * float64(s.parameters) / float64(parameters)
}
