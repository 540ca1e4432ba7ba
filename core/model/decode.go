package model

import (
	"math"

	"dpolab/core/kernel"
)

// Decoder computes next-token logits with a key/value cache for a fixed number of
// sequences side by side. It reads the weights as they were at NewDecoder (they are
// packed once), so that training may go on meanwhile; it has memory of its own.
type Decoder struct {
	m        *Model
	capacity int // positions of each sequence
	weights  []float32
	packed   []packedLayer
	head     kernel.Packed
	keys     []float32 // (L, sequences, K, capacity, D)
	vals     []float32 // as keys
	seqs     int
	mm       kernel.Scratch
	buf      buffers
}

type packedLayer struct{ q, k, v, o, gate, up, down kernel.Packed }

// Slot is one token at its position in a sequence.
type Slot struct {
	Seq, Pos int
	Token    int32
}

// NewDecoder prepares seqs empty sequences of at most capacity positions.
func (m *Model) NewDecoder(seqs, capacity int) *Decoder {
	capacity = min(capacity, m.Context)
	n := m.Layers * seqs * m.KVHeads * capacity * m.HeadDim
	d := &Decoder{m: m, capacity: capacity, seqs: seqs, keys: make([]float32, n), vals: make([]float32, n)}
	d.weights = append(d.weights, m.Weights...) // norms and embedding are read unpacked
	pack := func(i int) kernel.Packed {
		t := m.layout.table[i]
		rows, cols := t.Shape[0], t.Shape[1]
		return kernel.Pack(make([]float32, kernel.PackedLen(cols, rows)), kernel.Dense(m.weight(i), rows, cols).T())
	}
	for _, l := range m.layout.layers {
		d.packed = append(d.packed, packedLayer{q: pack(l.q), k: pack(l.k), v: pack(l.v), o: pack(l.o),
			gate: pack(l.gate), up: pack(l.up), down: pack(l.down)})
	}
	d.head = pack(m.layout.head)
	return d
}

// buffers are the activations of one call, grown once; all (slots, width).
type buffers struct{ x, h, q, k, v, y, gate, up, logits, scores []float32 }

func (d *Decoder) weight(i int) []float32 {
	t := d.m.layout.table[i]
	return d.weights[t.Off : t.Off+t.Len]
}

// Share gives sequence to the first n positions of sequence from, instead of feeding
// them again.
func (d *Decoder) Share(to, from, n int) {
	n *= d.m.HeadDim
	for layer := range d.m.Layers {
		for head := range d.m.KVHeads {
			copy(d.cache(d.keys, layer, to, head)[:n], d.cache(d.keys, layer, from, head))
			copy(d.cache(d.vals, layer, to, head)[:n], d.cache(d.vals, layer, from, head))
		}
	}
}

// Logits feeds the slots and returns the logits of the slots named by want, one
// row of V each; the slice is good until the next call. Positions of one sequence
// come in order, without gaps.
func (d *Decoder) Logits(slots []Slot, want []int) []float32 {
	m, n, b := d.m, len(slots), &d.buf
	c, qd, kd := m.Hidden, m.Heads*m.HeadDim, m.KVHeads*m.HeadDim
	eps := float32(m.NormEps)
	b.grow(n, c, qd, kd, m.FFN, d.capacity)
	embed := d.weight(m.layout.embed)
	for i, s := range slots {
		copy(b.x[i*c:(i+1)*c], embed[int(s.Token)*c:])
	}
	for li, l := range m.layout.layers {
		p := &d.packed[li]
		norm(b.h, b.x, d.weight(l.attnNorm), n, eps)
		d.product(b.q, b.h, p.q, n)
		d.product(b.k, b.h, p.k, n)
		d.product(b.v, b.h, p.v, n)
		for i, s := range slots {
			d.store(li, s, b.k[i*kd:(i+1)*kd], b.v[i*kd:(i+1)*kd])
		}
		for i, s := range slots {
			d.attend(li, s, b.y[i*qd:(i+1)*qd], b.q[i*qd:(i+1)*qd])
		}
		d.product(b.h, b.y, p.o, n)
		kernel.AddTo(b.x[:n*c], b.h[:n*c])
		norm(b.h, b.x, d.weight(l.ffnNorm), n, eps)
		d.product(b.gate, b.h, p.gate, n)
		d.product(b.up, b.h, p.up, n)
		kernel.SwiGLU(b.gate[:n*m.FFN], b.gate[:n*m.FFN], b.up[:n*m.FFN])
		d.product(b.h, b.gate, p.down, n)
		kernel.AddTo(b.x[:n*c], b.h[:n*c])
	}
	for i, w := range want {
		copy(b.h[i*c:(i+1)*c], b.x[w*c:(w+1)*c])
	}
	norm(b.h, b.h, d.weight(m.layout.norm), len(want), eps)
	b.logits = need(b.logits, len(want)*m.Vocab)
	d.product(b.logits, b.h, d.head, len(want))
	return b.logits[:len(want)*m.Vocab]
}

// product is dst (n,out) = x (n,in) · w.
func (d *Decoder) product(dst, x []float32, w kernel.Packed, n int) {
	in, out := w.Dims()
	kernel.MatMulPacked(kernel.Dense(dst[:n*out], n, out), kernel.Dense(x[:n*in], n, in), w, &d.mm)
}

func norm(dst, x, w []float32, n int, eps float32) {
	c := len(w)
	for i := range n {
		kernel.RMSNorm(dst[i*c:(i+1)*c], x[i*c:(i+1)*c], w, eps)
	}
}

// cache returns the (capacity,D) keys or values of one head of one sequence.
func (d *Decoder) cache(x []float32, layer, seq, head int) []float32 {
	size := d.capacity * d.m.HeadDim
	o := ((layer*d.seqs+seq)*d.m.KVHeads + head) * size
	return x[o : o+size]
}

// store rotates the key of a slot and puts key and value into the cache.
func (d *Decoder) store(layer int, s Slot, k, v []float32) {
	dim := d.m.HeadDim
	cos, sin := d.m.rotation.At(int32(s.Pos))
	for h := range d.m.KVHeads {
		lo, hi := h*dim, (h+1)*dim
		kernel.Rotary(d.cache(d.keys, layer, s.Seq, h)[s.Pos*dim:(s.Pos+1)*dim], k[lo:hi], cos, sin)
		copy(d.cache(d.vals, layer, s.Seq, h)[s.Pos*dim:], v[lo:hi])
	}
}

// attend is y = softmax(q·kᵀ/sqrt(D))·v over the slot's past and itself, for each
// head; q and y are (H·D).
func (d *Decoder) attend(layer int, s Slot, y, q []float32) {
	dim, seen := d.m.HeadDim, s.Pos+1
	scale := float32(1 / math.Sqrt(float64(dim)))
	cos, sin := d.m.rotation.At(int32(s.Pos))
	turned, p := d.buf.scores[:dim], d.buf.scores[dim:dim+seen]
	for h := range d.m.Heads {
		kv := h / (d.m.Heads / d.m.KVHeads)
		keys, vals := d.cache(d.keys, layer, s.Seq, kv), d.cache(d.vals, layer, s.Seq, kv)
		kernel.Rotary(turned, q[h*dim:(h+1)*dim], cos, sin)
		for j := range p {
			p[j] = kernel.Dot(turned, keys[j*dim:(j+1)*dim])
		}
		kernel.Softmax(p, p, scale)
		out := y[h*dim : (h+1)*dim]
		clear(out)
		for j, w := range p {
			kernel.Axpy(out, w, vals[j*dim:(j+1)*dim])
		}
	}
}

func (b *buffers) grow(n, c, qd, kd, ffn, capacity int) {
	b.x, b.h = need(b.x, n*c), need(b.h, n*max(c, qd))
	b.q, b.y = need(b.q, n*qd), need(b.y, n*qd)
	b.k, b.v = need(b.k, n*kd), need(b.v, n*kd)
	b.gate, b.up = need(b.gate, n*ffn), need(b.up, n*ffn)
	b.scores = need(b.scores, capacity+qd)
}

func need(s []float32, n int) []float32 {
	if len(s) < n {
		return make([]float32, n)
	}
	return s
}
