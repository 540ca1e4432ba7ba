//go:build goexperiment.simd && (amd64 || wasm)

package kernel

func mulScaled(dst, x, w []float32, alpha float32) {
	if !vectors {
		refMulScaled(dst, x, w, alpha)
		return
	}
	a := splat(alpha)
	pd, px, pw := ptr(dst), ptr(x), ptr(w)
	i := 0
	for ; i <= len(dst)-width; i += width {
		store(at(pd, i), load(at(px, i)).Mul(a).Mul(load(at(pw, i))))
	}
	clearUpper()
	refMulScaled(dst[i:], x[i:], w[i:], alpha)
}

func normBackX(dx, dy, x, w []float32, rstd, m float32) {
	if !vectors {
		refNormBackX(dx, dy, x, w, rstd, m)
		return
	}
	rr, mm := splat(rstd), splat(m)
	pd, py, px, pw := ptr(dx), ptr(dy), ptr(x), ptr(w)
	i := 0
	for ; i <= len(dx)-width; i += width {
		g := load(at(py, i)).Mul(load(at(pw, i))).Sub(load(at(px, i)).Mul(mm))
		store(at(pd, i), load(at(pd, i)).Add(rr.Mul(g)))
	}
	clearUpper()
	refNormBackX(dx[i:], dy[i:], x[i:], w[i:], rstd, m)
}

func normBackW(dw, dy, x []float32, rstd float32) {
	if !vectors {
		refNormBackW(dw, dy, x, rstd)
		return
	}
	rr := splat(rstd)
	pd, py, px := ptr(dw), ptr(dy), ptr(x)
	i := 0
	for ; i <= len(dw)-width; i += width {
		store(at(pd, i), load(at(pd, i)).Add(load(at(py, i)).Mul(load(at(px, i)).Mul(rr))))
	}
	clearUpper()
	refNormBackW(dw[i:], dy[i:], x[i:], rstd)
}

// swiGLU is refSwiGLU in runs of chunk elements: first e^-gate of the run,
// then the rest.
func swiGLU(dst, gate, up []float32) {
	if !vectors {
		refSwiGLU(dst, gate, up)
		return
	}
	var buf [chunk]float32
	for i := 0; i < len(dst); i += chunk {
		end := min(i+chunk, len(dst))
		e := buf[:end-i]
		expAffine(e, gate[i:end], -1, 0)
		swiGLURun(dst[i:end], gate[i:end], up[i:end], e)
	}
}

func swiGLURun(dst, gate, up, e []float32) {
	one := splat(1)
	pd, pg, pu, pe := ptr(dst), ptr(gate), ptr(up), ptr(e)
	i := 0
	for ; i <= len(dst)-width; i += width {
		s := one.Div(one.Add(load(at(pe, i))))
		store(at(pd, i), load(at(pg, i)).Mul(s).Mul(load(at(pu, i))))
	}
	clearUpper()
	refSwiGLU(dst[i:], gate[i:], up[i:])
}

func swiGLUBack(dgate, dup, dy, gate, up []float32) {
	if !vectors {
		refSwiGLUBack(dgate, dup, dy, gate, up)
		return
	}
	var buf [chunk]float32
	for i := 0; i < len(dy); i += chunk {
		end := min(i+chunk, len(dy))
		e := buf[:end-i]
		expAffine(e, gate[i:end], -1, 0)
		swiGLUBackRun(dgate[i:end], dup[i:end], dy[i:end], gate[i:end], up[i:end], e)
	}
}

func swiGLUBackRun(dgate, dup, dy, gate, up, e []float32) {
	one := splat(1)
	pdg, pdu, py, pg, pu, pe := ptr(dgate), ptr(dup), ptr(dy), ptr(gate), ptr(up), ptr(e)
	i := 0
	for ; i <= len(dy)-width; i += width {
		s := one.Div(one.Add(load(at(pe, i))))
		g, y := load(at(pg, i)), load(at(py, i))
		slope := s.Mul(g.Mul(one.Sub(s)).Add(one))
		store(at(pdg, i), load(at(pdg, i)).Add(y.Mul(load(at(pu, i))).Mul(slope)))
		store(at(pdu, i), load(at(pdu, i)).Add(y.Mul(g.Mul(s))))
	}
	clearUpper()
	refSwiGLUBack(dgate[i:], dup[i:], dy[i:], gate[i:], up[i:])
}

func rotary(d0, d1, x0, x1, cos, sin []float32) {
	if !vectors {
		refRotary(d0, d1, x0, x1, cos, sin)
		return
	}
	p0, p1, q0, q1, pc, ps := ptr(d0), ptr(d1), ptr(x0), ptr(x1), ptr(cos), ptr(sin)
	i := 0
	for ; i <= len(cos)-width; i += width {
		a, b, c, s := load(at(q0, i)), load(at(q1, i)), load(at(pc, i)), load(at(ps, i))
		store(at(p0, i), a.Mul(c).Sub(b.Mul(s)))
		store(at(p1, i), b.Mul(c).Add(a.Mul(s)))
	}
	clearUpper()
	refRotary(d0[i:], d1[i:], x0[i:], x1[i:], cos[i:], sin[i:])
}

func rotaryBack(d0, d1, y0, y1, cos, sin []float32) {
	if !vectors {
		refRotaryBack(d0, d1, y0, y1, cos, sin)
		return
	}
	p0, p1, q0, q1, pc, ps := ptr(d0), ptr(d1), ptr(y0), ptr(y1), ptr(cos), ptr(sin)
	i := 0
	for ; i <= len(cos)-width; i += width {
		a, b, c, s := load(at(q0, i)), load(at(q1, i)), load(at(pc, i)), load(at(ps, i))
		store(at(p0, i), load(at(p0, i)).Add(a.Mul(c).Add(b.Mul(s))))
		store(at(p1, i), load(at(p1, i)).Add(b.Mul(c).Sub(a.Mul(s))))
	}
	clearUpper()
	refRotaryBack(d0[i:], d1[i:], y0[i:], y1[i:], cos[i:], sin[i:])
}

func adamW(w, g, m, v []float32, c adamConsts) {
	if !vectors {
		refAdamW(w, g, m, v, c)
		return
	}
	beta1, rest1, beta2, rest2 := splat(c.beta1), splat(c.rest1), splat(c.beta2), splat(c.rest2)
	zero, tiny := splat(0), splat(smallestNormal)
	keep, step, root, eps := splat(c.keep), splat(c.step), splat(c.root), splat(c.eps)
	pw, pg, pm, pv := ptr(w), ptr(g), ptr(m), ptr(v)
	i := 0
	for ; i <= len(w)-width; i += width {
		gi := load(at(pg, i))
		mi := beta1.Mul(load(at(pm, i))).Add(rest1.Mul(gi))
		vi := beta2.Mul(load(at(pv, i))).Add(rest2.Mul(gi).Mul(gi))
		mi = zero.IfElse(mi.Abs().Less(tiny), mi)
		vi = zero.IfElse(vi.Less(tiny), vi)
		store(at(pm, i), mi)
		store(at(pv, i), vi)
		down := step.Mul(mi).Div(vi.Sqrt().Mul(root).Add(eps))
		store(at(pw, i), load(at(pw, i)).Mul(keep).Sub(down))
	}
	clearUpper()
	refAdamW(w[i:], g[i:], m[i:], v[i:], c)
}
