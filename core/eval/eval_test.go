package eval

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"dpolab/core/model"
	"dpolab/core/nn"
	"dpolab/core/token"
	"dpolab/core/world"
)

// letters is a world in which an answer is the better the more of its bytes are
// below "n".
type letters struct{}

func (letters) Name() string                              { return "letters" }
func (letters) Title() string                             { return "Letters" }
func (letters) Description() string                       { return "Letters." }
func (letters) Prompt(r *rand.Rand) string                { return fmt.Sprintf("Say %d:", r.IntN(500)) }
func (letters) Answer(r *rand.Rand, prompt string) string { return " abc" }
func (letters) Judge(prompt, answer string) world.Judgement {
	low := 0
	for i := range len(answer) {
		if answer[i] < 'n' {
			low++
		}
	}
	return world.Judgement{Reward: float64(low) / float64(max(1, len(answer))), Parses: low%2 == 0}
}

func tiny(t *testing.T, seed uint64) (*model.Model, *token.Tokenizer) {
	t.Helper()
	tok, err := token.Train([]string{strings.Repeat("Say 1: abc xyz ", 9)}, 262)
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.New(model.Config{Vocab: tok.VocabSize(), Hidden: 16, Layers: 2, Heads: 2, KVHeads: 1, HeadDim: 8, FFN: 24,
		Context: 40, RopeTheta: 10000, NormEps: 1e-5, TieEmbeddings: true})
	if err != nil {
		t.Fatal(err)
	}
	m.Init(seed)
	for i := range m.Weights {
		m.Weights[i] *= 3 // so that distributions are not flat
	}
	return m, tok
}

func config(prompts int) Config {
	return Config{Prompts: Prompts(letters{}, prompts, 5, nil), Temperatures: []float64{0, 0.7, 1}, BestOf: []int{1, 3, 8},
		MaxTokens: 12, Batch: 16, Seed: 3}
}

// finish makes an evaluation and works it off with n workers.
func finish(t *testing.T, policy, reference *model.Model, tok *token.Tokenizer, c Config, n int) (*Evaluation, Result) {
	t.Helper()
	e, err := New(policy, reference, tok, letters{}, c)
	if err != nil {
		t.Fatal(err)
	}
	done := 0
	for i := n - 1; i >= 0; i-- {
		w := e.Worker(i, n)
		for w.Next() {
		}
		done += w.Done
	}
	if done != e.Total() {
		t.Errorf("%d answers are done, want %d", done, e.Total())
	}
	return e, e.Result()
}

func TestModelAgainstItself(t *testing.T) {
	m, tok := tiny(t, 1)
	_, res := finish(t, m, m.Clone(), tok, config(300), 1)
	if c := res.Temperatures[0]; c.KL != nil || *c.WinRate != (Estimate{0.5, 0.5, 0.5, 300}) || c.Policy.Entropy.Mean != 0 {
		t.Errorf("at temperature 0: KL %v, win rate %v, entropy %v; want none, only ties, 0", c.KL, c.WinRate, c.Policy.Entropy)
	}
	for _, c := range res.Temperatures[1:] {
		if *c.KL != (Estimate{0, 0, 0, 300}) {
			t.Errorf("temperature %v: KL of a model with itself is %v, want exactly 0", c.Temperature, *c.KL)
		}
		near(t, "win rate against itself", c.WinRate.Mean, 0.5, 0.1)
		if c.WinRate.Lo > 0.5 || c.WinRate.Hi < 0.5 {
			t.Errorf("temperature %v: win rate %+v, want an interval that holds 0.5", c.Temperature, *c.WinRate)
		}
	}
}

// One seed, any number of workers, whatever else is measured: the same numbers.
func TestDeterministic(t *testing.T) {
	policy, tok := tiny(t, 1)
	reference, _ := tiny(t, 2)
	_, want := finish(t, policy, reference, tok, config(40), 1)
	if _, got := finish(t, policy, reference, tok, config(40), 3); !reflect.DeepEqual(got, want) {
		t.Errorf("three workers measure\n%+v, one\n%+v", got, want)
	}
	c := config(40)
	c.Temperatures, c.BestOf = []float64{1}, nil
	if _, got := finish(t, policy, reference, tok, c, 1); !reflect.DeepEqual(got.Temperatures[0], want.Temperatures[2]) {
		t.Errorf("alone temperature 1 gives\n%+v, among others\n%+v", got.Temperatures[0], want.Temperatures[2])
	}
	c.Seed++
	if _, got := finish(t, policy, reference, tok, c, 1); got.Temperatures[0].Policy.Reward == want.Temperatures[2].Policy.Reward {
		t.Error("another seed gives the same reward")
	}
}

// score at temperature 1 is what the training path computes; at another temperature
// it is the log-softmax of scaled logits.
func TestScore(t *testing.T) {
	m, tok := tiny(t, 1)
	prompt, answer := tok.Encode("Say 3:"), append(tok.Encode(" abd."), tok.EndOfText())
	var tape nn.Tape
	var b model.Batch
	b.Add(prompt, answer)
	tape.Bind(m.Weights, nil)
	logps, stats := tape.Data(m.LogProbs(&tape, &b)), tape.Stats()
	logp, entropy := 0.0, 0.0
	for i := range answer {
		logp, entropy = logp+float64(logps[i]), entropy+float64(stats[i].Entropy)
	}
	s := newScorer(m, 40)
	gotLogp, gotEntropy := s.score(prompt, answer, 1)
	near(t, "logp", gotLogp, logp, 1e-4)
	near(t, "entropy", gotEntropy, entropy, 1e-4)

	// The first token, by hand.
	first := answer[:1]
	slots := make([]model.Slot, len(prompt))
	for i, id := range prompt {
		slots[i] = model.Slot{Pos: i, Token: id}
	}
	logits := m.NewDecoder(1, 40).Logits(slots, []int{len(prompt) - 1})
	z, h := 0.0, 0.0
	for _, l := range logits {
		z += math.Exp(float64(l) / 0.5)
	}
	for _, l := range logits {
		p := math.Exp(float64(l)/0.5) / z
		h -= p * math.Log(p)
	}
	gotLogp, gotEntropy = s.score(prompt, first, 0.5)
	near(t, "logp at 0.5", gotLogp, float64(logits[first[0]])/0.5-math.Log(z), 1e-4)
	near(t, "entropy at 0.5", gotEntropy, h, 1e-4)
}

// The estimated KL of one-token answers is the sum over the vocabulary.
func TestKLOfOneToken(t *testing.T) {
	policy, tok := tiny(t, 1)
	reference, _ := tiny(t, 2)
	c := Config{Prompts: make([]string, 4000), Temperatures: []float64{0.7}, MaxTokens: 1, Batch: 64, Seed: 1, Alone: true}
	for i := range c.Prompts {
		c.Prompts[i] = "Say 7:"
	}
	_, res := finish(t, policy, reference, tok, c, 1)
	want, prompt := 0.0, tok.Encode("Say 7:")
	p, q := newScorer(policy, 40), newScorer(reference, 40)
	for id := range int32(policy.Vocab) {
		lp, _ := p.score(prompt, []int32{id}, 0.7)
		lq, _ := q.score(prompt, []int32{id}, 0.7)
		want += math.Exp(lp) * (lp - lq)
	}
	got := *res.Temperatures[0].KL
	near(t, "KL", got.Mean, want, 1.5*(got.Hi-got.Lo)/2)
	if got.Hi-got.Lo > 0.2*want {
		t.Errorf("interval %+v of a KL of %v is too wide to say anything", got, want)
	}
	entropy, _ := entropyOf(p, prompt)
	near(t, "entropy", res.Temperatures[0].Policy.Entropy.Mean, entropy, 1e-5)
	if res.Temperatures[0].Reference != nil || res.Temperatures[0].WinRate != nil {
		t.Error("a policy that is measured alone has a rival")
	}
}

func entropyOf(s *scorer, prompt []int32) (h, logp float64) {
	logp, h = s.score(prompt, []int32{0}, 0.7)
	return h, logp
}

func TestSidesAndBestOf(t *testing.T) {
	policy, tok := tiny(t, 1)
	reference, _ := tiny(t, 2)
	e, res := finish(t, policy, reference, tok, config(50), 2)
	c := res.Temperatures[2]
	reward, tokens, parses, cut := 0.0, 0.0, 0.0, 0.0
	for i, a := range e.Answers(2) {
		j := letters{}.Judge(e.Prompts[i], a.Text)
		if a.Reward != j.Reward || a.Parses != j.Parses || a.Tokens < 1 || a.Tokens > 12 {
			t.Errorf("answer %d: %+v, judged %+v", i, a, j)
		}
		reward, tokens, parses, cut = reward+a.Reward/50, tokens+float64(a.Tokens)/50, parses+share(a.Parses)/50, cut+share(a.Cut)/50
	}
	near(t, "reward", c.Policy.Reward.Mean, reward, 1e-12)
	near(t, "tokens", c.Policy.Tokens.Mean, tokens, 1e-12)
	near(t, "share that parses", c.Policy.Parses.Mean, parses, 1e-12)
	near(t, "share cut off", c.Policy.Cut, cut, 1e-12)
	if c.Reference == nil || c.Reference.Reward.Mean == c.Policy.Reward.Mean {
		t.Errorf("the reference's reward is not its own: %+v", c.Reference)
	}
	if one := res.BestOf[0].Reward.Mean; math.Abs(one-c.Reference.Reward.Mean) > 0.1 {
		t.Errorf("best of 1 is %v, the reference's mean %v", one, c.Reference.Reward.Mean)
	}
	if b := res.BestOf; !(b[0].Reward.Mean < b[1].Reward.Mean && b[1].Reward.Mean < b[2].Reward.Mean) || b[2].KL != BestOfKL(8) {
		t.Errorf("best of 1, 3 and 8: %+v", b)
	}
	for _, b := range res.BestOf {
		near(t, "lead over best-of-n", b.Lead.Mean, c.Policy.Reward.Mean-b.Reward.Mean, 1e-12)
	}
	all := 0.0
	for _, r := range e.best {
		all += r / float64(len(e.best))
	}
	near(t, "best of 1, the mean of every sample", res.BestOf[0].Reward.Mean, all, 1e-12)
}

func TestDistinct2(t *testing.T) {
	got := distinct2([]Answer{{Text: " a b a b"}, {Text: "b a  c"}, {Text: "x"}}) // ab ba ab, ba ac
	near(t, "distinct-2", got, 3.0/5, 1e-12)
}

// In the middle of the work, Result tells what is there.
func TestResultMidway(t *testing.T) {
	m, tok := tiny(t, 1)
	e, err := New(m, nil, tok, letters{}, config(40))
	if err != nil {
		t.Fatal(err)
	}
	if n := e.Result().Temperatures[0].Policy.Reward.N; n != 0 {
		t.Errorf("%d answers before the first", n)
	}
	w := e.Worker(0, 1)
	for w.Done < 20 && w.Next() {
	}
	res := e.Result()
	if c := res.Temperatures[0]; c.Policy.Reward.N != 20 || c.KL != nil || c.Reference != nil {
		t.Errorf("after 20 answers without a reference: %+v", c)
	}
}

func TestPrompts(t *testing.T) {
	known := map[string]bool{}
	for i := range 250 {
		known[fmt.Sprintf("Say %d:", i)] = true
	}
	seen := map[string]bool{}
	for _, p := range Prompts(letters{}, 100, 1, known) {
		if known[p] || seen[p] {
			t.Errorf("%q is known or was asked before", p)
		}
		seen[p] = true
	}
	if n := len(Prompts(letters{}, 700, 1, nil)); n != 700 {
		t.Errorf("%d prompts from a world of 500, want 700", n)
	}
}

func TestRefusals(t *testing.T) {
	m, tok := tiny(t, 1)
	for name, change := range map[string]func(*Config){
		"no prompt":                 func(c *Config) { c.Prompts = nil },
		"temperature is -1":         func(c *Config) { c.Temperatures = []float64{-1} },
		"length is 0":               func(c *Config) { c.MaxTokens = 0 },
		"batch is 0":                func(c *Config) { c.Batch = 0 },
		"n 0":                       func(c *Config) { c.BestOf = []int{0} },
		"prompt 2 (\"\") is 0":      func(c *Config) { c.Prompts = []string{"a", ""} },
		"the model's context is 40": func(c *Config) { c.Prompts = []string{strings.Repeat("xyz", 40)} },
	} {
		c := config(3)
		change(&c)
		if _, err := New(m, nil, tok, letters{}, c); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
