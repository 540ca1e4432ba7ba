//go:build goexperiment.simd && amd64

package kernel

import (
	"simd/archsimd"
	"unsafe"
)

// On amd64 a vector of the row kernels is an AVX2 register. Those kernels are
// bound by memory, or by the division; wider vectors are used in tile_amd64.go.
type vec = archsimd.Float32x8

const width = 8

// vectors is false on a processor without AVX2: the references then do the work.
var vectors = archsimd.X86.AVX2()

func splat(x float32) vec { return archsimd.BroadcastFloat32x8(x) }

func load(p unsafe.Pointer) vec     { return archsimd.LoadFloat32x8Array((*[width]float32)(p)) }
func store(p unsafe.Pointer, v vec) { v.StoreArray((*[width]float32)(p)) }

// clearUpper ends a run of vector code: scalar code is slowed down a
// hundredfold by upper halves of registers that are in use.
func clearUpper() {
	if vectors {
		archsimd.ClearAVXUpperBits()
	}
}

func copy4(dst, src unsafe.Pointer) {
	archsimd.LoadFloat32x4Array((*[4]float32)(src)).StoreArray((*[4]float32)(dst))
}

// gather4 puts the elements at p0, p1, p2 and p3 side by side.
func gather4(dst, p0, p1, p2, p3 unsafe.Pointer) {
	x0, x1, x2, x3 := *(*float32)(p0), *(*float32)(p1), *(*float32)(p2), *(*float32)(p3)
	d := (*[4]float32)(dst)
	d[0], d[1], d[2], d[3] = x0, x1, x2, x3
}
