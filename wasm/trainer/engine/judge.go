package engine

import (
	"errors"
	"math"
	"math/rand/v2"

	"dpolab/core/model"
	"dpolab/core/nn"
	"dpolab/core/pref"
	"dpolab/wasm/bridge"
)

// judgeBatch is how many prompts are answered side by side.
const judgeBatch = 8

// maxAnswer is the longest answer that is judged, tokens.
const maxAnswer = 96

// judging measures the true reward of policy and reference on held-out prompts.
type judging struct {
	bridge.Judge
	prompts []string
	policy  *model.Model // as it was when the judging began
	step    int

	done     int                // prompts judged
	weighed  int                // of the batch under way
	asked    []string           // of the batch under way
	gens     []*model.Generator // policy's, then reference's
	at       int                // which of the two is answering
	rewards  [2][]float64
	parses   [2]float64
	kl, wins []float64
	tape     nn.Tape
	batch    model.Batch
}

func (e *Engine) judge(m *bridge.Judge) {
	switch {
	case e.run == nil || e.world == nil:
		e.fail("judge", errors.New("these pairs come from no built-in world: nobody knows the true reward of an answer"))
	case m.Prompts < 1 || !(m.Temperature >= 0 && m.Temperature <= 10):
		e.fail("judge", errors.New("ask for 1 prompt or more, and a temperature from 0 to 10"))
	default:
		j := &judging{Judge: *m, policy: e.run.Policy.Clone(), step: e.run.Steps()}
		j.prompts = e.fresh(uint64(m.Seed), m.Prompts)
		e.jobs = append(e.jobs, j)
		j.tell(e, false)
	}
}

// fresh draws prompts of the world that no pair of the run has, while there are such.
func (e *Engine) fresh(seed uint64, n int) []string {
	known := map[string]bool{}
	data := e.run.Data()
	for _, set := range [][]pref.Pair{data.Train, data.Heldout} {
		for _, p := range set {
			known[p.Prompt] = true
		}
	}
	const patience = 100 // draws in search of a new one, in a world that has few
	r := rand.New(rand.NewPCG(seed, 0x10de))
	var out []string
	for vain := 0; len(out) < n; {
		p := e.world.Prompt(r)
		if known[p] && vain < patience {
			vain++
			continue
		}
		known[p], vain = true, 0
		out = append(out, p)
	}
	return out
}

func (j *judging) request() int { return j.Request }

func (j *judging) next(e *Engine) bool {
	if j.gens == nil {
		if err := j.ask(e); err != nil {
			e.fail("judge", err)
			j.tell(e, true)
			return false
		}
	}
	if j.gens[j.at].Next() {
		return true
	}
	if j.at < len(j.gens)-1 {
		j.at++
		return true
	}
	j.weigh(e, j.weighed)
	if j.weighed++; j.weighed < len(j.asked) {
		return true
	}
	j.done += len(j.asked)
	j.gens, j.at, j.weighed = nil, 0, 0
	finished := j.done >= len(j.prompts)
	j.tell(e, finished)
	return !finished
}

// ask starts the answers to the next batch of prompts.
func (j *judging) ask(e *Engine) error {
	j.asked = j.prompts[j.done:min(j.done+judgeBatch, len(j.prompts))]
	var prompts [][]int32
	for _, p := range j.asked {
		prompts = append(prompts, e.tok.Encode(p))
	}
	s := model.Sampling{Temperature: j.Temperature, TopP: 1, MaxTokens: maxAnswer, EndOfText: e.tok.EndOfText()}
	seed := uint64(j.Seed)<<20 + uint64(j.done)
	for _, m := range []*model.Model{j.policy, e.run.Reference} {
		g, err := m.NewGenerator(prompts, s, seed)
		if err != nil {
			return err
		}
		j.gens = append(j.gens, g)
	}
	return nil
}

// weigh judges the answers to prompt i of the batch and estimates KL on the policy's.
func (j *judging) weigh(e *Engine, i int) {
	var r [2]float64
	for who, g := range j.gens {
		v := e.world.Judge(j.asked[i], e.tok.Decode(g.Answers[i].Tokens))
		r[who] = v.Reward
		j.rewards[who] = append(j.rewards[who], v.Reward)
		if v.Parses {
			j.parses[who]++
		}
	}
	j.wins = append(j.wins, 0.5+0.5*float64(sign(r[0]-r[1])))
	a := j.gens[0].Answers[i]
	j.kl = append(j.kl, a.LogP-j.logp(e.run.Reference, e.tok.Encode(j.asked[i]), a.Tokens))
}

func sign(x float64) int {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

// logp is log π(answer | prompt) of a model.
func (j *judging) logp(m *model.Model, prompt, answer []int32) (sum float64) {
	j.batch.Reset()
	j.batch.Add(prompt, answer)
	j.tape.Bind(m.Weights, nil)
	for _, v := range j.tape.Data(m.LogProbs(&j.tape, &j.batch)) {
		sum += float64(v)
	}
	return sum
}

func (j *judging) stop(e *Engine) { j.tell(e, true) }

func (j *judging) tell(e *Engine, finished bool) {
	n := float64(max(1, len(j.wins)))
	e.host.Post(&bridge.Judged{Request: j.Request, Done: j.done, Of: len(j.prompts), Finished: finished, Step: j.step,
		Policy: estimate(j.rewards[0]), Reference: estimate(j.rewards[1]), WinRate: estimate(j.wins), KL: estimate(j.kl),
		ParsePolicy: j.parses[0] / n, ParseReference: j.parses[1] / n})
}

// estimate is the mean of x with its 95 % interval, by the normal approximation.
// (gonum/stat would do it in a line, and bring gonum/mat: 20 KB of the download.)
func estimate(x []float64) bridge.Estimate {
	if len(x) == 0 {
		return bridge.Estimate{}
	}
	n, sum, squares := float64(len(x)), 0.0, 0.0
	for _, v := range x {
		sum += v
	}
	mean := sum / n
	for _, v := range x {
		squares += (v - mean) * (v - mean)
	}
	half := 1.959964 * math.Sqrt(squares/max(1, n-1)/n)
	return bridge.Estimate{Mean: mean, Lo: mean - half, Hi: mean + half, N: len(x)}
}
