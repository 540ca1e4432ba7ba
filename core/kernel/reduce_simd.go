//go:build goexperiment.simd && (amd64 || wasm)

package kernel

import "unsafe"

// The 16 lanes of a reduction are two or four vectors; width is constant, so
// that the branches on it cost nothing.

func dot(a, b []float32) float32 {
	if !vectors {
		return refDot(a, b)
	}
	var s0, s1, s2, s3 vec
	pa, pb := ptr(a), ptr(b)
	i := 0
	for ; i <= len(a)-lanes; i += lanes {
		qa, qb := at(pa, i), at(pb, i)
		s0 = s0.Add(load(qa).Mul(load(qb)))
		s1 = s1.Add(load(at(qa, width)).Mul(load(at(qb, width))))
		if width == 4 {
			s2 = s2.Add(load(at(qa, 8)).Mul(load(at(qb, 8))))
			s3 = s3.Add(load(at(qa, 12)).Mul(load(at(qb, 12))))
		}
	}
	if i == len(a) {
		return addVectors(s0, s1, s2, s3)
	}
	lane := spread(s0, s1, s2, s3)
	a, b = a[i:], b[i:len(a)]
	for k := range a {
		lane[k] += float32(a[k] * b[k])
	}
	return addLanes(&lane)
}

func dot3(a, b, c []float32) float32 {
	if !vectors {
		return refDot3(a, b, c)
	}
	var s0, s1, s2, s3 vec
	pa, pb, pc := ptr(a), ptr(b), ptr(c)
	i := 0
	for ; i <= len(a)-lanes; i += lanes {
		qa, qb, qc := at(pa, i), at(pb, i), at(pc, i)
		s0 = s0.Add(load(qa).Mul(load(qb)).Mul(load(qc)))
		s1 = s1.Add(load(at(qa, width)).Mul(load(at(qb, width))).Mul(load(at(qc, width))))
		if width == 4 {
			s2 = s2.Add(load(at(qa, 8)).Mul(load(at(qb, 8))).Mul(load(at(qc, 8))))
			s3 = s3.Add(load(at(qa, 12)).Mul(load(at(qb, 12))).Mul(load(at(qc, 12))))
		}
	}
	if i == len(a) {
		return addVectors(s0, s1, s2, s3)
	}
	lane := spread(s0, s1, s2, s3)
	a, b, c = a[i:], b[i:len(a)], c[i:len(a)]
	for k := range a {
		lane[k] += float32(float32(a[k]*b[k]) * c[k])
	}
	return addLanes(&lane)
}

func sum(x []float32) float32 {
	if !vectors {
		return refSum(x)
	}
	var s0, s1, s2, s3 vec
	p := ptr(x)
	i := 0
	for ; i <= len(x)-lanes; i += lanes {
		q := at(p, i)
		s0 = s0.Add(load(q))
		s1 = s1.Add(load(at(q, width)))
		if width == 4 {
			s2 = s2.Add(load(at(q, 8)))
			s3 = s3.Add(load(at(q, 12)))
		}
	}
	if i == len(x) {
		return addVectors(s0, s1, s2, s3)
	}
	lane := spread(s0, s1, s2, s3)
	for k, v := range x[i:] {
		lane[k] += v
	}
	return addLanes(&lane)
}

func maximum(x []float32) float32 {
	if !vectors {
		return refMax(x)
	}
	m0 := splat(negInf)
	m1, m2, m3 := m0, m0, m0
	p := ptr(x)
	i := 0
	for ; i <= len(x)-4*width; i += 4 * width {
		q := at(p, i)
		v0, v1, v2, v3 := load(q), load(at(q, width)), load(at(q, 2*width)), load(at(q, 3*width))
		m0 = v0.IfElse(v0.Greater(m0), m0)
		m1 = v1.IfElse(v1.Greater(m1), m1)
		m2 = v2.IfElse(v2.Greater(m2), m2)
		m3 = v3.IfElse(v3.Greater(m3), m3)
	}
	for ; i <= len(x)-width; i += width {
		v := load(at(p, i))
		m0 = v.IfElse(v.Greater(m0), m0)
	}
	m0 = m0.IfElse(m0.Greater(m1), m1)
	m2 = m2.IfElse(m2.Greater(m3), m3)
	m0 = m0.IfElse(m0.Greater(m2), m2)
	var lane [width]float32
	store(unsafe.Pointer(&lane), m0)
	clearUpper()
	return max(refMax(lane[:]), refMax(x[i:]))
}

// spread writes the lanes out, for the elements after the last multiple of 16.
func spread(s0, s1, s2, s3 vec) (lane [lanes]float32) {
	p := unsafe.Pointer(&lane)
	store(p, s0)
	store(at(p, width), s1)
	if width == 4 {
		store(at(p, 8), s2)
		store(at(p, 12), s3)
	}
	clearUpper()
	return lane
}

// addVectors is addLanes on lanes that are still in registers.
func addVectors(s0, s1, s2, s3 vec) float32 {
	var lane [8]float32
	if width == 4 {
		s0, s1 = s0.Add(s2), s1.Add(s3)
	}
	s0 = s0.Add(s1)
	store(unsafe.Pointer(&lane), s0)
	clearUpper()
	if width == 8 {
		for i := range 4 {
			lane[i] += lane[i+4]
		}
	}
	return lane[0] + lane[2] + (lane[1] + lane[3])
}
