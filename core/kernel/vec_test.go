package kernel

import (
	"math"
	"testing"
)

// kernels are all row kernels as functions of equally long rows, fast and
// reference. A kernel that returns a number puts it into a row.
var kernels = []struct {
	name      string
	rows      int
	fast, ref func(x [][]float32)
}{
	{"Axpy", 2,
		func(x [][]float32) { Axpy(x[0], 0.3, x[1]) },
		func(x [][]float32) { refAxpy(x[0], 0.3, x[1]) }},
	{"Add", 3,
		func(x [][]float32) { Add(x[0], x[1], x[2]) },
		func(x [][]float32) { refAdd(x[0], x[1], x[2]) }},
	{"AddTo", 2,
		func(x [][]float32) { AddTo(x[0], x[1]) },
		func(x [][]float32) { refAdd(x[0], x[0], x[1]) }},
	{"Scale", 1,
		func(x [][]float32) { Scale(x[0], 0.7) },
		func(x [][]float32) { refScale(x[0], 0.7) }},
	{"Dot", 3,
		func(x [][]float32) { put(x[0], Dot(x[1], x[2])) },
		func(x [][]float32) { put(x[0], refDot(x[1], x[2])) }},
	{"dot3", 4,
		func(x [][]float32) { put(x[0], dot3(x[1], x[2], x[3])) },
		func(x [][]float32) { put(x[0], refDot3(x[1], x[2], x[3])) }},
	{"sum", 2,
		func(x [][]float32) { put(x[0], sum(x[1])) },
		func(x [][]float32) { put(x[0], refSum(x[1])) }},
	{"maximum", 2,
		func(x [][]float32) { put(x[0], maximum(x[1])) },
		func(x [][]float32) { put(x[0], refMax(x[1])) }},
	{"Exp", 2,
		func(x [][]float32) { Exp(x[0], x[1]) },
		func(x [][]float32) { refExpAffine(x[0], x[1], 1, 0) }},
	{"Exp in place", 1,
		func(x [][]float32) { Exp(x[0], x[0]) },
		func(x [][]float32) { refExpAffine(x[0], x[0], 1, 0) }},
	{"shiftAbove", 2,
		func(x [][]float32) { shiftAbove(x[0], x[1], 1, -0.5) },
		func(x [][]float32) { refShiftAbove(x[0], x[1], 1, -0.5) }},
	{"Softmax", 2,
		func(x [][]float32) { Softmax(x[0], x[1], 0.4) },
		func(x [][]float32) { refSoftmax(x[0], x[1], 0.4) }},
	{"Softmax in place", 1,
		func(x [][]float32) { Softmax(x[0], x[0], 3) },
		func(x [][]float32) { refSoftmax(x[0], x[0], 3) }},
	{"SoftmaxBack", 3,
		func(x [][]float32) { SoftmaxBack(x[0], x[1], x[2], 0.4) },
		func(x [][]float32) { refSoftmaxBack(x[0], x[1], x[2], 0.4, refDot(x[1], x[2])) }},
	{"SoftmaxBack in place", 2,
		func(x [][]float32) { SoftmaxBack(x[0], x[1], x[0], 0.4) },
		func(x [][]float32) { refSoftmaxBack(x[0], x[1], x[0], 0.4, refDot(x[1], x[0])) }},
	{"RMSNorm", 4,
		func(x [][]float32) { put(x[3], RMSNorm(x[0], x[1], x[2], 1e-6)) },
		func(x [][]float32) { put(x[3], refRMSNorm(x[0], x[1], x[2], 1e-6)) }},
	{"RMSNorm in place", 2,
		func(x [][]float32) { RMSNorm(x[0], x[0], x[1], 1e-6) },
		func(x [][]float32) { refRMSNorm(x[0], x[0], x[1], 1e-6) }},
	{"RMSNormBack", 5,
		func(x [][]float32) { RMSNormBack(x[0], x[1], x[2], x[3], x[4], 0.8) },
		func(x [][]float32) { refRMSNormBack(x[0], x[1], x[2], x[3], x[4], 0.8) }},
	{"SwiGLU", 3,
		func(x [][]float32) { SwiGLU(x[0], x[1], x[2]) },
		func(x [][]float32) { refSwiGLU(x[0], x[1], x[2]) }},
	{"SwiGLU in place of gate", 2,
		func(x [][]float32) { SwiGLU(x[0], x[0], x[1]) },
		func(x [][]float32) { refSwiGLU(x[0], x[0], x[1]) }},
	{"SwiGLU in place of up", 2,
		func(x [][]float32) { SwiGLU(x[1], x[0], x[1]) },
		func(x [][]float32) { refSwiGLU(x[1], x[0], x[1]) }},
	{"SwiGLUBack", 5,
		func(x [][]float32) { SwiGLUBack(x[0], x[1], x[2], x[3], x[4]) },
		func(x [][]float32) { refSwiGLUBack(x[0], x[1], x[2], x[3], x[4]) }},
	{"Rotary", 6,
		func(x [][]float32) { rotary(x[0], x[1], x[2], x[3], x[4], x[5]) },
		func(x [][]float32) { refRotary(x[0], x[1], x[2], x[3], x[4], x[5]) }},
	{"RotaryBack", 6,
		func(x [][]float32) { rotaryBack(x[0], x[1], x[2], x[3], x[4], x[5]) },
		func(x [][]float32) { refRotaryBack(x[0], x[1], x[2], x[3], x[4], x[5]) }},
	{"AdamW", 4,
		func(x [][]float32) { square(x[3]); testAdamW.Update(x[0], x[1], x[2], x[3]) },
		func(x [][]float32) { square(x[3]); refAdamW(x[0], x[1], x[2], x[3], testAdamW.constants()) }},
}

var testAdamW = AdamW{Rate: 1e-3, Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Decay: 0.1, Correction1: 0.19, Correction2: 0.001999}

func square(x []float32) {
	for i := range x {
		x[i] *= x[i]
	}
}

func put(x []float32, v float32) {
	if len(x) > 0 {
		x[0] = v
	}
}

func TestKernelsEqualTheirReference(t *testing.T) {
	r := random(4)
	for _, k := range kernels {
		for _, n := range lengths() {
			fast, ref := make([][]float32, k.rows), make([][]float32, k.rows)
			guards := make([]guarded, k.rows)
			for i := range k.rows {
				guards[i] = guardedRandom(r, n)
				fast[i] = guards[i].data
				ref[i] = guardedCopy(guards[i].data).data
			}
			k.fast(fast)
			k.ref(ref)
			for i := range k.rows {
				sameBits(t, k.name, fast[i], ref[i])
				guards[i].check(t, k.name)
			}
		}
	}
}

// An element has the same bits whatever comes before and after it.
func TestElementBitsDoNotDependOnTheOffset(t *testing.T) {
	reductions := map[string]bool{"Dot": true, "dot3": true, "sum": true, "maximum": true, "Softmax": true,
		"Softmax in place": true, "SoftmaxBack": true, "SoftmaxBack in place": true, "RMSNorm": true,
		"RMSNorm in place": true, "RMSNormBack": true}
	const n = 100
	r := random(5)
	for _, k := range kernels {
		if reductions[k.name] {
			continue
		}
		whole := make([][]float32, k.rows)
		start := make([][]float32, k.rows)
		for i := range whole {
			whole[i] = guardedRandom(r, n).data
			start[i] = guardedCopy(whole[i]).data
		}
		k.fast(whole)
		for first := range 20 {
			for last := n - 20; last < n; last++ {
				part := make([][]float32, k.rows)
				for i := range part {
					part[i] = guardedCopy(start[i][first:last]).data
				}
				k.fast(part)
				for i := range part {
					sameBits(t, k.name, part[i], whole[i][first:last])
				}
			}
		}
	}
}

func TestKernelsDoNotAllocate(t *testing.T) {
	r := random(6)
	for _, k := range kernels {
		x := make([][]float32, k.rows)
		for i := range x {
			x[i] = guardedRandom(r, 77).data
		}
		if allocs := testing.AllocsPerRun(5, func() { k.fast(x) }); allocs != 0 {
			t.Errorf("%s: %v allocations a run, want none", k.name, allocs)
		}
	}
}

func TestKernelsRefuseUnequalLengths(t *testing.T) {
	x, y := make([]float32, 8), make([]float32, 9)
	calls := map[string]func(){
		"Dot":         func() { Dot(x, y) },
		"Axpy":        func() { Axpy(x, 1, y) },
		"Add":         func() { Add(x, x, y) },
		"AddTo":       func() { AddTo(x, y) },
		"Exp":         func() { Exp(x, y) },
		"Softmax":     func() { Softmax(x, y, 1) },
		"SoftmaxBack": func() { SoftmaxBack(x, x, y, 1) },
		"VocabRow":    func() { VocabRow(x, y) },
		"VocabRow 0":  func() { VocabRow(nil, nil) },
		"RMSNorm":     func() { RMSNorm(x, x, y, 1) },
		"RMSNormBack": func() { RMSNormBack(x, y, x, x, x, 1) },
		"SwiGLU":      func() { SwiGLU(x, x, y) },
		"SwiGLUBack":  func() { SwiGLUBack(x, x, x, x, y) },
		"Rotary":      func() { Rotary(x, x, x[:4], x[:3]) },
		"RotaryBack":  func() { RotaryBack(x, x, x[:3], x[:3]) },
		"AdamW":       func() { testAdamW.Update(x, x, x, y) },
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) { wantPanic(t, call) })
	}
}

func TestSumSquares(t *testing.T) {
	r := random(7)
	for _, n := range lengths() {
		x := guardedRandom(r, n)
		var want float64
		for _, v := range x.data {
			want += float64(v) * float64(v)
		}
		if got := SumSquares(x.data); math.Abs(got-want) > 1e-12*want {
			t.Errorf("%d elements: %v, want %v", n, got, want)
		}
	}
	if got := SumSquares([]float32{1e30, 1e30, 0, 0, 1e30}); math.IsInf(got, 0) || math.IsNaN(got) {
		t.Errorf("large elements: %v, want a finite number", got)
	}
}
