// Package nn is a coarse tape: a few dozen differentiable operations, each with
// its backward right under its forward. A model is a composition of them.
//
// Memory is one arena that grows once and is reset for every micro-batch. Tensors
// are handles into it, operations are the only callers of core/kernel. There is no
// shape broadcasting, no view, no graph surgery, and no scalar autograd.
package nn

import (
	"errors"

	"dpolab/core/kernel"
)

// Tensor is a handle on a row-major matrix of float32, in the arena of the tape
// that made it or among the bound parameters. It is only valid until Reset.
type Tensor struct {
	Rows, Cols int
	off        int
	param      bool
}

func (x Tensor) len() int { return x.Rows * x.Cols }

// node is one operation as it was done: back adds to the gradients of what it read.
type node struct {
	back    func(*Tape, *node)
	y       Tensor    // what it wrote
	a, b, c Tensor    // what it read
	saved   Tensor    // what forward kept for backward
	layout  *Layout   // attention, rotary
	table   *Rotation // rotary
	heads   Heads     // attention
	rows    []int32   // embedding: tokens; head: rows
	targets []int32   // head
	eps     float32   // norm
}

// ErrStopped is what Run returns when the hook abandoned the work.
var ErrStopped = errors.New("nn: stopped by the host")

type stopped struct{}

// Tape records operations and differentiates them. The zero Tape is ready once
// parameters are bound.
type Tape struct {
	// Hook is called between operations, so that a host stays responsive; when it
	// returns false the work is abandoned and Run returns ErrStopped.
	Hook func() bool

	weights, grads []float32 // parameters and their gradients
	data, adj      []float32 // arena of values, and of their gradients
	used           int
	nodes          []node
	noGrad         bool

	mm    kernel.Scratch
	tmp   []float32 // reused by operations within one call
	group group     // of the attention under way
	chunk chunk     // of the head under way
	stats []kernel.RowStats
}

// Bind gives the tape its parameters. grads has the length of weights and is added
// to by Backward; nil means that nothing is differentiated and nothing recorded.
func (t *Tape) Bind(weights, grads []float32) {
	t.weights, t.grads, t.noGrad = weights, grads, grads == nil
	t.Reset()
}

// Reset forgets every operation and tensor; memory is kept.
func (t *Tape) Reset() { t.used, t.nodes = 0, t.nodes[:0] }

// Run calls f and turns an abandonment by Hook into ErrStopped. After that the
// tape must be Reset; gradients hold a part of a sum and must be cleared.
func (t *Tape) Run(f func()) (err error) {
	defer func() {
		switch r := recover(); r.(type) {
		case nil:
		case stopped:
			err = ErrStopped
		default:
			panic(r)
		}
	}()
	f()
	return nil
}

// Param is the parameter of rows x cols that begins at element off of the weights.
func (t *Tape) Param(off, rows, cols int) Tensor {
	return Tensor{Rows: rows, Cols: cols, off: off, param: true}
}

// Data returns the values of x. The slice is good until the next operation.
func (t *Tape) Data(x Tensor) []float32 {
	if x.param {
		return t.weights[x.off : x.off+x.len()]
	}
	return t.data[x.off : x.off+x.len()]
}

// Grad returns the gradient of x: of a parameter at any time, of another tensor
// between Seed and the end of Backward.
func (t *Tape) Grad(x Tensor) []float32 {
	if x.param {
		return t.grads[x.off : x.off+x.len()]
	}
	return t.adj[x.off : x.off+x.len()]
}

func (t *Tape) mat(x Tensor) kernel.Mat     { return kernel.Dense(t.Data(x), x.Rows, x.Cols) }
func (t *Tape) gradMat(x Tensor) kernel.Mat { return kernel.Dense(t.Grad(x), x.Rows, x.Cols) }

// alloc takes rows x cols from the arena; the values are whatever was there.
func (t *Tape) alloc(rows, cols int) Tensor {
	x := Tensor{Rows: rows, Cols: cols, off: t.used}
	t.used += x.len()
	t.data = grow(t.data, t.used)
	return x
}

// grow returns s with at least n elements, keeping what it holds.
func grow(s []float32, n int) []float32 {
	if n <= len(s) {
		return s
	}
	bigger := make([]float32, n+n/4)
	copy(bigger, s)
	return bigger
}

// temp returns n elements that are good until the operation ends.
func (t *Tape) temp(n int) []float32 {
	t.tmp = grow(t.tmp, n)
	return t.tmp[:n]
}

// record ends an operation: it is kept for Backward, and the host may step in.
func (t *Tape) record(n node) Tensor {
	if !t.noGrad {
		t.nodes = append(t.nodes, n)
	}
	t.pause()
	return n.y
}

func (t *Tape) pause() {
	if t.Hook != nil && !t.Hook() {
		panic(stopped{})
	}
}

// Seed clears the gradients of the arena and returns those of y for the caller to
// fill: dL/dy, shape of y.
func (t *Tape) Seed(y Tensor) []float32 {
	t.adj = grow(t.adj, len(t.data))
	clear(t.adj[:t.used])
	return t.Grad(y)
}

// Backward adds to the gradient of every parameter, last operation first.
func (t *Tape) Backward() {
	for i := len(t.nodes) - 1; i >= 0; i-- {
		t.nodes[i].back(t, &t.nodes[i])
		t.pause()
	}
}
