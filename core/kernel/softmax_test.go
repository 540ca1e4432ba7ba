package kernel

import (
	"math"
	"testing"
)

func TestSoftmaxWithMaskedElements(t *testing.T) {
	for _, n := range []int{3, 19, 40} {
		x := make([]float32, n)
		for i := range x {
			x[i] = negInf
		}
		x[1], x[n-1] = 5, 5
		Softmax(x, x, 0.25)
		for i, p := range x {
			want := float32(0)
			if i == 1 || i == n-1 {
				want = 0.5
			}
			if p != want {
				t.Errorf("%d elements: p[%d] = %g, want %g", n, i, p, want)
			}
		}
	}
	x := []float32{1000, 0, -1000}
	Softmax(x, x, 1)
	if x[0] != 1 || x[1] != 0 || x[2] != 0 {
		t.Errorf("far apart: %v, want 1 0 0", x)
	}
}

func vocabRow64(x []float64) (p []float64, lse, entropy, sumP2, mean float64) {
	m := math.Inf(-1)
	for _, v := range x {
		m = max(m, v)
		mean += v / float64(len(x))
	}
	for _, v := range x {
		lse += math.Exp(v - m)
	}
	lse = m + math.Log(lse)
	for _, v := range x {
		q := math.Exp(v - lse)
		p = append(p, q)
		if q > 0 {
			entropy -= q * (v - lse)
		}
		sumP2 += q * q
	}
	return p, lse, entropy, sumP2, mean
}

func TestVocabRowAgainstFloat64(t *testing.T) {
	r := random(20)
	for _, n := range append(lengths()[1:], 511, 512, 513, 4096) {
		for _, spread := range []float32{0.01, 1, 30} {
			x := guardedRandom(r, n)
			Scale(x.data, spread)
			best := r.IntN(n)
			x.data[best] = 4 * spread
			x.data[n-1] = x.data[best] // a tie: the lower index wins
			want, lse, entropy, sumP2, mean := vocabRow64(wide(x.data))
			p := guardedZeros(n)
			st := VocabRow(p.data, x.data)
			near(t, "p", p.data, make([]float32, n), want)
			wantMax := 0
			for i, v := range x.data {
				if v > x.data[wantMax] {
					wantMax = i
				}
			}
			if st.ArgMax != wantMax {
				t.Errorf("%d logits: argmax %d, want %d", n, st.ArgMax, wantMax)
			}
			for _, c := range []struct {
				name      string
				got       float32
				want, tol float64
			}{
				{"LogSumExp", st.LogSumExp, lse, 1e-6}, {"Entropy", st.Entropy, entropy, 2e-6},
				{"SumP2", st.SumP2, sumP2, 1e-6}, {"MeanLogit", st.MeanLogit, mean, 1e-6},
			} {
				if math.Abs(float64(c.got)-c.want) > c.tol*(1+math.Abs(c.want)) {
					t.Errorf("%d logits, spread %g: %s = %g, want %g (%v)", n, spread, c.name, c.got, c.want, st)
				}
			}
			p.check(t, "p")
			again := VocabRow(x.data, x.data)
			if again != st {
				t.Errorf("%d logits in place: %v, want %v", n, again, st)
			}
			sameBits(t, "p in place", x.data, p.data)
			x.check(t, "logits")
		}
	}
}

func TestVocabRowWithMaskedLogits(t *testing.T) {
	x := []float32{negInf, 2, negInf, 2, negInf}
	st := VocabRow(x, x)
	if x[0] != 0 || x[1] != 0.5 || x[3] != 0.5 {
		t.Errorf("p = %v, want halves at 1 and 3", x)
	}
	if math.Abs(float64(st.Entropy)-math.Ln2) > 1e-6 || st.ArgMax != 1 {
		t.Errorf("%v, want entropy log 2 and argmax 1", st)
	}
}
