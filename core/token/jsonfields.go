package token

import (
	"bytes"
	"encoding/json/jsontext"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// jsonReader is a strict reader of JSON values whose fields are all known.
type jsonReader struct{ dec *jsontext.Decoder }

// field is one key of an object and how its value is read.
type field struct {
	name     string
	read     func() error
	optional bool
}

func newJSONReader(data []byte) jsonReader {
	return jsonReader{jsontext.NewDecoder(bytes.NewReader(data))}
}

// fail is an error about the value read last.
func (r jsonReader) fail(format string, args ...any) error {
	where := string(r.dec.StackPointer())
	if where == "" {
		where = "/"
	}
	return fmt.Errorf("%s (before byte %d): %s", where, r.dec.InputOffset(), fmt.Sprintf(format, args...))
}

// object reads an object that has each field once and no other.
func (r jsonReader) object(fields []field) error {
	seen := make([]bool, len(fields))
	err := r.members(func(name string) error {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
		if i < 0 {
			return r.fail("unknown field: remove it if the tokenizer does not need it")
		}
		seen[i] = true
		return fields[i].read()
	})
	if err != nil {
		return err
	}
	for i, f := range fields {
		if !seen[i] && !f.optional {
			return r.fail("field %q is missing", f.name)
		}
	}
	return nil
}

// members reads an object and lets read read the value of each name.
func (r jsonReader) members(read func(name string) error) error {
	if err := r.open(jsontext.KindBeginObject, "an object"); err != nil {
		return err
	}
	for r.dec.PeekKind() != jsontext.KindEndObject {
		name, err := r.dec.ReadToken()
		if err != nil {
			return err
		}
		if err := read(name.String()); err != nil {
			return err
		}
	}
	_, err := r.dec.ReadToken()
	return err
}

// elements reads an array and lets read read each element.
func (r jsonReader) elements(read func() error) error {
	if err := r.open(jsontext.KindBeginArray, "an array"); err != nil {
		return err
	}
	for r.dec.PeekKind() != jsontext.KindEndArray {
		if r.dec.PeekKind() == jsontext.KindInvalid {
			break // ReadToken says what is wrong
		}
		if err := read(); err != nil {
			return err
		}
	}
	_, err := r.dec.ReadToken()
	return err
}

func (r jsonReader) open(want jsontext.Kind, name string) error {
	got, err := r.dec.ReadToken()
	if err != nil {
		return err
	}
	if got.Kind() != want {
		return r.fail("want %s, got %s", name, got.Kind())
	}
	return nil
}

// text reads a string.
func (r jsonReader) text() (string, error) {
	v, err := r.dec.ReadToken()
	if err != nil {
		return "", err
	}
	if v.Kind() != jsontext.KindString {
		return "", r.fail("want a string, got %s", v.Kind())
	}
	return v.String(), nil
}

// id reads a whole number from 0 to maxID-1.
func (r jsonReader) id() (int32, error) {
	v, err := r.dec.ReadToken()
	if err != nil {
		return 0, err
	}
	if v.Kind() != jsontext.KindNumber {
		return 0, r.fail("want an id, got %s", v.Kind())
	}
	id, err := v.Int()
	if err != nil || id < 0 || id >= maxID {
		return 0, r.fail("id is %s, want a whole number from 0 to %d", v, maxID-1)
	}
	return int32(id), nil
}

// value reads any value, token by token: reading it whole would recurse, and ten
// thousand brackets end a program whose stack is the browser's.
func (r jsonReader) value() (jsontext.Value, error) {
	const deepest = 16 // levels below; what can be read has five
	var b bytes.Buffer
	e := jsontext.NewEncoder(&b)
	for outside := r.dec.StackDepth(); ; {
		t, err := r.dec.ReadToken()
		if err != nil {
			return nil, err
		}
		if r.dec.StackDepth() > outside+deepest {
			return nil, r.fail("value nests more than %d levels", deepest)
		}
		if err := e.WriteToken(t); err != nil {
			return nil, err
		}
		if r.dec.StackDepth() <= outside {
			return b.Bytes(), nil
		}
	}
}

// oneOf returns a function that reads a value which must be equal to one of
// those given; the order of keys and white space do not matter.
func (r jsonReader) oneOf(want ...string) func() error {
	return func() error {
		got, err := r.value()
		if err != nil {
			return err
		}
		got = canonical(got)
		for _, w := range want {
			if bytes.Equal(got, canonical([]byte(w))) {
				return nil
			}
		}
		if len(got) > 200 {
			got = append(got[:200:200], "…"...)
		}
		return r.fail("value is %s, can only read %s", got, strings.Join(want, " or "))
	}
}

// canonical returns a valid JSON value in the form of RFC 8785.
func canonical(v []byte) jsontext.Value {
	c := jsontext.Value(bytes.Clone(v))
	if err := c.Canonicalize(); err != nil {
		return v
	}
	return c
}

// atEnd checks that nothing but white space follows.
func (r jsonReader) atEnd() error {
	_, err := r.dec.ReadToken()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err == nil {
		err = r.fail("a second value follows the first")
	}
	return err
}
