package kernel

import "math"

// AdamW is the settings of one update, after Loshchilov and Hutter (2019):
// decoupled weight decay, as torch.optim.AdamW does it.
type AdamW struct {
	Rate         float32 // learning rate of this step
	Beta1, Beta2 float32 // decay of the first and second moment, of at most seven decimals
	Eps          float32 // added to the root of the second moment
	Decay        float32 // weight decay, multiplied by Rate
	Correction1  float32 // 1 - Beta1^t with t = 1 at the first step
	Correction2  float32 // 1 - Beta2^t
}

// Update moves the weights w against the gradient g and updates the moments m
// and v, all of one length.
//
//	for i {
//		m[i] = Beta1*m[i] + (1-Beta1)*g[i]
//		v[i] = Beta2*v[i] + (1-Beta2)*g[i]*g[i]
//		w[i] = w[i]*(1-Rate*Decay) - Rate/Correction1 * m[i] / (sqrt(v[i])/sqrt(Correction2) + Eps)
//	}
//
// A moment below the smallest normal number becomes 0: the rows of tokens that
// never come would otherwise keep subnormal moments for ever, and cost fifty
// times as much as the others.
func (o AdamW) Update(w, g, m, v []float32) {
	if len(w) != len(g) || len(w) != len(m) || len(w) != len(v) {
		unequal("AdamW.Update", len(w), len(g), len(m), len(v))
	}
	adamW(w, g, m, v, o.constants())
}

// adamConsts is what does not change from element to element.
type adamConsts struct {
	beta1, rest1, beta2, rest2, keep, step, root, eps float32
}

func (o AdamW) constants() adamConsts {
	return adamConsts{
		beta1: o.Beta1, rest1: rest(o.Beta1),
		beta2: o.Beta2, rest2: rest(o.Beta2),
		keep: float32(1 - float64(float64(o.Rate)*float64(o.Decay))),
		step: o.Rate / o.Correction1,
		root: float32(1 / math.Sqrt(float64(o.Correction2))),
		eps:  o.Eps,
	}
}

// rest is 1-beta of the decimal that beta stands for: 0.001 for 0.999, where
// the float32 nearest to 0.999 alone would give 0.00099998713.
func rest(beta float32) float32 {
	const decimals = 1e7
	return float32(math.Round((1-float64(beta))*decimals) / decimals)
}

func refAdamW(w, g, m, v []float32, c adamConsts) {
	g, m, v = g[:len(w)], m[:len(w)], v[:len(w)]
	for i := range w {
		m1 := float32(c.beta1*m[i]) + float32(c.rest1*g[i])
		v1 := float32(c.beta2*v[i]) + float32(float32(c.rest2*g[i])*g[i])
		m1, v1 = normal(m1), normal(v1)
		m[i], v[i] = m1, v1
		root := float32(math.Sqrt(float64(v1)))
		w[i] = float32(w[i]*c.keep) - float32(c.step*m1)/(float32(root*c.root)+c.eps)
	}
}

const smallestNormal = 0x1p-126

// normal is x, or 0 if x is subnormal. NaN stays NaN.
func normal(x float32) float32 {
	if x < smallestNormal && x > -smallestNormal {
		return 0
	}
	return x
}
