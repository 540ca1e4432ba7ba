package eval

import (
	"math/rand/v2"

	"dpolab/core/model"
)

// Worker does a share of an evaluation's tasks.
type Worker struct {
	Done int // answers finished, for the host's progress

	e       *Evaluation
	todo    []task
	gen     *model.Generator // of the task under way
	weighed int              // of its answers
	scorers [2]*scorer
}

// Worker returns worker i of n; together they do every task once. Workers may work
// at the same time.
func (e *Evaluation) Worker(i, n int) *Worker {
	w := &Worker{e: e}
	for j := i; j < len(e.tasks); j += n {
		w.todo = append(w.todo, e.tasks[j])
	}
	return w
}

// Next does a bounded piece of the work, a token for each answer of a batch or the
// weighing of one answer, and reports whether any is left.
func (w *Worker) Next() bool {
	if len(w.todo) == 0 {
		return false
	}
	t := w.todo[0]
	if w.gen == nil {
		w.ask(t)
	}
	if w.gen.Next() {
		return true
	}
	w.weigh(t, w.weighed)
	w.Done++
	if w.weighed++; w.weighed < t.n {
		return true
	}
	w.gen, w.weighed, w.todo = nil, 0, w.todo[1:]
	return len(w.todo) > 0
}

// ask starts the answers of a task.
func (w *Worker) ask(t task) {
	e := w.e
	m := e.policy
	if t.who == byReference && e.reference != nil {
		m = e.reference
	}
	prompts := make([][]int32, t.n)
	for i := range prompts {
		prompts[i] = e.prompts[e.prompt(t, i)]
	}
	s := model.Sampling{Temperature: e.temperature(t), TopP: 1, MaxTokens: e.MaxTokens, EndOfText: e.tok.EndOfText()}
	seed := rand.New(rand.NewPCG(e.Seed, e.stream(t))).Uint64()
	g, err := m.NewGenerator(prompts, s, seed)
	if err != nil {
		panic("eval: " + err.Error()) // New has checked prompts and sampling
	}
	w.gen = g
}

// weigh judges answer i of a task and scores it under both models.
func (w *Worker) weigh(t task, i int) {
	e, g := w.e, w.gen.Answers[i]
	at := e.prompt(t, i)
	text := e.tok.Decode(g.Tokens)
	j := e.world.Judge(e.Prompts[at], text)
	if t.run == bestOf {
		e.best[t.first+i], e.judged[t.first+i] = j.Reward, true
		return
	}
	a := Answer{Text: text, Tokens: len(g.Tokens), Cut: g.Ended != model.EndOfText, Reward: j.Reward, Parses: j.Parses, known: true}
	if temperature := e.temperature(t); temperature > 0 {
		a.logp, a.entropy = w.scorer(t.who).score(e.prompts[at], g.Tokens, temperature)
		if t.who == byPolicy && e.reference != nil {
			a.refLogp, _ = w.scorer(byReference).score(e.prompts[at], g.Tokens, temperature)
		}
	}
	e.runs[t.run].answers[t.who][at] = a
}

// scorer of policy or reference, made when it is first needed.
func (w *Worker) scorer(who int) *scorer {
	if w.scorers[who] == nil {
		w.scorers[who] = newScorer(w.e.models()[who], w.e.longest+w.e.MaxTokens)
	}
	return w.scorers[who]
}
