package bridge

import (
	"encoding/binary"
	"fmt"
	"math"
)

// coder walks a message's fields in one order, writing them when it encodes and
// filling them when it decodes, so that there is no second list to keep in step.
// Numbers are little-endian and 8 bytes; strings and lists carry their length.
type coder struct {
	buf     []byte
	reading bool
	err     error
}

// length codes the length of a list. One that is read is bounded by the bytes that are
// left, each item taking at least one.
func (c *coder) length(n int) int {
	u := uint64(n)
	c.word(&u)
	if c.reading && u > uint64(len(c.buf)) {
		c.fail(fmt.Errorf("bridge: a list of %d items in %d bytes", u, len(c.buf)))
		return 0
	}
	return int(u)
}

func (c *coder) fail(err error) {
	if c.err == nil {
		c.err = err
	}
	c.buf = nil
}

// take returns the next n bytes of what is read.
func (c *coder) take(n int) []byte {
	if len(c.buf) < n {
		c.fail(fmt.Errorf("bridge: message ends %d bytes early", n-len(c.buf)))
		return make([]byte, n)
	}
	b := c.buf[:n]
	c.buf = c.buf[n:]
	return b
}

func (c *coder) word(v *uint64) {
	if !c.reading {
		c.buf = binary.LittleEndian.AppendUint64(c.buf, *v)
		return
	}
	*v = binary.LittleEndian.Uint64(c.take(8))
}

func (c *coder) integer(v *int) {
	u := uint64(*v)
	c.word(&u)
	*v = int(u)
}

func (c *coder) number(v *float64) {
	u := math.Float64bits(*v)
	c.word(&u)
	*v = math.Float64frombits(u)
}

func (c *coder) boolean(v *bool) {
	if !c.reading {
		b := byte(0)
		if *v {
			b = 1
		}
		c.buf = append(c.buf, b)
		return
	}
	*v = c.take(1)[0] != 0
}

func (c *coder) bytes(v *[]byte) {
	n := c.length(len(*v))
	if !c.reading {
		c.buf = append(c.buf, *v...)
		return
	}
	*v = append([]byte(nil), c.take(n)...)
}

func (c *coder) text(v *string) {
	n := c.length(len(*v))
	if !c.reading {
		c.buf = append(c.buf, *v...)
		return
	}
	*v = string(c.take(n))
}

// list codes a slice, each item by f.
func list[T any](c *coder, v *[]T, f func(*coder, *T)) {
	n := c.length(len(*v))
	if c.reading {
		*v = nil
		if n > 0 {
			*v = make([]T, n)
		}
	}
	for i := range *v {
		if c.err != nil {
			return
		}
		f(c, &(*v)[i])
	}
}
