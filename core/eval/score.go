package eval

import (
	"dpolab/core/kernel"
	"dpolab/core/model"
)

// scorer computes what a model says of answers that are there.
type scorer struct {
	dec   *model.Decoder
	row   []float32 // (V) logits over the temperature
	probs []float32 // (V)
	slots []model.Slot
	want  []int
}

// newScorer reads the weights as they are now; no prompt with its answer is longer
// than longest.
func newScorer(m *model.Model, longest int) *scorer {
	return &scorer{dec: m.NewDecoder(1, longest), row: make([]float32, m.Vocab), probs: make([]float32, m.Vocab)}
}

// score returns log π(answer | prompt), and the sum of the entropies of the
// distributions that each token is drawn from, in nats, both at the temperature.
func (s *scorer) score(prompt, answer []int32, temperature float64) (logp, entropy float64) {
	s.slots, s.want = s.slots[:0], s.want[:0]
	for pos := range len(prompt) + len(answer) - 1 { // the last token predicts nothing
		id := int32(0)
		if pos < len(prompt) {
			id = prompt[pos]
		} else {
			id = answer[pos-len(prompt)]
		}
		if pos >= len(prompt)-1 {
			s.want = append(s.want, pos)
		}
		s.slots = append(s.slots, model.Slot{Pos: pos, Token: id})
	}
	logits, v := s.dec.Logits(s.slots, s.want), len(s.row)
	scale := float32(1 / temperature)
	for i, id := range answer {
		for k, l := range logits[i*v : (i+1)*v] {
			s.row[k] = l * scale
		}
		stats := kernel.VocabRow(s.probs, s.row)
		logp += float64(s.row[id] - stats.LogSumExp)
		entropy += float64(stats.Entropy)
	}
	return logp, entropy
}
