package nn

import (
	"math"

	"dpolab/core/kernel"
)

// Block is a run of rows that see a prefix and, causally, themselves. A prompt is a
// block without a prefix; each of its completions is a block whose prefix is the
// prompt, so that the prompt is computed once (prefix sharing).
type Block struct {
	Prefix, PrefixLen int // rows [Prefix, Prefix+PrefixLen), seen by all rows of the block
	Start, Len        int // rows [Start, Start+Len)
}

// Layout places packed rows: each row's logical position in its sequence, and the
// blocks that say what a row may see. Blocks cover every row once.
type Layout struct {
	Pos    []int32 // (N)
	Blocks []Block
}

// Heads are the sizes of grouped-query attention: H query heads read K key/value
// heads of D channels, H/K of them each. Ainslie et al. 2023, arXiv 2305.13245.
type Heads struct{ H, K, D int }

// Rotation holds cos and sin of position times frequency, each (T, D/2).
type Rotation struct {
	Cos, Sin []float32
	Half     int // D/2
}

// NewRotation fills the table for positions 0 to context-1, frequency j being
// theta^(-2j/D). Su et al. 2021, arXiv 2104.09864, eq. 34.
func NewRotation(context, d int, theta float64) *Rotation {
	r := &Rotation{Half: d / 2, Cos: make([]float32, context*d/2), Sin: make([]float32, context*d/2)}
	for p := range context {
		for j := range r.Half {
			angle := float64(p) * math.Pow(theta, -2*float64(j)/float64(d))
			r.Cos[p*r.Half+j] = float32(math.Cos(angle))
			r.Sin[p*r.Half+j] = float32(math.Sin(angle))
		}
	}
	return r
}

// At returns cos and sin of one position, each (D/2).
func (r *Rotation) At(pos int32) (cos, sin []float32) {
	lo, hi := int(pos)*r.Half, (int(pos)+1)*r.Half
	return r.Cos[lo:hi], r.Sin[lo:hi]
}

// Rotary turns every head of every row by its position, in the rotate-half form
// (channel j pairs with j+D/2). x is (N, heads·D); so is y.
func (t *Tape) Rotary(x Tensor, table *Rotation, l *Layout) Tensor {
	y := t.alloc(x.Rows, x.Cols)
	t.eachHead(y, table, l, t.Data(y), t.Data(x), kernel.Rotary)
	return t.record(node{back: rotaryBack, y: y, a: x, table: table, layout: l})
}

// rotaryBack turns dy back: dx += Rᵀ·dy.
func rotaryBack(t *Tape, n *node) {
	t.eachHead(n.y, n.table, n.layout, t.Grad(n.a), t.Grad(n.y), kernel.RotaryBack)
}

func (t *Tape) eachHead(x Tensor, table *Rotation, l *Layout, dst, src []float32, turn func(dst, x, cos, sin []float32)) {
	d := 2 * table.Half
	for i := range x.Rows {
		cos, sin := table.At(l.Pos[i])
		for o := i * x.Cols; o < (i+1)*x.Cols; o += d {
			turn(dst[o:o+d], src[o:o+d], cos, sin)
		}
	}
}

// Attention is softmax(q·kᵀ/sqrt(D))·v for each head over what the layout lets a row
// see. q is (N,H·D), k and v are (N,K·D), already rotated; y is (N,H·D). Keys are
// taken in the order of their positions, so that a row's bits do not depend on
// where its prefix lies or on its neighbours.
func (t *Tape) Attention(q, k, v Tensor, h Heads, l *Layout) Tensor {
	y := t.alloc(q.Rows, q.Cols)
	p := t.alloc(1, probabilities(h, l)) // (H, Len, PrefixLen+Len) of each block
	n := node{back: attentionBack, y: y, a: q, b: k, c: v, saved: p, heads: h, layout: l}
	t.eachGroup(&n, func(g *group) {
		for head := range g.heads {
			p := g.probs[head]
			kernel.MatMul(p, g.rows(t.Data(q), q, head), g.keys.T(), &t.mm)
			for i := range g.Len {
				row, seen := p.Data[i*p.Cols:(i+1)*p.Cols], g.PrefixLen+i+1
				kernel.Softmax(row[:seen], row[:seen], g.scale)
				clear(row[seen:])
			}
			kernel.MatMul(g.rows(t.Data(y), y, head), p, g.vals, &t.mm)
		}
	})
	return t.record(n)
}

// attentionBack: dv += pᵀ·dy; dp = dy·vᵀ; ds = p∘(dp − Σ p∘dp)/sqrt(D); dq += ds·k;
// dk += dsᵀ·q.
func attentionBack(t *Tape, n *node) {
	t.eachGroup(n, func(g *group) {
		for head := range g.heads {
			p, dy := g.probs[head], g.rows(t.Grad(n.y), n.y, head)
			kernel.MatMulAdd(g.dvals, p.T(), dy, &t.mm)
			kernel.MatMul(g.dprobs, dy, g.vals.T(), &t.mm)
			for i := range g.Len {
				dp := g.dprobs.Data[i*p.Cols : (i+1)*p.Cols]
				kernel.SoftmaxBack(dp, p.Data[i*p.Cols:(i+1)*p.Cols], dp, g.scale)
			}
			kernel.MatMulAdd(g.rows(t.Grad(n.a), n.a, head), g.dprobs, g.keys, &t.mm)
			kernel.MatMulAdd(g.dkeys, g.dprobs.T(), g.rows(t.Data(n.a), n.a, head), &t.mm)
		}
		g.each(func(i, row int) {
			kernel.AddTo(g.row(t.Grad(n.b), n.b, row), g.dkeys.Data[i*n.heads.D:(i+1)*n.heads.D])
			kernel.AddTo(g.row(t.Grad(n.c), n.c, row), g.dvals.Data[i*n.heads.D:(i+1)*n.heads.D])
		})
	})
}

// probabilities counts what Attention keeps: one row of probabilities for each
// query row and head.
func probabilities(h Heads, l *Layout) int {
	n := 0
	for _, b := range l.Blocks {
		n += h.H * b.Len * (b.PrefixLen + b.Len)
	}
	return n
}

// group is one block seen by one key/value head: its keys and values gathered into
// (T,D), T = PrefixLen+Len, and the query heads that read them.
type group struct {
	Block
	d, kv, heads int // size of a head, which key/value head, how many query heads
	scale        float32
	keys, vals   kernel.Mat   // (T,D)
	dkeys, dvals kernel.Mat   // (T,D), zero
	dprobs       kernel.Mat   // (Len,T)
	probs        []kernel.Mat // (Len,T) for each query head
}

// each calls f for the i-th row that the block's last row sees.
func (g *group) each(f func(i, row int)) {
	for i := range g.PrefixLen {
		f(i, g.Prefix+i)
	}
	for i := range g.Len {
		f(g.PrefixLen+i, g.Start+i)
	}
}

// row returns the group's key/value head of a row of x, an (N,K·D) tensor.
func (g *group) row(data []float32, x Tensor, row int) []float32 {
	o := row*x.Cols + g.kv*g.d
	return data[o : o+g.d]
}

// rows returns the block's rows of one of the group's query heads: (Len,D), a view.
func (g *group) rows(data []float32, x Tensor, head int) kernel.Mat {
	o := g.Start*x.Cols + (g.kv*g.heads+head)*g.d
	return kernel.Mat{Data: data[o:], Rows: g.Len, Cols: g.d, RowStride: x.Cols, ColStride: 1}
}

// eachGroup walks blocks and key/value heads in a fixed order.
func (t *Tape) eachGroup(n *node, f func(*group)) {
	h := n.heads
	k, v, saved := t.Data(n.b), t.Data(n.c), t.Data(n.saved)
	g := &t.group
	*g = group{d: h.D, heads: h.H / h.K, scale: float32(1 / math.Sqrt(float64(h.D))), probs: g.probs}
	for len(g.probs) < g.heads {
		g.probs = append(g.probs, kernel.Mat{})
	}
	g.probs = g.probs[:g.heads]
	for _, b := range n.layout.Blocks {
		g.Block = b
		seen := b.PrefixLen + b.Len
		size := seen * h.D
		tmp := t.temp(4*size + b.Len*seen)
		g.keys = kernel.Dense(tmp[:size], seen, h.D)
		g.vals = kernel.Dense(tmp[size:2*size], seen, h.D)
		g.dkeys = kernel.Dense(tmp[2*size:3*size], seen, h.D)
		g.dvals = kernel.Dense(tmp[3*size:4*size], seen, h.D)
		g.dprobs = kernel.Dense(tmp[4*size:], b.Len, seen)
		for g.kv = range h.K {
			for i := range g.probs {
				g.probs[i] = kernel.Dense(saved[:b.Len*seen], b.Len, seen)
				saved = saved[b.Len*seen:]
			}
			clear(tmp[2*size : 4*size])
			g.each(func(i, row int) {
				copy(g.keys.Data[i*h.D:], g.row(k, n.b, row))
				copy(g.vals.Data[i*h.D:], g.row(v, n.c, row))
			})
			f(g)
		}
	}
}
