package kernel

// Rotary turns one head row x (D) by the angles of its position into dst (D),
// after Su et al. (2021), in the rotate_half order of Llama and Qwen: element
// j pairs with j+D/2. cos and sin are (D/2). dst may be x.
//
//	for j < D/2 {
//		dst[j]     = x[j]*cos[j] - x[j+D/2]*sin[j]
//		dst[j+D/2] = x[j+D/2]*cos[j] + x[j]*sin[j]
//	}
func Rotary(dst, x, cos, sin []float32) {
	if len(dst) != len(x) || len(dst) != 2*len(cos) || len(dst) != 2*len(sin) {
		unequal("Rotary", len(dst), len(x), 2*len(cos), 2*len(sin))
	}
	h := len(cos)
	rotary(dst[:h], dst[h:], x[:h], x[h:], cos, sin)
}

func refRotary(d0, d1, x0, x1, cos, sin []float32) {
	for j, c := range cos {
		a, b, s := x0[j], x1[j], sin[j]
		d0[j] = float32(a*c) - float32(b*s)
		d1[j] = float32(b*c) + float32(a*s)
	}
}

// RotaryBack differentiates Rotary: it adds dy (D), turned back, to dx (D).
//
//	for j < D/2 {
//		dx[j]     += dy[j]*cos[j] + dy[j+D/2]*sin[j]
//		dx[j+D/2] += dy[j+D/2]*cos[j] - dy[j]*sin[j]
//	}
func RotaryBack(dx, dy, cos, sin []float32) {
	if len(dx) != len(dy) || len(dx) != 2*len(cos) || len(dx) != 2*len(sin) {
		unequal("RotaryBack", len(dx), len(dy), 2*len(cos), 2*len(sin))
	}
	h := len(cos)
	rotaryBack(dx[:h], dx[h:], dy[:h], dy[h:], cos, sin)
}

func refRotaryBack(d0, d1, y0, y1, cos, sin []float32) {
	for j, c := range cos {
		a, b, s := y0[j], y1[j], sin[j]
		d0[j] += float32(a*c) + float32(b*s)
		d1[j] += float32(b*c) - float32(a*s)
	}
}
