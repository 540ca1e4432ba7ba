//go:build goexperiment.simd && wasm

package kernel

import (
	"simd/archsimd"
	"unsafe"
)

// On wasm a vector is a v128.
type vec = archsimd.Float32x4

const (
	width   = 4
	vectors = true // every WebAssembly engine that runs the module has them
)

func splat(x float32) vec { return archsimd.BroadcastFloat32x4(x) }

func load(p unsafe.Pointer) vec     { return archsimd.LoadFloat32x4Array((*[width]float32)(p)) }
func store(p unsafe.Pointer, v vec) { v.StoreArray((*[width]float32)(p)) }

// clearUpper is needed on amd64 only.
func clearUpper() {}

func copy4(dst, src unsafe.Pointer) { store(dst, load(src)) }

// gather4 puts the elements at p0, p1, p2 and p3 side by side.
func gather4(dst, p0, p1, p2, p3 unsafe.Pointer) {
	x := splat(*(*float32)(p0)).SetElem(1, *(*float32)(p1))
	store(dst, x.SetElem(2, *(*float32)(p2)).SetElem(3, *(*float32)(p3)))
}
