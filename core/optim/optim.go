// Package optim moves weights along their gradients: AdamW over an arena, the
// schedules of the learning rate, and clipping by the global norm. It knows no
// model and no loss.
package optim

import (
	"fmt"
	"math"

	"dpolab/core/kernel"
)

// Span is a run of the arena that shares one rule: Decay says whether weight decay
// applies to it.
type Span struct {
	Off, Len int
	Decay    bool
}

// AdamW is Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv
// 1711.05101), with the arithmetic of torch.optim.AdamW.
type AdamW struct {
	Beta1, Beta2, Eps, Decay float64

	M, V  []float32 // running means of the gradient and of its square
	Steps int       // updates made
	spans []Span
}

// NewAdamW returns an optimizer for an arena of n numbers laid out as spans.
func NewAdamW(n int, spans []Span) *AdamW {
	return &AdamW{M: make([]float32, n), V: make([]float32, n), spans: spans}
}

// Update makes one step: w and g have the arena's length.
func (o *AdamW) Update(w, g []float32, rate float64) {
	o.Steps++
	step := kernel.AdamW{Rate: float32(rate), Beta1: float32(o.Beta1), Beta2: float32(o.Beta2), Eps: float32(o.Eps),
		Correction1: float32(1 - math.Pow(o.Beta1, float64(o.Steps))),
		Correction2: float32(1 - math.Pow(o.Beta2, float64(o.Steps)))}
	for _, s := range o.spans {
		if step.Decay = 0; s.Decay {
			step.Decay = float32(o.Decay)
		}
		lo, hi := s.Off, s.Off+s.Len
		step.Update(w[lo:hi], g[lo:hi], o.M[lo:hi], o.V[lo:hi])
	}
}

// Clip scales g down to the norm limit if it is longer and returns the norm it had.
// A limit of 0 leaves g as it is.
func Clip(g []float32, limit float64) (norm float64) {
	norm = math.Sqrt(kernel.SumSquares(g))
	if limit > 0 && norm > limit {
		kernel.Scale(g, float32(limit/(norm+1e-6))) // torch.nn.utils.clip_grad_norm_
	}
	return norm
}

// Schedule is the course of the learning rate: a linear warm-up, then Shape.
type Schedule struct {
	Shape  string // "constant", "linear", "cosine"
	Peak   float64
	Warmup int
	Total  int
}

// Rate is the learning rate of update number step, the first being 0. The warm-up
// does not waste its first update on a rate of 0 as transformers does:
// (step+1)/(Warmup+1) of the peak, then down towards 0 at Total.
func (s Schedule) Rate(step int) float64 {
	if step < s.Warmup {
		return s.Peak * float64(step+1) / float64(s.Warmup+1)
	}
	left := 1 - float64(step-s.Warmup)/math.Max(1, float64(s.Total-s.Warmup))
	left = math.Max(0, left)
	switch s.Shape {
	case "constant":
		return s.Peak
	case "linear":
		return s.Peak * left
	case "cosine":
		return s.Peak * 0.5 * (1 + math.Cos(math.Pi*(1-left)))
	}
	panic(fmt.Sprintf("optim: no schedule is called %q", s.Shape))
}
