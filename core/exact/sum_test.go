package exact_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"dpolab/core/exact"
	"dpolab/core/model"
	"dpolab/core/nn"
	"dpolab/core/token"
	"dpolab/core/world"
)

// tiny is a model of the world's size, and its tokenizer.
func tiny(t testing.TB, w world.World) (*model.Model, *token.Tokenizer) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 1))
	texts := make([]string, 20000)
	for i := range texts {
		p := w.Prompt(r)
		texts[i] = p + w.Answer(r, p)
	}
	tok, err := token.Train(texts, 512)
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.New(model.Config{Vocab: 512, Hidden: 64, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 16, FFN: 192, Context: 64,
		RopeTheta: 10000, NormEps: 1e-5, TieEmbeddings: true})
	if err != nil {
		t.Fatal(err)
	}
	m.Init(1)
	return m, tok
}

// Every answer scored with others has the bits it has alone, and the outside is
// what is left.
func TestSumIsTheModels(t *testing.T) {
	w := world.TwoWords()
	m, tok := tiny(t, w)
	for i := range m.Weights { // far from even
		m.Weights[i] *= 5
	}
	prompt := w.Prompts()[37]
	answers := w.Answers(prompt)[:150]
	s := exact.NewSum(m, tok, prompt, answers)
	calls := 0
	for s.Next() {
		calls++
	}
	if calls != 3 || len(s.LogP) != s.Total() || s.Total() != len(answers) {
		t.Fatalf("%d answers of %d scored in %d calls, want %d in 3", len(s.LogP), s.Total(), calls, len(answers))
	}
	sum := 0.0
	for i, a := range answers {
		var b model.Batch
		b.Add(tok.Encode(prompt), append(tok.Encode(a), tok.EndOfText()))
		var tape nn.Tape
		tape.Bind(m.Weights, nil)
		want := 0.0
		for _, logp := range tape.Data(m.LogProbs(&tape, &b)) {
			want += float64(logp)
		}
		if s.LogP[i] != want {
			t.Errorf("log-probability of %q is %v, alone it is %v", a, s.LogP[i], want)
		}
		sum += math.Exp(want)
	}
	if got := s.Outside(); math.Abs(got-(1-sum)) > 1e-12 {
		t.Errorf("the outside is %v, want %v", got, 1-sum)
	}
	if p := s.Probabilities(); len(p) != len(answers)+1 || p[len(answers)] != s.Outside() {
		t.Errorf("%d probabilities, the last %v, want %d and the outside %v", len(p), p[len(p)-1], len(answers)+1, s.Outside())
	}
}

// One-byte answers and the empty one are all that can be said in at most one byte,
// so an even model gives them what counting says.
func TestSumOfAnEvenModel(t *testing.T) {
	m, tok := tiny(t, world.TwoWords())
	clear(m.Weights)
	s := exact.Distribution(m, tok, "A", []string{"", "a", "ab"})
	for i, tokens := range []float64{1, 2, 3} {
		if want := -tokens * math.Log(512); math.Abs(s.LogP[i]-want) > 1e-4 {
			t.Errorf("answer %d has log-probability %v, want %v", i, s.LogP[i], want)
		}
	}
}

func BenchmarkDistribution(b *testing.B) {
	w := world.TwoWords()
	m, tok := tiny(b, w)
	prompt := w.Prompts()[0]
	answers := w.Answers(prompt)
	for b.Loop() {
		exact.Distribution(m, tok, prompt, answers)
	}
}
