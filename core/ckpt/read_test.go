package ckpt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// pack makes a file of a header and n bytes of data.
func pack(header string, n int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, n)...)
}

// tensor is the JSON of one tensor.
func tensor(name, dtype, shape, offsets string) string {
	return fmt.Sprintf(`"%s":{"dtype":"%s","shape":%s,"data_offsets":%s}`, name, dtype, shape, offsets)
}

func TestRead(t *testing.T) {
	header := "{" + tensor("b", "F16", "[2]", "[24,28]") + "," + `"__metadata__":{"format":"np","é":"\n"},` +
		tensor("none", "F32", "[0,7]", "[24,24]") + ",\n " + tensor("a", "F32", "[2,3]", "[0,24]") + "," +
		tensor("scalar", "BF16", "[]", "[28,30]") + "}   "
	b := pack(header, 30)
	f, err := Read(b)
	if err != nil {
		t.Fatal(err)
	}
	if want := map[string]string{"format": "np", "é": "\n"}; !maps.Equal(f.Metadata, want) {
		t.Errorf("metadata %v, want %v", f.Metadata, want)
	}
	got := ""
	for _, x := range f.Tensors {
		got += fmt.Sprintln(x.Name, x.DType, x.Shape, len(x.Data), x.Elements())
	}
	if want := "a F32 [2 3] 24 6\nnone F32 [0 7] 0 0\nb F16 [2] 4 2\nscalar BF16 [] 2 1\n"; got != want {
		t.Errorf("tensors\n%swant\n%s", got, want)
	}
	x, _ := f.Tensor("scalar")
	if b[len(b)-1] = 7; x.Data[1] != 7 {
		t.Errorf("the tensors do not alias the file")
	}
	if _, ok := f.Tensor("c"); ok {
		t.Errorf("found a tensor that is not there")
	}
}

// TestHostile holds each way in which a file may be wrong against its own error.
func TestHostile(t *testing.T) {
	good := tensor("a", "F32", "[1]", "[0,4]")
	for _, tc := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty file", nil, "the file has 0 bytes, too few"},
		{"seven bytes", make([]byte, 7), "the file has 7 bytes, too few"},
		{"no header", pack("", 4), "the header is empty"},
		{"huge N", append(bytes.Repeat([]byte{0xff}, 8), "{}"...), "18446744073709551615 bytes, the limit is 100000000"},
		{"N past the end", pack("{"+good+"}", 4)[:30], "the file is cut off"},
		{"truncated", pack("{"+good+"}", 3), `tensor "a": data ends at 4 but the file has only 3 bytes`},
		{"trailing", pack("{"+good+"}", 5), `1 bytes follow the last tensor "a"`},
		{"leading space", pack(" {"+good+"}", 4), `the header starts with " "`},
		{"byte-order mark", pack("\ufeff{"+good+"}", 4), "not with a brace"},
		{"array", pack("[]", 4), `the header starts with "["`},
		{"NUL pad", pack("{"+good+"}\x00", 4), `padded with "\x00"`},
		{"line feed pad", pack("{"+good+"}\n", 4), `padded with "\n"`},
		{"second value", pack("{"+good+"} {}", 4), `padded with "{"`},
		{"JSON cut off", pack("{"+good, 4), "it ends too early"},
		{"not JSON", pack("{"+good+",x}", 4), "invalid JSON at byte"},
		{"comma at end", pack("{"+good+",}", 4), "invalid JSON at byte"},
		{"no tensors", pack("{}", 0), "no tensors"},
		{"metadata only", pack(`{"__metadata__":{}}`, 0), "no tensors"},
		{"overlap", pack("{"+good+","+tensor("b", "F32", "[1]", "[2,6]")+"}", 6), `"b": data from 2 overlaps that of "a"`},
		{"same data", pack("{"+good+","+tensor("b", "F32", "[1]", "[0,4]")+"}", 4), "overlaps"},
		{"hole", pack("{"+good+","+tensor("b", "F32", "[1]", "[8,12]")+"}", 12), `"b": data starts at 8, which leaves a hole from 4`},
		{"hole at start", pack("{"+tensor("a", "F32", "[1]", "[4,8]")+"}", 8), "leaves a hole from 0"},
		{"end before start", pack("{"+tensor("a", "F32", "[1]", "[4,0]")+"}", 4), "end before they start"},
		{"shape mismatch", pack("{"+tensor("a", "F32", "[2]", "[0,4]")+"}", 4), "4 bytes of data, F32 of shape [2] has 8"},
		{"dtype mismatch", pack("{"+tensor("a", "F16", "[1]", "[0,4]")+"}", 4), "4 bytes of data, F16 of shape [1] has 2"},
		{"shape overflow", pack("{"+tensor("a", "F32", "[281474976710656,281474976710656]", "[0,4]")+"}", 4), "overflows: more than 2^48 elements"},
		{"shape overflow, then 0", pack("{"+tensor("a", "F32", "[281474976710656,65536,0]", "[0,0]")+"}", 0), "overflows"},
		{"bytes overflow", pack("{"+tensor("a", "F32", "[281474976710656]", "[0,0]")+"}", 0), "more than 2^48 bytes"},
		{"huge dimension", pack("{"+tensor("a", "F32", "[18446744073709551617]", "[0,4]")+"}", 4), "shape: \"18446744073709551617\" is more than 2^48"},
		{"negative dimension", pack("{"+tensor("a", "F32", "[-1]", "[0,4]")+"}", 4), `shape: "-1" is negative`},
		{"negative zero", pack("{"+tensor("a", "F32", "[-0]", "[0,0]")+"}", 0), "is negative"},
		{"negative offset", pack("{"+tensor("a", "F32", "[1]", "[-4,0]")+"}", 4), `data_offsets: "-4" is negative`},
		{"float shape", pack("{"+tensor("a", "F32", "[1.0]", "[0,4]")+"}", 4), `shape: "1.0" is not written as a whole number`},
		{"exponent", pack("{"+tensor("a", "F32", "[1e0]", "[0,4]")+"}", 4), "not written as a whole number"},
		{"string shape", pack("{"+tensor("a", "F32", `["1"]`, "[0,4]")+"}", 4), "shape: a string at byte"},
		{"shape number", pack("{"+tensor("a", "F32", "1", "[0,4]")+"}", 4), "shape: a number at byte"},
		{"shape null", pack("{"+tensor("a", "F32", "null", "[0,4]")+"}", 4), "shape: null at byte"},
		{"one offset", pack("{"+tensor("a", "F32", "[1]", "[0]")+"}", 4), "data_offsets: 1 numbers, want 2"},
		{"three offsets", pack("{"+tensor("a", "F32", "[1]", "[0,4,8]")+"}", 4), "data_offsets: 3 numbers, want 2"},
		{"deep nesting", pack(`{"a":`+strings.Repeat("[", 50_000), 4), `tensor "a": an array at byte 6`},
		{"deep shape", pack(`{"a":{"shape":`+strings.Repeat("[", 50_000), 4), "shape: an array at byte"},
		{"duplicate tensor", pack("{"+good+","+tensor("a", "F32", "[1]", "[4,8]")+"}", 8), `the name "a" is there twice`},
		{"duplicate, escaped", pack("{"+good+","+tensor(`\u0061`, "F32", "[1]", "[4,8]")+"}", 8), `the name "a" is there twice`},
		{"duplicate field", pack(`{"a":{"dtype":"F32","dtype":"F16","shape":[1],"data_offsets":[0,4]}}`, 4), `the name "dtype" is there twice`},
		{"duplicate metadata", pack(`{"__metadata__":{"format":"pt","format":"pt"},`+good+"}", 4), `the name "format" is there twice`},
		{"metadata number", pack(`{"__metadata__":{"n":1},`+good+"}", 4), "__metadata__: a number at byte"},
		{"metadata null", pack(`{"__metadata__":null,`+good+"}", 4), "__metadata__: null at byte"},
		{"invalid UTF-8 name", pack("{"+tensor("\xff", "F32", "[1]", "[0,4]")+"}", 4), "invalid UTF-8"},
		{"half surrogate", pack("{"+tensor(`\ud800`, "F32", "[1]", "[0,4]")+"}", 4), "invalid JSON"},
		{"extra field", pack(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}`, 4), `field "x" is unknown`},
		{"unknown key", pack(`{"a":{"DTYPE":"F32","shape":[1],"data_offsets":[0,4]}}`, 4), `field "DTYPE" is unknown`},
		{"missing dtype", pack(`{"a":{"shape":[1],"data_offsets":[0,4]}}`, 4), `tensor "a": dtype is missing`},
		{"missing shape", pack(`{"a":{"dtype":"F32","data_offsets":[0,4]}}`, 4), `tensor "a": shape is missing`},
		{"missing offsets", pack(`{"a":{"dtype":"F32","shape":[1]}}`, 4), `tensor "a": data_offsets is missing`},
		{"F8_E4M3", pack("{"+tensor("a", "F8_E4M3", "[4]", "[0,4]")+"}", 4), "dtype F8_E4M3 is not read here: convert"},
		{"F8_E5M2", pack("{"+tensor("a", "F8_E5M2", "[4]", "[0,4]")+"}", 4), "dtype F8_E5M2 is not read here"},
		{"I64", pack("{"+tensor("a", "I64", "[1]", "[0,8]")+"}", 8), "dtype I64 is not read here"},
		{"unknown dtype", pack("{"+tensor("a", "f32", "[1]", "[0,4]")+"}", 4), `dtype "f32" is unknown`},
		{"long name", pack("{"+tensor(strings.Repeat("n", 1<<16), "F64", "[1]", "[0,4]")+"}", 4), "n\"… (65536 bytes): dtype F64"},
	} {
		f, err := Read(tc.file)
		if err == nil {
			t.Errorf("%s: read %v, want an error", tc.name, f)
			continue
		}
		if got := err.Error(); !strings.HasPrefix(got, "safetensors: ") || !strings.Contains(got, tc.want) || len(got) > 300 {
			t.Errorf("%s: error %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestWrite(t *testing.T) {
	f := &File{Metadata: map[string]string{"z": "é\"", "format": "np", "a": "1"}}
	for _, x := range []struct {
		name  string
		dtype DType
	}{{"b", F16}, {"a", F16}, {"c", F32}, {"d\n", BF16}} {
		f.Tensors = append(f.Tensors, encode(t, x.name, x.dtype, []int{1, 2}, []float32{1, -2}))
	}
	f.Tensors = append(f.Tensors, encode(t, "aa", F32, nil, []float32{3}))
	var out bytes.Buffer
	if err := Write(&out, f); err != nil {
		t.Fatal(err)
	}
	want := `{"__metadata__":{"a":"1","format":"pt","z":"é\""},` +
		tensor("aa", "F32", "[]", "[0,4]") + "," + tensor("c", "F32", "[1,2]", "[4,12]") + "," +
		tensor(`d\n`, "BF16", "[1,2]", "[12,16]") + "," +
		tensor("a", "F16", "[1,2]", "[16,20]") + "," + tensor("b", "F16", "[1,2]", "[20,24]") + "}"
	n := binary.LittleEndian.Uint64(out.Bytes())
	if got := strings.TrimRight(string(out.Bytes()[8:8+n]), " "); got != want || n%8 != 0 {
		t.Errorf("header of %d bytes\n%s\nwant\n%s", n, got, want)
	}
	if got := f.Metadata["format"]; got != "np" {
		t.Errorf("Write changed the caller's metadata to %q", got)
	}
	slices.Reverse(f.Tensors)
	var again bytes.Buffer
	if err := Write(&again, f); err != nil || !bytes.Equal(again.Bytes(), out.Bytes()) {
		t.Errorf("another order of tensors gives other bytes (%v)", err)
	}
}

func TestWriteRefuses(t *testing.T) {
	a := encode(t, "a", F32, []int{1}, []float32{1})
	for want, f := range map[string]*File{
		"no tensors":                  {},
		`two tensors are named "a"`:   {Tensors: []Tensor{a, a}},
		`cannot be named "__metada`:   {Tensors: []Tensor{{Name: "__metadata__", Data: a.Data}}},
		`cannot be named "\xff"`:      {Tensors: []Tensor{{Name: "\xff", Data: a.Data}}},
		"F32 of shape [2] has 8":      {Tensors: []Tensor{{Name: "b", Shape: []int{2}, Data: a.Data}}},
		"has a negative dimension":    {Tensors: []Tensor{{Name: "b", Shape: []int{-1, -1}, Data: a.Data}}},
		"DType(9) is not a type":      {Tensors: []Tensor{{Name: "b", DType: 9, Data: a.Data[:2]}}},
		`__metadata__: "k" is not UT`: {Tensors: []Tensor{a}, Metadata: map[string]string{"k": "\xff"}},
	} {
		if err := Write(new(bytes.Buffer), f); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// encode is FromFloat32 for values that fit.
func encode(t *testing.T, name string, dtype DType, shape []int, x []float32) Tensor {
	t.Helper()
	tensor, err := FromFloat32(name, dtype, shape, x)
	if err != nil {
		t.Fatal(err)
	}
	return tensor
}

// FuzzRead: what is read and written again has the same tensors, and writing that
// gives the same bytes.
func FuzzRead(f *testing.F) {
	f.Add(pack("{"+tensor("a", "F32", "[1]", "[0,4]")+"}", 4))
	f.Add(pack(`{"__metadata__":{"format":"pt","k":"v"},`+tensor("b", "F16", "[2,1]", "[2,6]")+","+tensor("a", "BF16", "[]", "[0,2]")+"}  ", 6))
	f.Add(pack("{"+tensor("a", "F32", "[281474976710656,2]", "[0,4]")+"}", 4))
	f.Fuzz(func(t *testing.T, b []byte) {
		first, err := Read(b)
		if err != nil {
			return
		}
		var w1, w2 bytes.Buffer
		if err := Write(&w1, first); err != nil {
			t.Fatal(err)
		}
		second, err := Read(w1.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if len(second.Tensors) != len(first.Tensors) {
			t.Fatalf("%d tensors, then %d", len(first.Tensors), len(second.Tensors))
		}
		for _, x := range first.Tensors {
			y, ok := second.Tensor(x.Name)
			if !ok || x.DType != y.DType || !slices.Equal(x.Shape, y.Shape) || !bytes.Equal(x.Data, y.Data) {
				t.Fatalf("%+v became %+v", x, y)
			}
			if err := x.Float32s(make([]float32, x.Elements())); err != nil {
				t.Fatal(err)
			}
		}
		if err := Write(&w2, second); err != nil || !bytes.Equal(w1.Bytes(), w2.Bytes()) {
			t.Fatalf("written again: %v\n%q\n%q", err, w1.Bytes(), w2.Bytes())
		}
	})
}

// TestReadMemory: a small file that announces much allocates little.
func TestReadMemory(t *testing.T) {
	b := pack("{"+tensor("a", "F32", "[1048576,1048576]", "[0,4398046511104]")+"}", 4)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := Read(b); err == nil {
		t.Fatal("read")
	}
	runtime.ReadMemStats(&after)
	per := after.TotalAlloc - before.TotalAlloc
	if per > 16<<10 {
		t.Errorf("%d bytes allocated for a file of %d", per, len(b))
	}
}

func TestFloat32Exact(t *testing.T) {
	x := []float32{0, float32(math.Copysign(0, -1)), 1, -1.5, math.MaxFloat32, math.SmallestNonzeroFloat32, float32(math.Inf(1))}
	y := make([]float32, len(x))
	if err := encode(t, "a", F32, []int{len(x)}, x).Float32s(y); err != nil {
		t.Fatal(err)
	}
	for i := range x {
		if math.Float32bits(x[i]) != math.Float32bits(y[i]) {
			t.Errorf("%g became %g", x[i], y[i])
		}
	}
}
