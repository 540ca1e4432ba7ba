package model

import (
	"math"
	"math/rand/v2"
	"strconv"

	"dpolab/core/nn"
)

// Tensor is one row of the table of tensors: where a parameter lies in Weights.
type Tensor struct {
	Name  string // as transformers names it
	Shape []int  // (V,C) for the embedding, (out,in) for a projection, (C) for a norm
	Off   int    // first element in Model.Weights
	Len   int
	Decay bool    // weight decay applies: matrices, not norms
	Std   float64 // standard deviation at initialisation; 0 means ones
}

// FinalNorm is the tensor that every logit is proportional to.
const FinalNorm = "model.norm.weight"

// layer holds the tensors of one block, as indices into the table.
type layer struct {
	attnNorm, q, k, v, o, ffnNorm, gate, up, down int
}

// layout is the table together with the rows the forward pass asks for by role.
type layout struct {
	table             []Tensor
	layers            []layer
	embed, norm, head int
}

// Tensors lists every parameter in the order it is stored: the one table that
// allocation, checkpoints, the optimizer and the page read.
func (c Config) Tensors() []Tensor { return c.layout().table }

func (c Config) layout() layout {
	var l layout
	off := 0
	add := func(name string, std float64, shape ...int) int {
		n := 1
		for _, d := range shape {
			n *= d
		}
		l.table = append(l.table, Tensor{Name: name, Shape: shape, Off: off, Len: n, Decay: len(shape) > 1, Std: std})
		off += n
		return len(l.table) - 1
	}
	const std = 0.02
	residual := std / math.Sqrt(2*float64(c.Layers)) // GPT-2: residual projections are scaled down
	qd, kd := c.Heads*c.HeadDim, c.KVHeads*c.HeadDim
	l.embed = add("model.embed_tokens.weight", std, c.Vocab, c.Hidden)
	for i := range c.Layers {
		p := "model.layers." + strconv.Itoa(i) + "."
		l.layers = append(l.layers, layer{
			attnNorm: add(p+"input_layernorm.weight", 0, c.Hidden),
			q:        add(p+"self_attn.q_proj.weight", std, qd, c.Hidden),
			k:        add(p+"self_attn.k_proj.weight", std, kd, c.Hidden),
			v:        add(p+"self_attn.v_proj.weight", std, kd, c.Hidden),
			o:        add(p+"self_attn.o_proj.weight", residual, c.Hidden, qd),
			ffnNorm:  add(p+"post_attention_layernorm.weight", 0, c.Hidden),
			gate:     add(p+"mlp.gate_proj.weight", std, c.FFN, c.Hidden),
			up:       add(p+"mlp.up_proj.weight", std, c.FFN, c.Hidden),
			down:     add(p+"mlp.down_proj.weight", residual, c.Hidden, c.FFN),
		})
	}
	l.norm = add(FinalNorm, 0, c.Hidden)
	l.head = l.embed
	if !c.TieEmbeddings {
		l.head = add("lm_head.weight", std, c.Vocab, c.Hidden)
	}
	return l
}

// Model is a Transformer: its shape and its numbers. It holds no state of a run.
type Model struct {
	Config
	Weights  []float32 // every tensor of the table, one after the other
	layout   layout
	rotation *nn.Rotation
}

// New returns a model of zeros. It refuses a Config that does not validate.
func New(c Config) (*Model, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	return &Model{Config: c, Weights: make([]float32, c.Parameters()), layout: c.layout(),
		rotation: nn.NewRotation(c.Context, c.HeadDim, c.RopeTheta)}, nil
}

// Init draws the weights as GPT-2 does: normal with deviation 0.02, residual
// projections divided by sqrt(2L), norms one. The same seed gives the same weights.
func (m *Model) Init(seed uint64) {
	r := rand.New(rand.NewPCG(seed, 0x1717))
	for _, t := range m.layout.table {
		w := m.Weights[t.Off : t.Off+t.Len]
		for i := range w {
			if w[i] = 1; t.Std > 0 {
				w[i] = float32(r.NormFloat64() * t.Std)
			}
		}
	}
}

// Clone returns a copy that shares nothing.
func (m *Model) Clone() *Model {
	c := *m
	c.Weights = append([]float32(nil), m.Weights...)
	return &c
}

// weight returns the numbers of row i of the table.
func (m *Model) weight(i int) []float32 {
	t := m.layout.table[i]
	return m.Weights[t.Off : t.Off+t.Len]
}
