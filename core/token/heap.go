package token

// heap is a binary heap with the item that comes before all others on top. The
// order of pop is fixed if before is a strict order without ties; equal items
// cannot be told apart, so they do no harm.
type heap[T any] struct {
	items  []T
	before func(a, b T) bool
}

func (h *heap[T]) push(x T) {
	h.items = append(h.items, x)
	i := len(h.items) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !h.before(x, h.items[up]) {
			break
		}
		h.items[i] = h.items[up]
		i = up
	}
	h.items[i] = x
}

// pop removes and returns the top; the heap must not be empty.
func (h *heap[T]) pop() T {
	top := h.items[0]
	n := len(h.items) - 1
	x := h.items[n]
	h.items = h.items[:n]
	if n == 0 {
		return top
	}
	i := 0
	for {
		down := 2*i + 1
		if down >= n {
			break
		}
		if down+1 < n && h.before(h.items[down+1], h.items[down]) {
			down++
		}
		if !h.before(h.items[down], x) {
			break
		}
		h.items[i] = h.items[down]
		i = down
	}
	h.items[i] = x
	return top
}
