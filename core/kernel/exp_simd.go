//go:build goexperiment.simd && (amd64 || wasm)

package kernel

import "unsafe"

// expAffine is refExpAffine. The last elements are padded to a vector: the
// rows of attention have any length, and the scalar exp is slow.
func expAffine(dst, x []float32, scale, shift float32) {
	if !vectors {
		refExpAffine(dst, x, scale, shift)
		return
	}
	full := len(dst) / width * width
	expVectors(ptr(dst), ptr(x), full, scale, shift)
	if full < len(dst) {
		var pad [lanes]float32
		copy(pad[:], x[full:])
		expVectors(unsafe.Pointer(&pad), unsafe.Pointer(&pad), width, scale, shift)
		copy(dst[full:], pad[:])
	}
}

// expVectors is exp, line by line, for n elements, n a multiple of Len.
func expVectors(dst, src unsafe.Pointer, n int, scale, shift float32) {
	a, b := splat(scale), splat(shift)
	low, high, inf := splat(expLow), splat(expHigh), splat(posInf)
	round, one := splat(expRound), splat(1)
	log2E, ln2Hi, ln2Lo := splat(expLog2E), splat(expLn2Hi), splat(expLn2Lo)
	q0, q1, q2, q3, q4, q5 := splat(expQ0), splat(expQ1), splat(expQ2), splat(expQ3), splat(expQ4), splat(expQ5)
	for i := 0; i < n; i += width {
		x := load(at(src, i)).Mul(a).Sub(b)
		t := x.Mul(log2E).Add(round)
		k := t.Sub(round)
		r := x.Sub(k.Mul(ln2Hi))
		r = r.Sub(k.Mul(ln2Lo))
		q := q5.Mul(r).Add(q4)
		q = q.Mul(r).Add(q3)
		q = q.Mul(r).Add(q2)
		q = q.Mul(r).Add(q1)
		q = q.Mul(r).Add(q0)
		p := q.Mul(r).Mul(r).Add(r).Add(one)
		p = p.ToBits().Add(t.ToBits().ShiftAllLeft(floatBits)).BitsToFloat32()
		p = p.Masked(x.GreaterEqual(low))
		p = p.IfElse(x.LessEqual(high), x.Add(inf)) // +Inf above, NaN of NaN
		store(at(dst, i), p)
	}
	clearUpper()
}

func shiftAbove(dst, x []float32, m, low float32) {
	if !vectors {
		refShiftAbove(dst, x, m, low)
		return
	}
	mm, ll := splat(m), splat(low)
	pd, px := ptr(dst), ptr(x)
	i := 0
	for ; i <= len(dst)-width; i += width {
		d := load(at(px, i)).Sub(mm)
		store(at(pd, i), ll.IfElse(d.Less(ll), d))
	}
	clearUpper()
	refShiftAbove(dst[i:], x[i:], m, low)
}

func softmaxBack(dx, p, dp []float32, scale, inner float32) {
	if !vectors {
		refSoftmaxBack(dx, p, dp, scale, inner)
		return
	}
	ss, in := splat(scale), splat(inner)
	px, pp, pd := ptr(dx), ptr(p), ptr(dp)
	i := 0
	for ; i <= len(dx)-width; i += width {
		store(at(px, i), load(at(pd, i)).Sub(in).Mul(ss.Mul(load(at(pp, i)))))
	}
	clearUpper()
	refSoftmaxBack(dx[i:], p[i:], dp[i:], scale, inner)
}
