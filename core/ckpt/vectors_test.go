package ckpt

import (
	"slices"
	"strings"
	"testing"
)

func TestVectors(t *testing.T) {
	b, err := WriteVectors(map[string]string{"step": "3"}, []Vector{{"m", []float32{1, -2}}, {"v", []float32{0.5}}})
	if err != nil {
		t.Fatal(err)
	}
	f, err := Read(b)
	if err != nil || f.Metadata["step"] != "3" {
		t.Fatalf("%+v, %v", f, err)
	}
	m, v := make([]float32, 2), make([]float32, 1)
	if err := f.Vectors([]Vector{{"m", m}, {"v", v}}); err != nil || !slices.Equal(m, []float32{1, -2}) || v[0] != 0.5 {
		t.Errorf("m %v, v %v, %v", m, v, err)
	}
	for _, bad := range []Vector{{"w", m}, {"m", v}} {
		if err := f.Vectors([]Vector{bad}); err == nil || !strings.Contains(err.Error(), bad.Name) {
			t.Errorf("%s of %d: %v, want an error that names it", bad.Name, len(bad.Data), err)
		}
	}
}
