//go:build goexperiment.simd

package exact_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat"

	"dpolab/core/exact"
	"dpolab/core/model"
	"dpolab/core/optim"
	"dpolab/core/token"
	"dpolab/core/train"
	"dpolab/core/world"
)

// A tiny model learns the world's distribution, and what Sum says of it is what its
// samples are like.
func TestTinyModelLearnsTwoWords(t *testing.T) {
	w := world.TwoWords()
	m, tok := tiny(t, w)
	learn(m, tok, w, 400)
	var kl, outside, entropy float64
	var s *exact.Sum
	prompts := w.Prompts()
	for i := 0; i < len(prompts); i += 31 {
		s = exact.Distribution(m, tok, prompts[i], w.Answers(prompts[i]))
		truth := append(w.Probabilities(prompts[i]), 0)
		kl += exact.KL(truth, s.Probabilities())
		entropy += exact.Entropy(truth)
		outside += s.Outside()
	}
	n := float64((len(prompts) + 30) / 31)
	t.Logf("entropy %.4f nats an answer, KL of the model %.4f, outside %.4f", entropy/n, kl/n, outside/n)
	// An answer has three tokens, and perplexity may be 1.15 times the least there is.
	if !(kl/n <= 3*math.Log(1.15) && outside/n <= 0.05) {
		t.Errorf("KL(world‖model) is %.4f nats and the outside %.4f, want at most %.4f and 0.05", kl/n, outside/n, 3*math.Log(1.15))
	}

	prompt := prompts[7]
	s.Begin(prompt)
	for s.Next() {
	}
	var rewards []float64
	for _, a := range w.Answers(prompt) {
		rewards = append(rewards, w.Judge(prompt, a).Reward)
	}
	want := exact.Expected(s.Probabilities(), append(rewards, 0))
	got, off := sampled(t, m, tok, w, prompt, 2000)
	if !(math.Abs(got-want) <= 4*off) {
		t.Errorf("samples have a mean reward of %.4f ± %.4f, exactly it is %.4f", got, off, want)
	}
}

// learn makes updates of 4 prompts with 16 answers each.
func learn(m *model.Model, tok *token.Tokenizer, w world.World, updates int) {
	for _, p := range m.Tensors() {
		if p.Std > 0 {
			for i := range p.Len {
				m.Weights[p.Off+i] *= 4 // 0.02 is for GPT-2's width; at 64 channels learning begins much later
			}
		}
	}
	lm := train.NewLM(m, optim.Schedule{Shape: "cosine", Peak: 3e-3, Warmup: 50, Total: updates}, 1)
	lm.Clip = 1
	lm.Optim.Beta1, lm.Optim.Beta2, lm.Optim.Eps, lm.Optim.Decay = 0.9, 0.95, 1e-8, 0.1
	r := rand.New(rand.NewPCG(1, 2))
	for range updates {
		texts := make([]train.Text, 4)
		for i := range texts {
			prompt := w.Prompt(r)
			texts[i].Prompt = tok.Encode(prompt)
			for range 16 {
				texts[i].Answers = append(texts[i].Answers, append(tok.Encode(w.Answer(r, prompt)), tok.EndOfText()))
			}
		}
		lm.Step(texts, func(_ int, f func(int)) { f(0) })
	}
}

// sampled is the mean reward of n answers and its standard error.
func sampled(t *testing.T, m *model.Model, tok *token.Tokenizer, w world.World, prompt string, n int) (mean, off float64) {
	prompts := make([][]int32, 100)
	for i := range prompts {
		prompts[i] = tok.Encode(prompt)
	}
	var rewards []float64
	for seed := uint64(1); len(rewards) < n; seed++ {
		g, err := m.NewGenerator(prompts, model.Sampling{Temperature: 1, TopP: 1, MaxTokens: 20, EndOfText: tok.EndOfText()}, seed)
		if err != nil {
			t.Fatal(err)
		}
		for g.Next() {
		}
		for _, a := range g.Answers {
			rewards = append(rewards, w.Judge(prompt, tok.Decode(a.Tokens)).Reward)
		}
	}
	mean, deviation := stat.MeanStdDev(rewards, nil)
	return mean, stat.StdErr(deviation, float64(len(rewards)))
}
