package nn

import "dpolab/core/kernel"

// Embed looks tokens up: y[i] = w[tokens[i]]. tokens (N), w is (V,C); y is (N,C).
// tokens must stay as it is until Backward.
func (t *Tape) Embed(tokens []int32, w Tensor) Tensor {
	y := t.alloc(len(tokens), w.Cols)
	dst, table := t.Data(y), t.Data(w)
	for i, id := range tokens {
		copy(dst[i*w.Cols:(i+1)*w.Cols], table[int(id)*w.Cols:])
	}
	return t.record(node{back: embedBack, y: y, a: w, rows: tokens})
}

// embedBack: dw[tokens[i]] += dy[i].
func embedBack(t *Tape, n *node) {
	dy, dw, c := t.Grad(n.y), t.Grad(n.a), n.a.Cols
	for i, id := range n.rows {
		kernel.AddTo(dw[int(id)*c:(int(id)+1)*c], dy[i*c:(i+1)*c])
	}
}

// Linear is y = x·wᵀ. x is (N,C), w is (F,C) as transformers stores it; y is (N,F).
func (t *Tape) Linear(x, w Tensor) Tensor {
	y := t.alloc(x.Rows, w.Rows)
	kernel.MatMul(t.mat(y), t.mat(x), t.mat(w).T(), &t.mm)
	return t.record(node{back: linearBack, y: y, a: x, b: w})
}

// linearBack: dx += dy·w, dw += dyᵀ·x.
func linearBack(t *Tape, n *node) {
	dy := t.gradMat(n.y)
	kernel.MatMulAdd(t.gradMat(n.a), dy, t.mat(n.b), &t.mm)
	t.pause()
	kernel.MatMulAdd(t.gradMat(n.b), dy.T(), t.mat(n.a), &t.mm)
}

// Add is y = a + b, the residual stream; all (N,C).
func (t *Tape) Add(a, b Tensor) Tensor {
	y := t.alloc(a.Rows, a.Cols)
	kernel.Add(t.Data(y), t.Data(a), t.Data(b))
	return t.record(node{back: addBack, y: y, a: a, b: b})
}

// addBack: da += dy, db += dy.
func addBack(t *Tape, n *node) {
	kernel.AddTo(t.Grad(n.a), t.Grad(n.y))
	kernel.AddTo(t.Grad(n.b), t.Grad(n.y))
}

// RMSNorm is y = x / sqrt(mean(x²) + eps) * w, row by row. x is (N,C), w is (1,C);
// y is (N,C). Zhang and Sennrich 2019, arXiv 1910.07467.
func (t *Tape) RMSNorm(x, w Tensor, eps float32) Tensor {
	y := t.alloc(x.Rows, x.Cols)
	rstd := t.alloc(x.Rows, 1)
	dst, src, scale, r, c := t.Data(y), t.Data(x), t.Data(w), t.Data(rstd), x.Cols
	for i := range x.Rows {
		r[i] = kernel.RMSNorm(dst[i*c:(i+1)*c], src[i*c:(i+1)*c], scale, eps)
	}
	return t.record(node{back: rmsNormBack, y: y, a: x, b: w, saved: rstd, eps: eps})
}

// rmsNormBack differentiates y = x·rstd·w, rstd a function of x.
func rmsNormBack(t *Tape, n *node) {
	dx, dw, dy := t.Grad(n.a), t.Grad(n.b), t.Grad(n.y)
	x, w, r, c := t.Data(n.a), t.Data(n.b), t.Data(n.saved), n.a.Cols
	for i := range n.a.Rows {
		lo, hi := i*c, (i+1)*c
		kernel.RMSNormBack(dx[lo:hi], dw, dy[lo:hi], x[lo:hi], w, r[i])
	}
}

// SwiGLU is y = silu(gate) * up, all (N,F). Shazeer 2020, arXiv 2002.05202.
func (t *Tape) SwiGLU(gate, up Tensor) Tensor {
	y := t.alloc(gate.Rows, gate.Cols)
	kernel.SwiGLU(t.Data(y), t.Data(gate), t.Data(up))
	return t.record(node{back: swiGLUBack, y: y, a: gate, b: up})
}

// swiGLUBack differentiates y = silu(gate)*up in both factors.
func swiGLUBack(t *Tape, n *node) {
	kernel.SwiGLUBack(t.Grad(n.a), t.Grad(n.b), t.Grad(n.y), t.Data(n.a), t.Data(n.b))
}
