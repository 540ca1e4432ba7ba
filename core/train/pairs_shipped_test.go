//go:build goexperiment.simd

package train

import (
	"os"
	"testing"

	"dpolab/core/ckpt"
	"dpolab/core/model"
	"dpolab/core/token"
	"dpolab/core/world"
)

// shippedMaker makes pairs of a world with its model in assets/models; nil where
// there is none yet.
func shippedMaker(t *testing.T, name string) *PairMaker {
	t.Helper()
	var files [][]byte
	for _, f := range []string{"config.json", "model.safetensors", "tokenizer.json"} {
		b, err := os.ReadFile("../../assets/models/" + name + "/" + f)
		if err != nil {
			return nil
		}
		files = append(files, b)
	}
	m, err := ckpt.ReadModel(files[0], files[1])
	if err != nil {
		t.Fatal(err)
	}
	tok, err := token.ReadJSON(files[2])
	if err != nil {
		t.Fatal(err)
	}
	w, err := world.ByName(name)
	if err != nil {
		t.Fatal(err)
	}
	return &PairMaker{Model: m, Tok: tok, Task: w, Answers: 4, Seed: 5, Size: 500,
		Sampling: model.Sampling{Temperature: 1, TopP: 1, MaxTokens: 96, EndOfText: tok.EndOfText()}}
}

func finish(t *testing.T, p *PairMaker) {
	t.Helper()
	for more := true; more; {
		var err error
		if more, err = p.Step(); err != nil {
			t.Fatal(err)
		}
	}
}

// In a normal set neither length nor likelihood tells which answer is chosen.
func TestShippedModelsMakeFairPairs(t *testing.T) {
	for _, name := range world.Names() {
		p := shippedMaker(t, name)
		if p == nil {
			continue
		}
		p.Balance = true
		finish(t, p)
		t.Logf("%s: %d prompts, %d ties, %d degenerate, %d unfit, %d skewed; longer wins %.3f, likelier wins %.3f", name, p.Prompts, p.Ties, p.Degenerate, p.Unfit, p.Skewed, p.Longer(), p.Likelier())
		for what, share := range map[string]float64{"longer": p.Longer(), "likelier": p.Likelier()} {
			if !(share >= 0.45 && share <= 0.55) {
				t.Errorf("%s: the %s answer is chosen in %.3f of the pairs, want 0.45 to 0.55", name, what, share)
			}
		}
		if p.Skewed > p.Pairs/3 {
			t.Errorf("%s: %d pairs were left out for %d: the world itself is skewed", name, p.Skewed, p.Pairs)
		}
	}
}

// Near answers differ in few words, and are not hard to come by.
func TestShippedModelMakesNearPairs(t *testing.T) {
	p := shippedMaker(t, "sentiment")
	if p == nil {
		t.Skip("assets/models/sentiment is not here")
	}
	p.Label, p.Size = LabelNear, 60
	finish(t, p)
	for _, q := range p.Train {
		if d := wordDistance(q.Chosen, q.Rejected); d < 1 || d > nearWords {
			t.Errorf("%d words apart: %+v", d, q)
		}
		if p.Task.Judge(q.Prompt, q.Chosen).Reward <= p.Task.Judge(q.Prompt, q.Rejected).Reward {
			t.Errorf("the lower reward is chosen: %+v", q)
		}
	}
	t.Logf("%d prompts, %d ties, %d degenerate, %d unfit, e.g. %+v", p.Prompts, p.Ties, p.Degenerate, p.Unfit, p.Train[:3])
	if p.Prompts > 20*p.Size {
		t.Errorf("%d pairs of %d prompts", p.Size, p.Prompts)
	}
}
