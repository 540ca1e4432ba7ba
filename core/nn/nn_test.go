package nn

import (
	"math"
	"math/rand/v2"
	"testing"
)

// case of a gradient check: inputs are parameters of the given sizes, and f
// composes one operation of them.
var gradientCases = []struct {
	name   string
	inputs [][2]int // rows, cols
	f      func(t *Tape, in []Tensor) Tensor
}{
	{"Embed", [][2]int{{5, 6}}, func(t *Tape, in []Tensor) Tensor {
		return t.Embed([]int32{3, 0, 3, 4}, in[0])
	}},
	{"Linear", [][2]int{{7, 6}, {5, 6}}, func(t *Tape, in []Tensor) Tensor {
		return t.Linear(in[0], in[1])
	}},
	{"Add", [][2]int{{3, 5}, {3, 5}}, func(t *Tape, in []Tensor) Tensor {
		return t.Add(in[0], in[1])
	}},
	{"Add of itself", [][2]int{{3, 5}}, func(t *Tape, in []Tensor) Tensor {
		return t.Add(in[0], in[0])
	}},
	{"RMSNorm", [][2]int{{4, 9}, {1, 9}}, func(t *Tape, in []Tensor) Tensor {
		return t.RMSNorm(in[0], in[1], 1e-5)
	}},
	{"SwiGLU", [][2]int{{3, 7}, {3, 7}}, func(t *Tape, in []Tensor) Tensor {
		return t.SwiGLU(in[0], in[1])
	}},
	{"Rotary", [][2]int{{9, 12}}, func(t *Tape, in []Tensor) Tensor {
		return t.Rotary(in[0], NewRotation(16, 6, 100), pairLayout)
	}},
	{"Attention", [][2]int{{9, 24}, {9, 12}, {9, 12}}, func(t *Tape, in []Tensor) Tensor {
		return t.Attention(in[0], in[1], in[2], Heads{H: 4, K: 2, D: 6}, pairLayout)
	}},
	{"LogProbs", [][2]int{{4, 6}, {11, 6}}, func(t *Tape, in []Tensor) Tensor {
		return t.LogProbs(in[0], in[1], []int32{1, 1, 0, 3}, []int32{10, 2, 0, 2})
	}},
	{"LogProbs of many chunks", [][2]int{{3, 4}, {5, 4}}, func(t *Tape, in []Tensor) Tensor {
		rows, targets := make([]int32, 2*headRows+3), make([]int32, 2*headRows+3)
		for i := range rows {
			rows[i], targets[i] = int32(i%3), int32(i%5)
		}
		return t.LogProbs(in[0], in[1], rows, targets)
	}},
}

// pairLayout is a prompt of 4 rows with completions of 2 and 3.
var pairLayout = &Layout{
	Pos:    []int32{0, 1, 2, 3, 4, 5, 4, 5, 6},
	Blocks: []Block{{0, 0, 0, 4}, {0, 4, 4, 2}, {0, 4, 6, 3}},
}

func randoms(r *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

// Every analytic gradient against central differences of L = Σ c·y.
func TestGradients(t *testing.T) {
	for _, tc := range gradientCases {
		t.Run(tc.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			n := 0
			for _, s := range tc.inputs {
				n += s[0] * s[1]
			}
			w, g := randoms(r, n), make([]float32, n)
			var tape Tape
			forward := func(grads []float32) Tensor {
				tape.Bind(w, grads)
				in, off := []Tensor{}, 0
				for _, s := range tc.inputs {
					in = append(in, tape.Param(off, s[0], s[1]))
					off += s[0] * s[1]
				}
				return tc.f(&tape, in)
			}
			y := forward(g)
			c := randoms(r, y.len())
			copy(tape.Seed(y), c)
			tape.Backward()

			loss := func() float64 {
				sum := 0.0
				for i, v := range tape.Data(forward(nil)) {
					if i < len(c) {
						sum += float64(c[i]) * float64(v)
					}
				}
				return sum
			}
			const h = 1.0 / 128
			for i := range w {
				was := w[i]
				w[i] = was + h
				hi := loss()
				w[i] = was - h
				lo := loss()
				w[i] = was
				want := (hi - lo) / (2 * h)
				if math.Abs(float64(g[i])-want) > 3e-3*(1+math.Abs(want)) {
					t.Errorf("gradient %d is %v, central difference %v", i, g[i], want)
				}
			}
		})
	}
}

// A prompt computed once for two completions gives the bits of two whole sequences.
func TestPrefixSharingChangesNoBit(t *testing.T) {
	const h, k, d, prompt, first, second = 4, 2, 8, 5, 3, 70
	r := rand.New(rand.NewPCG(3, 4))
	n := prompt + first + second
	q, key, v := randoms(r, n*h*d), randoms(r, n*k*d), randoms(r, n*k*d)
	run := func(rows []int, l *Layout) []float32 {
		pick := func(x []float32, width int) []float32 {
			var out []float32
			for _, i := range rows {
				out = append(out, x[i*width:(i+1)*width]...)
			}
			return out
		}
		w := append(append(pick(q, h*d), pick(key, k*d)...), pick(v, k*d)...)
		var tape Tape
		tape.Bind(w, nil)
		m := len(rows)
		y := tape.Attention(tape.Param(0, m, h*d), tape.Param(m*h*d, m, k*d), tape.Param(m*(h+k)*d, m, k*d), Heads{h, k, d}, l)
		return append([]float32(nil), tape.Data(y)...)
	}
	upTo := func(lo, hi int) (rows []int) {
		for i := lo; i < hi; i++ {
			rows = append(rows, i)
		}
		return rows
	}
	shared := run(upTo(0, n), &Layout{Blocks: []Block{{0, 0, 0, prompt}, {0, prompt, prompt, first}, {0, prompt, prompt + first, second}}})
	alone := run(append(upTo(0, prompt), upTo(prompt+first, n)...), &Layout{Blocks: []Block{{0, 0, 0, prompt + second}}})
	for i := range second * h * d {
		if a, b := shared[(prompt+first)*h*d+i], alone[prompt*h*d+i]; math.Float32bits(a) != math.Float32bits(b) {
			t.Fatalf("completion's element %d is %v with a shared prompt, %v alone", i, a, b)
		}
	}
	for i := range prompt * h * d {
		if math.Float32bits(shared[i]) != math.Float32bits(alone[i]) {
			t.Fatalf("prompt's element %d is %v with a shared prompt, %v alone", i, shared[i], alone[i])
		}
	}
}

func TestHookStopsBetweenOperations(t *testing.T) {
	w := randoms(rand.New(rand.NewPCG(5, 6)), 12)
	var tape Tape
	tape.Bind(w, make([]float32, 12))
	left := 2
	tape.Hook = func() bool { left--; return left > 0 }
	done := 0
	err := tape.Run(func() {
		x := tape.Param(0, 2, 6)
		for range 5 {
			x = tape.Add(x, x)
			done++
		}
	})
	if err != ErrStopped || done != 1 {
		t.Errorf("Run = %v after %d operations, want ErrStopped after 1", err, done)
	}
}

// The loop of training allocates nothing once the arena has grown.
func TestNoAllocationAfterTheFirstStep(t *testing.T) {
	n := 9*24 + 2*9*12
	w, g := randoms(rand.New(rand.NewPCG(7, 8)), n), make([]float32, n)
	var tape Tape
	tape.Bind(w, g)
	step := func() {
		tape.Reset()
		q, k, v := tape.Param(0, 9, 24), tape.Param(9*24, 9, 12), tape.Param(9*36, 9, 12)
		y := tape.Attention(q, k, v, Heads{H: 4, K: 2, D: 6}, pairLayout)
		y = tape.Add(y, q)
		copy(tape.Seed(y), w)
		tape.Backward()
	}
	if got := testing.AllocsPerRun(10, step); got > 0 {
		t.Errorf("%v allocations a step, want 0", got)
	}
}
