//go:build !goexperiment.simd || !(amd64 || wasm)

package kernel

// Without SIMD the references are the kernels.

func panelN() int { return refPanelN }

func tileRows(dst []float32, stride, rows int, a, b []float32, kc int, add bool) {
	refTileRows(dst, stride, rows, a, b, kc, add)
}

func rowPanels(dst, a, b []float32, kc, panels int, add bool) {
	refRowPanels(dst, a, b, kc, panels, add)
}

func dot(a, b []float32) float32                       { return refDot(a, b) }
func dot3(a, b, c []float32) float32                   { return refDot3(a, b, c) }
func sum(x []float32) float32                          { return refSum(x) }
func maximum(x []float32) float32                      { return refMax(x) }
func axpy(dst []float32, alpha float32, x []float32)   { refAxpy(dst, alpha, x) }
func add(dst, a, b []float32)                          { refAdd(dst, a, b) }
func scale(dst []float32, alpha float32)               { refScale(dst, alpha) }
func expAffine(dst, x []float32, scale, shift float32) { refExpAffine(dst, x, scale, shift) }
func shiftAbove(dst, x []float32, m, low float32)      { refShiftAbove(dst, x, m, low) }
func mulScaled(dst, x, w []float32, alpha float32)     { refMulScaled(dst, x, w, alpha) }
func normBackX(dx, dy, x, w []float32, rstd, m float32) {
	refNormBackX(dx, dy, x, w, rstd, m)
}
func normBackW(dw, dy, x []float32, rstd float32) { refNormBackW(dw, dy, x, rstd) }
func softmaxBack(dx, p, dp []float32, scale, inner float32) {
	refSoftmaxBack(dx, p, dp, scale, inner)
}
func swiGLU(dst, gate, up []float32)                { refSwiGLU(dst, gate, up) }
func swiGLUBack(dgate, dup, dy, gate, up []float32) { refSwiGLUBack(dgate, dup, dy, gate, up) }
func rotary(d0, d1, x0, x1, cos, sin []float32)     { refRotary(d0, d1, x0, x1, cos, sin) }
func rotaryBack(d0, d1, y0, y1, cos, sin []float32) { refRotaryBack(d0, d1, y0, y1, cos, sin) }
func adamW(w, g, m, v []float32, c adamConsts)      { refAdamW(w, g, m, v, c) }

func packRuns(dst, src []float32, width, n, stride int) { refPackRuns(dst, src, width, n, stride) }
func packFour(dst, src []float32, stride, n, width int) { refPackFour(dst, src, stride, n, width) }
