// Package ckpt reads and writes models as files: the safetensors format, and the
// folder of a Llama model as the transformers library stores it (config.json,
// generation_config.json, model.safetensors, tokenizer.json,
// tokenizer_config.json).
//
// Reading is strict, as files come from strangers. Of safetensors it takes what
// the format's README allows and nothing else, and allocates no more than the
// header's length justifies; of config.json it takes the Llama architecture and
// refuses by name each setting that would change the mathematics. A model's
// tensors must be exactly those that its config implies.
//
// Writing is canonical: the same model gives the same bytes on every machine, and
// they are the bytes of the reference writer, so that a hash of the file names
// the model.
//
// It does not read sharded models, integer, 8-bit or quantized weights, other
// architectures, or scaled rotary positions.
package ckpt

import "fmt"

// Tensor is one array of numbers as stored. Data is row-major and little-endian;
// in a file that was read it aliases the file's bytes.
type Tensor struct {
	Name  string
	DType DType
	Shape []int // empty for a scalar
	Data  []byte
}

// File is the content of a safetensors file.
type File struct {
	Metadata map[string]string // the __metadata__ entry; nil where there is none
	Tensors  []Tensor          // in the order of their data
}

// Tensor finds a tensor by name.
func (f *File) Tensor(name string) (Tensor, bool) {
	for _, t := range f.Tensors {
		if t.Name == name {
			return t, true
		}
	}
	return Tensor{}, false
}

// Elements is how many numbers the tensor holds.
func (t Tensor) Elements() int { return len(t.Data) / t.DType.Size() }

const (
	metadataKey = "__metadata__"
	maxHeader   = 100_000_000 // bytes, the reference reader's limit
	maxSize     = 1 << 48     // bytes and elements, the limit of the format's schema
)

// bytesOf is the size in bytes of a tensor, or an error if it passes maxSize. As
// in the reference reader a product that overflows is refused even if a later
// dimension is 0.
func bytesOf(dtype DType, shape []int) (int64, error) {
	n := int64(1)
	for _, d := range shape {
		if d < 0 {
			return 0, fmt.Errorf("shape %v has a negative dimension", shape)
		}
		if d > 0 && n > maxSize/int64(d) {
			return 0, fmt.Errorf("shape %s overflows: more than 2^48 elements", shortShape(shape))
		}
		n *= int64(d)
	}
	if n > maxSize/int64(dtype.Size()) {
		return 0, fmt.Errorf("shape %s overflows: more than 2^48 bytes", shortShape(shape))
	}
	return n * int64(dtype.Size()), nil
}

// short keeps a hostile name from filling the message.
func short(name string) string {
	const most = 80
	if len(name) > most {
		return fmt.Sprintf("%q… (%d bytes)", name[:most], len(name))
	}
	return fmt.Sprintf("%q", name)
}

// shortShape does the same for a shape.
func shortShape(shape []int) string {
	const most = 8
	if len(shape) > most {
		return fmt.Sprintf("%v… (%d dimensions)", shape[:most], len(shape))
	}
	return fmt.Sprint(shape)
}
