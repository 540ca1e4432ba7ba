package ckpt

import (
	"bytes"
	"fmt"
)

// Vector is a named run of numbers that belongs to no model's table: an optimizer's
// state.
type Vector struct {
	Name string
	Data []float32
}

// WriteVectors returns a safetensors file of the vectors, in float32.
func WriteVectors(metadata map[string]string, vectors []Vector) ([]byte, error) {
	f := &File{Metadata: metadata}
	for _, v := range vectors {
		t, err := FromFloat32(v.Name, F32, []int{len(v.Data)}, v.Data)
		if err != nil {
			return nil, err
		}
		f.Tensors = append(f.Tensors, t)
	}
	var b bytes.Buffer
	err := Write(&b, f)
	return b.Bytes(), err
}

// Vectors fills the vectors from the tensors of their names, which must have their
// lengths.
func (f *File) Vectors(vectors []Vector) error {
	for _, v := range vectors {
		t, ok := f.Tensor(v.Name)
		if !ok || t.Elements() != len(v.Data) {
			return fmt.Errorf("%s is missing or not of the model's %d numbers", v.Name, len(v.Data))
		}
		if err := t.Float32s(v.Data); err != nil {
			return err
		}
	}
	return nil
}
