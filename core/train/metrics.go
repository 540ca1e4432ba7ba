package train

import "math"

// Names are the metrics of a row, in the order of Row.Values, under the names that
// TRL gives them (METHOD); "eval_" stands before those of held-out pairs.
// ours besides: ranking_accuracy is the share of pairs with log π(y_w) > log π(y_l),
// gradient_weight the mean of the pairs' −(1/β)·∂loss/∂log π(y_w), and clamped counts
// pairs of which an exponent of the divergence was cut.
var Names = append(append([]string{}, trainNames...), evalNames()...)

// measured are the metrics that training and held-out pairs share.
var measured = []string{
	"loss", "rewards/chosen", "rewards/rejected", "rewards/margins", "rewards/accuracies",
	"logps/chosen", "logps/rejected", "logits/chosen", "logits/rejected",
	"entropy", "mean_token_accuracy", "ranking_accuracy", "length/chosen", "length/rejected",
	"gradient_weight", "clamped",
}

var trainNames = append(append([]string{}, measured...), "grad_norm", "learning_rate", "epoch", "num_tokens", "pairs")

func evalNames() []string {
	var out []string
	for _, n := range append(append([]string{}, measured...), "pairs") {
		out = append(out, "eval_"+n)
	}
	return out
}

// Row is the metrics at one step: of the update that led to it, of held-out pairs
// scored there, or both. A value that was not measured is NaN.
type Row struct {
	Step   int
	Values []float64 // len(Names)
}

func newRow(step int) Row {
	r := Row{Step: step, Values: make([]float64, len(Names))}
	for i := range r.Values {
		r.Values[i] = math.NaN()
	}
	return r
}

var nameIndex = func() map[string]int {
	m := map[string]int{}
	for i, n := range Names {
		m[n] = i
	}
	return m
}()

// Get returns a metric by name; NaN if the row does not have it.
func (r Row) Get(name string) float64 { return r.Values[nameIndex[name]] }

func (r Row) set(name string, v float64) { r.Values[nameIndex[name]] = v }

// sums adds up what pairs and tokens contribute to a row.
type sums struct {
	loss, rewardChosen, rewardRejected, right, ranked float64
	logpChosen, logpRejected                          float64
	logitsChosen, logitsRejected                      float64
	entropy, hits                                     float64 // hits: of the chosen answers, as TRL counts
	weight, clamped                                   float64
	promptTokens, chosenTokens, rejectedTokens, pairs int
}

func sumUp(pairs []scored, beta float64) (s sums) {
	for i := range pairs {
		s.add(&pairs[i], beta)
	}
	return s
}

func (s *sums) add(x *scored, beta float64) {
	rc, rr := x.pair.Rewards(beta)
	s.loss += x.loss
	s.rewardChosen += rc
	s.rewardRejected += rr
	s.right += is(rc > rr)
	s.ranked += is(x.chosen.logp > x.rejected.logp)
	s.logpChosen += x.pair.PolicyChosen
	s.logpRejected += x.pair.PolicyRejected
	s.logitsChosen += x.chosen.logits
	s.logitsRejected += x.rejected.logits
	s.entropy += x.chosen.entropy + x.rejected.entropy
	s.hits += x.chosen.hits
	s.weight += x.grad.Weight(beta)
	s.clamped += is(x.clamped)
	s.promptTokens += len(x.example.Prompt)
	s.chosenTokens += x.chosen.tokens
	s.rejectedTokens += x.rejected.tokens
	s.pairs++
}

func is(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// tokens counts as TRL does: both sequences of every pair, the prompt in each.
func (s *sums) tokens() int { return 2*s.promptTokens + s.chosenTokens + s.rejectedTokens }

// write puts the means into a row under prefix + name.
func (s *sums) write(r Row, prefix string) {
	n := float64(s.pairs)
	tokens := float64(s.chosenTokens + s.rejectedTokens)
	for i, v := range []float64{
		s.loss / n, s.rewardChosen / n, s.rewardRejected / n, (s.rewardChosen - s.rewardRejected) / n, s.right / n,
		s.logpChosen / n, s.logpRejected / n, s.logitsChosen / float64(s.chosenTokens), s.logitsRejected / float64(s.rejectedTokens),
		s.entropy / tokens, s.hits / float64(s.chosenTokens), s.ranked / n, float64(s.chosenTokens) / n, float64(s.rejectedTokens) / n,
		s.weight / n, s.clamped,
	} {
		r.set(prefix+measured[i], v)
	}
	r.set(prefix+"pairs", n)
}
