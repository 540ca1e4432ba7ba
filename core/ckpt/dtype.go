package ckpt

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// DType is how a number is stored.
type DType uint8

// The types that are read and written.
const (
	F32  DType = iota // IEEE 754 binary32
	F16               // IEEE 754 binary16: 11 significant bits, at most 65504
	BF16              // the upper half of an F32: 8 significant bits, the same range
)

var dtypeNames = [...]string{F32: "F32", F16: "F16", BF16: "BF16"}

// String is the name in the file's header.
func (d DType) String() string {
	if d.valid() {
		return dtypeNames[d]
	}
	return fmt.Sprintf("DType(%d)", uint8(d))
}

func (d DType) valid() bool { return int(d) < len(dtypeNames) }

// Size is the bytes of one number.
func (d DType) Size() int {
	if d == F32 {
		return 4
	}
	return 2
}

// otherDTypes are the format's types that are not read here.
var otherDTypes = []string{
	"BOOL", "F4", "F6_E2M3", "F6_E3M2", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0",
	"F8_E4M3FNUZ", "F8_E5M2FNUZ", "I16", "U16", "I32", "U32", "C64", "F64", "I64", "U64",
}

// parseDType finds a type by its name in the header.
func parseDType(name string) (DType, error) {
	if i := slices.Index(dtypeNames[:], name); i >= 0 {
		return DType(i), nil
	}
	if slices.Contains(otherDTypes, name) {
		return 0, fmt.Errorf("dtype %s is not read here: convert the file to F32, F16 or BF16", name)
	}
	return 0, fmt.Errorf("dtype %s is unknown: want F32, F16 or BF16", short(name))
}

// Float32s decodes the tensor into dst, which must have Elements() numbers.
func (t Tensor) Float32s(dst []float32) error {
	if len(t.Data) != len(dst)*t.DType.Size() {
		return fmt.Errorf("tensor %s: %d bytes of %v into %d numbers: the sizes differ",
			short(t.Name), len(t.Data), t.DType, len(dst))
	}
	switch t.DType {
	case F32:
		for i := range dst {
			dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(t.Data[4*i:]))
		}
	case F16:
		for i := range dst {
			dst[i] = fromHalf(binary.LittleEndian.Uint16(t.Data[2*i:]))
		}
	case BF16:
		for i := range dst {
			dst[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(t.Data[2*i:])) << 16)
		}
	default:
		return fmt.Errorf("tensor %s: %v is not a type of this package", short(t.Name), t.DType)
	}
	return nil
}

// FromFloat32 encodes x, rounding to the nearest and, half way, to even. A finite
// number that would become infinite is an error; infinities and NaN are kept.
func FromFloat32(name string, dtype DType, shape []int, x []float32) (Tensor, error) {
	t := Tensor{Name: name, DType: dtype, Shape: slices.Clone(shape)}
	n, err := bytesOf(dtype, shape)
	if err != nil {
		return Tensor{}, fmt.Errorf("tensor %s: %w", short(name), err)
	}
	if n != int64(len(x))*int64(dtype.Size()) {
		return Tensor{}, fmt.Errorf("tensor %s: %d numbers for shape %s", short(name), len(x), shortShape(shape))
	}
	t.Data = make([]byte, 0, n)
	for i, v := range x {
		ok := true
		var h uint16
		switch dtype {
		case F32:
			t.Data = binary.LittleEndian.AppendUint32(t.Data, math.Float32bits(v))
			continue
		case F16:
			h, ok = toHalf(v)
		case BF16:
			h, ok = toBrain(v)
		default:
			return Tensor{}, fmt.Errorf("tensor %s: %v is not a type of this package", short(name), dtype)
		}
		if !ok {
			return Tensor{}, fmt.Errorf("tensor %s: element %d is %g, too large for %v: store it as F32", short(name), i, v, dtype)
		}
		t.Data = binary.LittleEndian.AppendUint16(t.Data, h)
	}
	return t, nil
}

// fromHalf decodes binary16: 1 sign, 5 exponent and 10 fraction bits.
func fromHalf(h uint16) float32 {
	sign, exp, frac := uint32(h&0x8000)<<16, uint32(h>>10&0x1f), uint32(h&0x3ff)
	switch exp {
	case 0: // zero and subnormals, in steps of 2^-24
		return math.Float32frombits(sign | math.Float32bits(float32(frac)/(1<<24)))
	case 0x1f: // infinity and NaN
		return math.Float32frombits(sign | 0x7f800000 | frac<<13)
	}
	return math.Float32frombits(sign | (exp+127-15)<<23 | frac<<13)
}

// toHalf rounds to binary16; ok is false if a finite number overflows.
func toHalf(x float32) (h uint16, ok bool) {
	bits := math.Float32bits(x)
	sign, abs := uint16(bits>>16&0x8000), bits&0x7fffffff
	switch {
	case abs > 0x7f800000: // NaN, made quiet
		return sign | 0x7e00 | uint16(abs>>13&0x3ff), true
	case abs == 0x7f800000:
		return sign | 0x7c00, true
	case abs >= 0x477ff000: // 65520, half way to the first number that does not fit
		return 0, false
	case abs < 0x38800000: // below 2^-14: subnormal
		return sign | uint16(math.RoundToEven(float64(math.Float32frombits(abs))*(1<<24))), true
	}
	abs += 0xfff + abs>>13&1
	return sign | uint16((abs-(127-15)<<23)>>13), true
}

// toBrain rounds to bfloat16; ok is false if a finite number overflows.
func toBrain(x float32) (h uint16, ok bool) {
	bits := math.Float32bits(x)
	if x != x {
		return uint16(bits>>16) | 0x40, true
	}
	if math.IsInf(float64(x), 0) {
		return uint16(bits >> 16), true
	}
	bits += 0x7fff + bits>>16&1
	return uint16(bits >> 16), bits&0x7f800000 != 0x7f800000
}
