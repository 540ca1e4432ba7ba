package ckpt

import (
	"bytes"
	"encoding/json/jsontext"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// header is what the JSON of a safetensors file says.
type header struct {
	metadata map[string]string
	entries  []entry // in the order of the JSON
}

// entry is one tensor of the header; begin and end are offsets into the data.
type entry struct {
	name       string
	dtype      DType
	shape      []int
	begin, end int64
}

// headerReader steps through the JSON token by token and expects each kind where
// it must be, so that nesting never goes deeper than the format's.
type headerReader struct{ *jsontext.Decoder }

func readHeader(b []byte) (header, error) {
	r := headerReader{jsontext.NewDecoder(bytes.NewBuffer(b))}
	var h header
	err := r.object(func(name string) error {
		if name == metadataKey {
			var err error
			h.metadata, err = r.metadata()
			return err
		}
		e, err := r.entry(name)
		if err != nil {
			return fmt.Errorf("tensor %s: %w", short(name), err)
		}
		h.entries = append(h.entries, e)
		return nil
	})
	if err != nil {
		return header{}, err
	}
	if rest := b[r.InputOffset():]; !blank(rest) {
		return header{}, fmt.Errorf("the header is padded with %q at byte %d: only spaces are allowed", bytes.TrimLeft(rest, " ")[:1], r.InputOffset())
	}
	return h, nil
}

// metadata reads the __metadata__ object.
func (r headerReader) metadata() (map[string]string, error) {
	m := make(map[string]string)
	err := r.object(func(key string) error {
		value, err := r.next('"', "a string")
		if err == nil {
			m[key] = value.String()
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", metadataKey, err)
	}
	return m, nil
}

// entry reads one tensor's object: exactly dtype, shape and data_offsets.
func (r headerReader) entry(name string) (entry, error) {
	e := entry{name: name}
	var seen [3]bool
	err := r.object(func(field string) error {
		var err error
		switch field {
		case "dtype":
			seen[0] = true
			e.dtype, err = r.dtype()
		case "shape":
			seen[1] = true
			e.shape, err = r.shape()
		case "data_offsets":
			seen[2] = true
			e.begin, e.end, err = r.offsets()
		default:
			err = fmt.Errorf("field %s is unknown: want dtype, shape and data_offsets", short(field))
		}
		return err
	})
	if err != nil {
		return entry{}, err
	}
	for i, field := range [3]string{"dtype", "shape", "data_offsets"} {
		if !seen[i] {
			return entry{}, fmt.Errorf("%s is missing", field)
		}
	}
	return e, nil
}

func (r headerReader) dtype() (DType, error) {
	value, err := r.next('"', "a string")
	if err != nil {
		return 0, fmt.Errorf("dtype: %w", err)
	}
	return parseDType(value.String())
}

func (r headerReader) shape() ([]int, error) {
	var shape []int
	err := r.array(func() error {
		n, err := r.whole()
		shape = append(shape, int(n))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("shape: %w", err)
	}
	return shape, nil
}

func (r headerReader) offsets() (begin, end int64, err error) {
	var pair [2]int64
	n := 0
	err = r.array(func() error {
		v, err := r.whole()
		if n < len(pair) {
			pair[n] = v
		}
		n++
		return err
	})
	if err == nil && n != len(pair) {
		err = fmt.Errorf("%d numbers, want 2", n)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("data_offsets: %w", err)
	}
	return pair[0], pair[1], nil
}

// whole reads a number from 0 to maxSize.
func (r headerReader) whole() (int64, error) {
	token, err := r.next('0', "a number")
	if err != nil {
		return 0, err
	}
	text := token.String()
	switch n, err := strconv.ParseInt(text, 10, 64); {
	case text[0] == '-':
		return 0, fmt.Errorf("%s is negative", short(text))
	case strings.ContainsAny(text, ".eE"):
		return 0, fmt.Errorf("%s is not written as a whole number", short(text))
	case err != nil || n > maxSize:
		return 0, fmt.Errorf("%s is more than 2^48", short(text))
	default:
		return n, nil
	}
}

// object reads an object and calls member for each name, to read its value.
func (r headerReader) object(member func(name string) error) error {
	if _, err := r.next('{', "an object"); err != nil {
		return err
	}
	for r.PeekKind() != '}' {
		name, err := r.next('"', "a name")
		if err != nil {
			return err
		}
		if err := member(name.String()); err != nil {
			return err
		}
	}
	_, err := r.next('}', "a closing brace")
	return err
}

// array reads an array and calls element for each, to read it.
func (r headerReader) array(element func() error) error {
	if _, err := r.next('[', "an array"); err != nil {
		return err
	}
	for r.PeekKind() != ']' {
		if err := element(); err != nil {
			return err
		}
	}
	_, err := r.next(']', "a closing bracket")
	return err
}

// next reads a token of that kind.
func (r headerReader) next(kind jsontext.Kind, want string) (jsontext.Token, error) {
	token, err := r.ReadToken()
	if err != nil {
		return token, wordJSON(err)
	}
	if token.Kind() != kind {
		return token, fmt.Errorf("%s at byte %d of the JSON, want %s", kindName(token.Kind()), r.InputOffset(), want)
	}
	return token, nil
}

// wordJSON words a decoder's error.
func wordJSON(err error) error {
	syntax, ok := errors.AsType[*jsontext.SyntacticError](err)
	switch {
	case !ok || errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("invalid JSON: it ends too early")
	case errors.Is(err, jsontext.ErrDuplicateName):
		return fmt.Errorf("the name %s is there twice", short(syntax.JSONPointer.LastToken()))
	}
	return fmt.Errorf("invalid JSON at byte %d: %v", syntax.ByteOffset, syntax.Err)
}

// kindName is a JSON value's kind in words, with its article.
func kindName(kind jsontext.Kind) string {
	switch kind {
	case '{':
		return "an object"
	case '[':
		return "an array"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "the end of an object or array"
}
