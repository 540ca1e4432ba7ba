package kernel

// SwiGLU sets dst (F) = silu(gate) * up, the gated activation of Shazeer
// (2020). dst may be gate or up.
//
//	for i { s := 1/(1+exp(-gate[i])); dst[i] = gate[i]*s * up[i] }
func SwiGLU(dst, gate, up []float32) {
	if len(dst) != len(gate) || len(dst) != len(up) {
		unequal("SwiGLU", len(dst), len(gate), len(up))
	}
	swiGLU(dst, gate, up)
}

func refSwiGLU(dst, gate, up []float32) {
	gate, up = gate[:len(dst)], up[:len(dst)]
	for i, g := range gate {
		dst[i] = float32(g*sigmoid(g)) * up[i]
	}
}

// SwiGLUBack differentiates SwiGLU: dy (F) is the gradient of its result. It
// accumulates into dgate (F) and dup (F).
//
//	for i {
//		s := 1/(1+exp(-gate[i]))
//		dgate[i] += dy[i]*up[i] * (s*(1 + gate[i]*(1-s)))
//		dup[i] += dy[i] * (gate[i]*s)
//	}
func SwiGLUBack(dgate, dup, dy, gate, up []float32) {
	if len(dgate) != len(dup) || len(dgate) != len(dy) || len(dgate) != len(gate) || len(dgate) != len(up) {
		unequal("SwiGLUBack", len(dgate), len(dup), len(dy), len(gate), len(up))
	}
	swiGLUBack(dgate, dup, dy, gate, up)
}

func refSwiGLUBack(dgate, dup, dy, gate, up []float32) {
	dup, dy, gate, up = dup[:len(dgate)], dy[:len(dgate)], gate[:len(dgate)], up[:len(dgate)]
	for i, g := range gate {
		s := sigmoid(g)
		slope := s * (float32(g*(1-s)) + 1)
		dgate[i] += float32(float32(dy[i]*up[i]) * slope)
		dup[i] += float32(dy[i] * float32(g*s))
	}
}

// sigmoid is 1/(1+e^-x).
func sigmoid(x float32) float32 { return 1 / (1 + exp(-x)) }
