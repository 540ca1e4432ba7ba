package bridge

import (
	"math"
	"reflect"
	"testing"
)

// fill sets every field of v, at any depth, to something that is not zero.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range 2 {
			fill(v.Index(i), n)
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.String:
		v.SetString("β" + string(rune('a'+*n%26)))
	case reflect.Int:
		v.SetInt(int64(*n))
	case reflect.Uint8:
		v.SetUint(uint64(*n % 256))
	case reflect.Float64:
		v.SetFloat(math.Sqrt(float64(*n)))
	case reflect.Bool:
		v.SetBool(true)
	default:
		panic("a message with a field of kind " + v.Kind().String())
	}
}

// Every field of every message survives: a field that code forgets comes back zero.
func TestEveryMessageRoundTrips(t *testing.T) {
	for _, f := range messages {
		m := f()
		n := 0
		fill(reflect.ValueOf(m).Elem(), &n)
		got, err := Decode(Encode(m))
		if err != nil || !reflect.DeepEqual(got, m) {
			t.Errorf("%T: Decode(Encode(m)) = %+v, %v, want %+v", m, got, err, m)
		}
	}
}

func TestZeroMessagesRoundTrip(t *testing.T) {
	for _, f := range messages {
		if got, err := Decode(Encode(f())); err != nil || !reflect.DeepEqual(got, f()) {
			t.Errorf("%T: Decode(Encode(zero)) = %+v, %v", f(), got, err)
		}
	}
}

func TestDecodeRefusesEveryCut(t *testing.T) {
	for _, f := range messages {
		m := f()
		n := 0
		fill(reflect.ValueOf(m).Elem(), &n)
		whole := Encode(m)
		for cut := range len(whole) {
			if got, err := Decode(whole[:cut]); err == nil {
				t.Errorf("%T cut to %d of %d bytes decodes to %+v", m, cut, len(whole), got)
			}
		}
		if _, err := Decode(append(whole, 0)); err == nil {
			t.Errorf("%T with a byte too many decodes", m)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, m := range messages {
		f.Add(Encode(m()))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, err := Decode(b); err == nil {
			if _, err := Decode(Encode(m)); err != nil {
				t.Errorf("%T decodes, but not once it is encoded again: %v", m, err)
			}
		}
	})
}
