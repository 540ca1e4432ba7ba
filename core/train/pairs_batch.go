package train

import (
	"math/rand/v2"
	"strings"

	"dpolab/core/model"
	"dpolab/core/pref"
)

// Random streams of a PairMaker. What decides the labels is apart from what decides
// the answers, so that other settings label the same answers.
const (
	streamTrain = iota << 32
	streamHeldout
	streamLabels
	streamFlips
	streamSplit
)

// pairBatch is the pairs of some prompts in the making.
type pairBatch struct {
	heldout bool
	labels  *rand.Rand
	asked   []asked
	gen     *model.Generator
	trace   [][]float64 // log-probability of each first answer, after each token; LabelNear
	next    int         // prompt whose answers are labelled next
	pairs   []pref.Pair
}

// asked is one prompt and the answers to it.
type asked struct {
	prompt   string
	ids      []int32
	stem     []int32 // what all answers begin with: LabelNear
	stemLogP float64
	answers  []answered
}

// answered is one answer.
type answered struct {
	text   string
	logp   float64 // under the model that sampled it, nats
	reward float64
	cut    bool // it ended for want of room
}

// begin starts the answers to n prompts.
func (p *PairMaker) begin(n int, heldout bool) error {
	if err := p.Validate(); err != nil {
		return err
	}
	kind, stream := 0, uint64(streamTrain)
	if heldout {
		kind, stream = 1, streamHeldout
	}
	number := p.batches[kind]
	p.batches[kind]++
	r := rand.New(rand.NewPCG(p.Seed, stream+number))
	b := &pairBatch{heldout: heldout, labels: rand.New(rand.NewPCG(p.Seed^stream, streamLabels+number))}
	for range n {
		text, ids, err := p.prompts.draw(p, r, heldout)
		if err != nil {
			return err
		}
		b.asked = append(b.asked, asked{prompt: text, ids: ids})
	}
	first := p.Answers
	if p.Label == LabelNear {
		first, b.trace = 1, make([][]float64, n)
	}
	gen, err := p.Model.NewGenerator(b.repeated(first), p.Sampling, r.Uint64())
	if err != nil {
		return err
	}
	b.gen, p.batch = gen, b
	return nil
}

// repeated is each prompt with its stem, k times.
func (b *pairBatch) repeated(k int) (out [][]int32) {
	for _, a := range b.asked {
		ids := append(append([]int32{}, a.ids...), a.stem...)
		for range k {
			out = append(out, ids)
		}
	}
	return out
}

// step does a little of the batch and reports whether there is more.
func (b *pairBatch) step(p *PairMaker) bool {
	switch {
	case b.gen != nil:
		more := b.gen.Next()
		b.follow()
		if !more {
			b.collect(p)
		}
		return true
	case b.next < len(b.asked):
		a := &b.asked[b.next]
		b.next++
		for i := range a.answers {
			a.answers[i].reward = p.Task.Judge(a.prompt, a.answers[i].text).Reward
		}
		pairs := p.prefer(b.labels, a, b.heldout)
		p.Prompts++
		if p.vain++; len(pairs) > 0 {
			p.vain = 0
		}
		b.pairs = append(b.pairs, pairs...)
	}
	return b.next < len(b.asked)
}

// follow notes the log-probability of the answers as they grow.
func (b *pairBatch) follow() {
	for i := range b.trace {
		if a := b.gen.Answers[i]; len(a.Tokens) > len(b.trace[i]) {
			b.trace[i] = append(b.trace[i], a.LogP)
		}
	}
}

// collect takes the finished answers from the generator, and where they are but the
// first of answers that are to be near to each other, starts the others.
func (b *pairBatch) collect(p *PairMaker) {
	k := len(b.gen.Answers) / len(b.asked)
	for i := range b.asked {
		a := &b.asked[i]
		for _, g := range b.gen.Answers[i*k : (i+1)*k] {
			tokens := append(append([]int32{}, a.stem...), g.Tokens...)
			a.answers = append(a.answers, answered{text: p.Tok.Decode(tokens), logp: a.stemLogP + g.LogP, cut: g.Ended != model.EndOfText})
		}
	}
	firsts := b.gen.Answers
	b.gen = nil
	if b.trace != nil {
		b.branch(p, firsts)
	}
}

// branch starts the answers that go another way than the first one only in its last
// tokens.
func (b *pairBatch) branch(p *PairMaker, firsts []model.Generated) {
	for i := range b.asked {
		a, tokens := &b.asked[i], firsts[i].Tokens
		if n := len(tokens) - 1 - b.labels.IntN(nearTokens); n > 0 {
			a.stem, a.stemLogP = tokens[:n], b.trace[i][n-1]
		}
	}
	b.trace = nil
	s := p.Sampling
	s.MaxTokens = min(s.MaxTokens, 2*nearTokens)
	gen, err := p.Model.NewGenerator(b.repeated(p.Answers-1), s, b.labels.Uint64())
	if err == nil { // otherwise no room is left in the context: the first answers stay alone
		b.gen = gen
	}
}

// nearTokens is how many of the last tokens may differ, but for the end of text;
// nearWords how many words of two near answers do.
const (
	nearTokens = 8
	nearWords  = 3
)

// wordDistance is the least number of words to insert, delete or replace that makes
// b of a (Levenshtein 1966).
func wordDistance(a, b string) int {
	x, y := strings.Fields(a), strings.Fields(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, w := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j, v := range y {
			cost := diagonal
			if w != v {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(y)]
}
