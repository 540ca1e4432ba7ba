package model

import "dpolab/core/nn"

// Batch is packed tokens: sequences one after the other, nothing padded. Its
// predictions are (row, target) pairs; an answer's predictions are consecutive.
// The zero Batch is empty; Reset empties one and keeps its memory.
type Batch struct {
	Tokens  []int32 // (N)
	Layout  nn.Layout
	Rows    []int32  // (P) rows that predict
	Targets []int32  // (P) what they should predict
	Answers []Answer // in the order they were added
}

// Answer is the place of one answer among the predictions.
type Answer struct{ First, Len int }

// Reset empties the batch.
func (b *Batch) Reset() {
	b.Tokens, b.Rows, b.Targets, b.Answers = b.Tokens[:0], b.Rows[:0], b.Targets[:0], b.Answers[:0]
	b.Layout.Pos, b.Layout.Blocks = b.Layout.Pos[:0], b.Layout.Blocks[:0]
}

// Add packs a prompt with its answers: the prompt once, then each answer seeing
// the prompt and itself. Every token of an answer is predicted; the prompt's last
// row predicts the first token of each. The last token of an answer predicts
// nothing and is not packed. The prompt must not be empty.
func (b *Batch) Add(prompt []int32, answers ...[]int32) {
	start := b.block(prompt, 0, 0)
	for _, a := range answers {
		b.Answers = append(b.Answers, Answer{First: len(b.Rows), Len: len(a)})
		own := b.block(a[:max(0, len(a)-1)], start, len(prompt))
		for i, target := range a {
			row := own + i - 1
			if i == 0 {
				row = start + len(prompt) - 1
			}
			b.predict(row, target)
		}
	}
}

// AddText packs a sequence in which every token but the first is predicted.
func (b *Batch) AddText(tokens []int32) {
	b.Answers = append(b.Answers, Answer{First: len(b.Rows), Len: len(tokens) - 1})
	start := b.block(tokens[:len(tokens)-1], 0, 0)
	for i, target := range tokens[1:] {
		b.predict(start+i, target)
	}
}

func (b *Batch) predict(row int, target int32) {
	b.Rows = append(b.Rows, int32(row))
	b.Targets = append(b.Targets, target)
}

// block packs tokens that follow a prefix and returns their first row.
func (b *Batch) block(tokens []int32, prefix, prefixLen int) int {
	start := len(b.Tokens)
	b.Tokens = append(b.Tokens, tokens...)
	for i := range tokens {
		b.Layout.Pos = append(b.Layout.Pos, int32(prefixLen+i))
	}
	if len(tokens) > 0 {
		b.Layout.Blocks = append(b.Layout.Blocks, nn.Block{Prefix: prefix, PrefixLen: prefixLen, Start: start, Len: len(tokens)})
	}
	return start
}
