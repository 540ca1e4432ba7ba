// Package model is the Transformer that is trained: its Config, the one table of
// its tensors, the forward pass as a composition of nn's operations, and sampling
// with a key/value cache. It reads no files (core/ckpt) and knows no text
// (core/token).
package model

import "dpolab/core/nn"

// LogProbs runs the packed batch through the model and returns log π(target | what
// the row sees) for each prediction, (P,1). The tape must be bound to m.Weights.
func (m *Model) LogProbs(t *nn.Tape, b *Batch) nn.Tensor {
	x := m.hiddenStates(t, b)
	return t.LogProbs(x, m.param(t, m.layout.head), b.Rows, b.Targets)
}

// hiddenStates returns the last hidden states after the final norm, (N,C).
func (m *Model) hiddenStates(t *nn.Tape, b *Batch) nn.Tensor {
	eps := float32(m.NormEps)
	x := t.Embed(b.Tokens, m.param(t, m.layout.embed))
	for _, l := range m.layout.layers {
		h := t.RMSNorm(x, m.param(t, l.attnNorm), eps)
		x = t.Add(x, m.attention(t, h, l, &b.Layout))
		h = t.RMSNorm(x, m.param(t, l.ffnNorm), eps)
		x = t.Add(x, m.feedForward(t, h, l))
	}
	return t.RMSNorm(x, m.param(t, m.layout.norm), eps)
}

func (m *Model) attention(t *nn.Tape, x nn.Tensor, l layer, where *nn.Layout) nn.Tensor {
	q := t.Rotary(t.Linear(x, m.param(t, l.q)), m.rotation, where)
	k := t.Rotary(t.Linear(x, m.param(t, l.k)), m.rotation, where)
	v := t.Linear(x, m.param(t, l.v))
	y := t.Attention(q, k, v, nn.Heads{H: m.Heads, K: m.KVHeads, D: m.HeadDim}, where)
	return t.Linear(y, m.param(t, l.o))
}

func (m *Model) feedForward(t *nn.Tape, x nn.Tensor, l layer) nn.Tensor {
	gate := t.Linear(x, m.param(t, l.gate))
	up := t.Linear(x, m.param(t, l.up))
	return t.Linear(t.SwiGLU(gate, up), m.param(t, l.down))
}

// param is row i of the table as a tensor of the tape; a norm is (1,C).
func (m *Model) param(t *nn.Tape, i int) nn.Tensor {
	p := m.layout.table[i]
	if len(p.Shape) == 1 {
		return t.Param(p.Off, 1, p.Shape[0])
	}
	return t.Param(p.Off, p.Shape[0], p.Shape[1])
}
