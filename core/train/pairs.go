package train

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"dpolab/core/model"
	"dpolab/core/pref"
	"dpolab/core/token"
	"dpolab/core/world"
)

// Task is what pairs are made of: prompts, and the true reward of an answer. Every
// world is one. A task whose prompts are few has also Prompts() []string.
type Task interface {
	Prompt(*rand.Rand) string
	Judge(prompt, answer string) world.Judgement
}

// PairMaker samples preference pairs from a model: it answers a prompt Answers times,
// and of every two answers one is preferred, as the DPO paper does with its classifier
// (section 6, controlled sentiment). The host calls Step until nothing is missing, or
// Next. The same fields give the same pairs, and Train of a smaller Size is the
// beginning of that of a larger one; held-out pairs depend on neither Size nor Flip
// nor Noise.
type PairMaker struct {
	Model    *model.Model
	Tok      *token.Tokenizer
	Task     Task
	Sampling model.Sampling
	Answers  int     // answers a prompt
	Keep     int     // pairs kept of one prompt, at most; 0 keeps all
	Balance  bool    // leave out pairs until neither length nor likelihood predicts the true labels
	Label    string  // which of two answers is preferred; empty is LabelReward
	Gap      float64 // least difference of true reward that makes a preference; of LabelLonger the greatest
	Noise    float64 // temperature τ of Bradley and Terry (1952): answer i is preferred to j with probability σ((r_i - r_j)/τ); 0: always the higher reward
	Flip     float64 // share of labels turned round, each by itself
	Seed     uint64
	Size     int // training pairs that Step makes
	Holdout  int // held-out pairs that Step makes, on prompts of their own, without Noise and Flip

	Train, Heldout []pref.Pair
	Tally

	leans   [2]lean // of training and held-out pairs
	prompts prompts
	batches [2]uint64 // begun, of training and held-out pairs
	batch   *pairBatch
	vain    int // prompts in a row that gave no pair
}

// Tally counts what came of the answers. Every two answers to a prompt are kept as a
// pair, or one of the things they are left out for, or cut by Keep.
type Tally struct {
	Prompts    int // prompts answered
	Pairs      int // kept
	Ties       int // true rewards equal or too close
	Degenerate int // with an answer that was given before, or that has no word
	Skewed     int // left out by Balance
	Unfit      int // against the label's rule, or longer than the context

	longer, likelier float64 // pairs so labelled; what is equal counts half
}

// Longer is the share of pairs whose longer answer (bytes) is chosen; NaN of none.
func (t *Tally) Longer() float64 { return t.longer / float64(t.Pairs) }

// Likelier is the share of pairs whose chosen answer is the likelier one under the
// model that sampled both; NaN of none.
func (t *Tally) Likelier() float64 { return t.likelier / float64(t.Pairs) }

// Validate reports what cannot be used.
func (p *PairMaker) Validate() error {
	within := func(name string, v, hi float64) error {
		if v >= 0 && v <= hi {
			return nil
		}
		return fmt.Errorf("%s is %v, want 0 to %v", name, v, hi)
	}
	errs := []error{p.Sampling.Validate(), within("gap", p.Gap, 1), within("flip", p.Flip, 0.5), within("noise", p.Noise, 100)}
	if p.Answers < 2 || p.Answers > 64 {
		errs = append(errs, fmt.Errorf("answers is %d, want 2 to 64", p.Answers))
	}
	if p.Keep < 0 || p.Size < 0 || p.Holdout < 0 {
		errs = append(errs, fmt.Errorf("keep is %d, size %d, held-out %d: want 0 or more", p.Keep, p.Size, p.Holdout))
	}
	switch p.Label {
	case "", LabelReward, LabelNear:
	case LabelLonger:
		if p.Noise > 0 {
			errs = append(errs, fmt.Errorf("noise is of rewards, and the label %q does not look at them: set it to 0", p.Label))
		}
	default:
		errs = append(errs, fmt.Errorf("label is %q, want %q, %q or %q", p.Label, LabelReward, LabelLonger, LabelNear))
	}
	return errors.Join(errs...)
}

const (
	promptsAtOnce = 8    // answered side by side; with 4 answers each about the fastest batch
	hopeless      = 2000 // prompts in a row without a pair
)

// Step does a little of the work, a token for each of the answers under way or the
// labels of one prompt, and reports whether pairs are missing still. Held-out pairs
// are made first.
func (p *PairMaker) Step() (more bool, err error) {
	heldout := len(p.Heldout) < p.Holdout
	if !heldout && len(p.Train) >= p.Size {
		return false, nil
	}
	if p.batch == nil {
		if p.vain >= hopeless {
			return false, fmt.Errorf("answers to %d prompts gave no pair (%d ties, %d degenerate, %d against the rule of the label): "+
				"lower the gap, choose another label, or train the model more", p.vain, p.Ties, p.Degenerate, p.Unfit)
		}
		return true, p.begin(promptsAtOnce, heldout)
	}
	if p.batch.step(p) {
		return true, nil
	}
	pairs := p.batch.pairs
	p.batch = nil
	set, want := &p.Train, p.Size
	if heldout {
		set, want = &p.Heldout, p.Holdout
	}
	*set = append(*set, pairs[:min(len(pairs), want-len(*set))]...)
	return len(p.Heldout) < p.Holdout || len(p.Train) < p.Size, nil
}

// Next samples answers to n prompts and returns their pairs, for hosts that want them
// all at once. Prompts of earlier calls do not come again while there are others.
func (p *PairMaker) Next(n int) ([]pref.Pair, error) {
	if err := p.begin(n, false); err != nil {
		return nil, err
	}
	for p.batch.step(p) {
	}
	pairs := p.batch.pairs
	p.batch = nil
	return pairs, nil
}

// Flip turns round a share of the pairs, each by itself, and returns them with the
// number that were; the same seed turns the same ones.
func Flip(pairs []pref.Pair, share float64, seed uint64) (out []pref.Pair, flipped int) {
	r := rand.New(rand.NewPCG(seed, streamFlips))
	for _, q := range pairs {
		if r.Float64() < share {
			q.Chosen, q.Rejected = q.Rejected, q.Chosen
			flipped++
		}
		out = append(out, q)
	}
	return out, flipped
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
