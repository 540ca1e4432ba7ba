package model

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"dpolab/core/nn"
)

func tiny(t *testing.T) *Model {
	t.Helper()
	m, err := New(Config{Vocab: 37, Hidden: 24, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 6, FFN: 40, Context: 48,
		RopeTheta: 10000, NormEps: 1e-5, TieEmbeddings: true})
	if err != nil {
		t.Fatal(err)
	}
	m.Init(1)
	for i := range m.Weights { // larger than at the start of a training, so that every term counts
		m.Weights[i] *= 4
	}
	return m
}

func tokens(r *rand.Rand, n, vocab int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(r.IntN(vocab))
	}
	return out
}

// logProbs returns log π of every prediction of b.
func logProbs(m *Model, b *Batch) []float32 {
	var t nn.Tape
	t.Bind(m.Weights, nil)
	return slices.Clone(t.Data(m.LogProbs(&t, b)))
}

func TestTableCoversTheWeightsOnce(t *testing.T) {
	for _, tied := range []bool{true, false} {
		c := tiny(t).Config
		c.TieEmbeddings = tied
		off := 0
		for _, p := range c.Tensors() {
			n := 1
			for _, d := range p.Shape {
				n *= d
			}
			if p.Off != off || p.Len != n {
				t.Errorf("%s: offset %d and length %d, want %d and %d", p.Name, p.Off, p.Len, off, n)
			}
			off += n
		}
		if off != c.Parameters() {
			t.Errorf("tied %v: the table has %d numbers, Parameters says %d", tied, off, c.Parameters())
		}
	}
}

// Re-cutting and reordering batches changes no bit of any prediction, and neither
// does sharing the prompt.
func TestBitsDoNotDependOnTheBatch(t *testing.T) {
	m, r := tiny(t), rand.New(rand.NewPCG(1, 1))
	type pair struct{ prompt, a, b []int32 }
	pairs := make([]pair, 7)
	want := map[int][]float32{}
	var alone Batch
	for i := range pairs {
		pairs[i] = pair{tokens(r, 1+r.IntN(9), m.Vocab), tokens(r, 1+r.IntN(12), m.Vocab), tokens(r, 1+r.IntN(12), m.Vocab)}
		alone.Reset()
		alone.Add(pairs[i].prompt, pairs[i].a)
		want[i] = logProbs(m, &alone)
		alone.Reset()
		alone.Add(pairs[i].prompt, pairs[i].b)
		want[i] = append(want[i], logProbs(m, &alone)...)
	}
	for range 5 {
		order := r.Perm(len(pairs))[:1+r.IntN(len(pairs))]
		var b Batch
		for _, i := range order {
			b.Add(pairs[i].prompt, pairs[i].a, pairs[i].b)
		}
		got := logProbs(m, &b)
		for _, i := range order {
			for j, w := range want[i] {
				if math.Float32bits(got[j]) != math.Float32bits(w) {
					t.Fatalf("order %v, pair %d, prediction %d: %v in the batch, %v alone", order, i, j, got[j], w)
				}
			}
			got = got[len(want[i]):]
		}
	}
}

// The whole model's gradient against central differences, on a sample of weights
// of every tensor.
func TestModelGradient(t *testing.T) {
	for _, tied := range []bool{true, false} {
		c := tiny(t).Config
		c.TieEmbeddings = tied
		m, _ := New(c)
		m.Init(2)
		for i := range m.Weights {
			m.Weights[i] *= 4
		}
		r := rand.New(rand.NewPCG(2, 2))
		var b Batch
		b.Add(tokens(r, 4, m.Vocab), tokens(r, 5, m.Vocab), tokens(r, 3, m.Vocab))
		coef := make([]float64, len(b.Rows))
		for i := range coef {
			coef[i] = r.NormFloat64()
		}
		loss := func() (sum float64) {
			for i, v := range logProbs(m, &b) {
				sum += coef[i] * float64(v)
			}
			return sum
		}
		grads := make([]float32, len(m.Weights))
		var tape nn.Tape
		tape.Bind(m.Weights, grads)
		y := m.LogProbs(&tape, &b)
		seed := tape.Seed(y)
		for i, c := range coef {
			seed[i] = float32(c)
		}
		tape.Backward()
		for _, p := range m.Tensors() {
			for range 6 {
				i := p.Off + r.IntN(p.Len)
				was, h := m.Weights[i], float32(1.0/256)
				m.Weights[i] = was + h
				hi := loss()
				m.Weights[i] = was - h
				lo := loss()
				m.Weights[i] = was
				want := (hi - lo) / float64(2*h)
				if math.Abs(float64(grads[i])-want) > 0.02*(0.2+math.Abs(want)) {
					t.Errorf("tied %v: d/d%s[%d] is %v, central difference %v", tied, p.Name, i-p.Off, grads[i], want)
				}
			}
		}
	}
}

// The cache gives the log-probabilities of the whole forward pass.
func TestDecoderAgreesWithForward(t *testing.T) {
	m, r := tiny(t), rand.New(rand.NewPCG(3, 3))
	prompts := [][]int32{tokens(r, 5, m.Vocab), tokens(r, 1, m.Vocab), tokens(r, 11, m.Vocab)}
	g, err := m.NewGenerator(prompts, Sampling{Temperature: 1, TopP: 1, MaxTokens: 20, EndOfText: -1}, 9)
	if err != nil {
		t.Fatal(err)
	}
	for g.Next() {
	}
	for i, a := range g.Answers {
		var b Batch
		b.Add(prompts[i], a.Tokens)
		want := 0.0
		for _, v := range logProbs(m, &b) {
			want += float64(v)
		}
		if len(a.Tokens) != 20 || math.Abs(a.LogP-want) > 1e-3 {
			t.Errorf("answer %d: %d tokens with log-probability %v, the forward pass has %v", i, len(a.Tokens), a.LogP, want)
		}
	}
}

// An answer is the same alone and among others, and ends where it should.
func TestAnswersDoNotDependOnTheirNeighbours(t *testing.T) {
	m, r := tiny(t), rand.New(rand.NewPCG(4, 4))
	prompts := [][]int32{tokens(r, 7, m.Vocab), tokens(r, 2, m.Vocab), tokens(r, 3, m.Vocab)}
	s := Sampling{Temperature: 0.8, TopP: 0.9, MaxTokens: 12, EndOfText: 5}
	all, _ := m.NewGenerator(prompts, s, 11)
	for all.Next() {
	}
	one, _ := m.NewGenerator(prompts[:1], s, 11)
	for one.Next() {
	}
	if !slices.Equal(one.Answers[0].Tokens, all.Answers[0].Tokens) {
		t.Errorf("alone %v, among others %v", one.Answers[0].Tokens, all.Answers[0].Tokens)
	}
	for i, a := range all.Answers {
		at := slices.Index(a.Tokens, s.EndOfText)
		if ended := at == len(a.Tokens)-1 && a.Ended == EndOfText || at < 0 && len(a.Tokens) == s.MaxTokens && a.Ended == MaxTokens; !ended {
			t.Errorf("answer %d: %v ended because of %q", i, a.Tokens, a.Ended)
		}
	}
}

// Prompts are read in pieces, and one that repeats is read once: it changes no bit.
func TestRepeatedPromptsAreReadOnce(t *testing.T) {
	m, r := tiny(t), rand.New(rand.NewPCG(5, 5))
	s := Sampling{Temperature: 1, TopP: 1, MaxTokens: 6, EndOfText: -1}
	p, q := tokens(r, 40, m.Vocab), tokens(r, 38, m.Vocab)
	var answers [2][]Generated
	for i, prompts := range [][][]int32{{p, p, q, q, p}, {q, p, tokens(r, 2, m.Vocab), q, tokens(r, 30, m.Vocab)}} {
		g, err := m.NewGenerator(prompts, s, 3)
		if err != nil {
			t.Fatal(err)
		}
		for g.Next() {
			if len(g.unread) > 0 && len(g.Answers[0].Tokens) > 0 {
				t.Fatal("it draws before every prompt is read")
			}
		}
		answers[i] = g.Answers
	}
	for _, i := range []int{1, 3} {
		if a, b := answers[0][i], answers[1][i]; !slices.Equal(a.Tokens, b.Tokens) || a.LogP != b.LogP || len(a.Tokens) != 6 {
			t.Errorf("answer %d is %v (%v) to a repeated prompt, %v (%v) to a prompt of its own", i, a.Tokens, a.LogP, b.Tokens, b.LogP)
		}
	}
}

func TestGreedyTakesTheLikeliest(t *testing.T) {
	m, r := tiny(t), rand.New(rand.NewPCG(6, 6))
	prompt := tokens(r, 6, m.Vocab)
	g, _ := m.NewGenerator([][]int32{prompt}, Sampling{TopP: 1, MaxTokens: 4, EndOfText: -1}, 1)
	for g.Next() {
	}
	for n, token := range g.Answers[0].Tokens {
		best, at := math.Inf(-1), int32(-1)
		for v := range int32(m.Vocab) {
			var b Batch
			b.Add(prompt, append(slices.Clone(g.Answers[0].Tokens[:n]), v))
			if lp := logProbs(m, &b); float64(lp[n]) > best {
				best, at = float64(lp[n]), v
			}
		}
		if token != at {
			t.Errorf("token %d is %d, the likeliest is %d", n, token, at)
		}
	}
}

func TestGeneratorRefuses(t *testing.T) {
	m := tiny(t)
	ok := Sampling{Temperature: 1, TopP: 1, MaxTokens: 4}
	for name, f := range map[string]func() error{
		"empty prompt":   func() error { _, err := m.NewGenerator([][]int32{{}}, ok, 1); return err },
		"long prompt":    func() error { _, err := m.NewGenerator([][]int32{make([]int32, 48)}, ok, 1); return err },
		"temperature":    func() error { s := ok; s.Temperature = math.NaN(); return s.Validate() },
		"top-p":          func() error { s := ok; s.TopP = 0; return s.Validate() },
		"no tokens":      func() error { s := ok; s.MaxTokens = 0; return s.Validate() },
		"odd head":       func() error { c := m.Config; c.HeadDim = 5; return c.Validate() },
		"heads and kv":   func() error { c := m.Config; c.KVHeads = 3; return c.Validate() },
		"too large":      func() error { c := m.Config; c.Vocab, c.Hidden = maxVocab, maxWidth; return c.Validate() },
		"negative theta": func() error { c := m.Config; c.RopeTheta = -1; return c.Validate() },
	} {
		if f() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// The nucleus holds the fewest likeliest tokens with the asked share.
func TestNucleus(t *testing.T) {
	probs := []float32{0.1, 0.4, 0.2, 0.3}
	for _, tc := range []struct {
		topP float64
		want []int
	}{{0.3, []int{1}}, {0.4, []int{1}}, {0.5, []int{1, 3}}, {0.85, []int{1, 3, 2}}, {1, []int{1, 3, 2, 0}}} {
		got, _ := nucleus([]int{0, 1, 2, 3}, probs, tc.topP)
		if !slices.Equal(got, tc.want) {
			t.Errorf("nucleus of %v: %v, want %v", tc.topP, got, tc.want)
		}
	}
}
