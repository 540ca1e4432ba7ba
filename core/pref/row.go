package pref

import (
	"bytes"
	"encoding/json/jsontext"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

// parseRow reads one object. line is where raw starts; it serves only to say
// where in a row of several lines the JSON is wrong. The problem's own Line is
// left to the caller. wanted names the fields, for the problem of a row that has none.
func parseRow(raw []byte, line int, wanted string) (*row, *Problem) {
	value, problem := oneValue(raw, line)
	if problem != nil {
		return nil, problem
	}
	if kind := value.Kind(); kind != '{' {
		return nil, &Problem{Reason: "the row is " + kindName(kind) + ", not an object with the fields " + wanted}
	}
	return fields(value)
}

// oneValue checks that raw is exactly one JSON value.
func oneValue(raw []byte, line int) (jsontext.Value, *Problem) {
	value, err := firstValue(raw)
	if err != nil {
		return nil, syntaxProblem(err, raw, line)
	}
	end := len(value)
	if rest := bytes.TrimLeft(raw[end:], blanks); len(rest) > 0 {
		return nil, &Problem{Reason: fmt.Sprintf("%s: there is more text after the end of the JSON value: give each row a line of its own",
			place(raw, len(raw)-len(rest), line))}
	}
	return value, nil
}

// firstValue is text up to the end of its first JSON value. SkipValue walks tokens;
// ReadValue would recurse, and ten thousand brackets end a program whose stack is
// the browser's.
func firstValue(text []byte) (jsontext.Value, error) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(text))
	if err := dec.SkipValue(); err != nil {
		return nil, err
	}
	return jsontext.Value(text[:dec.InputOffset()]), nil
}

// row is the fields of a row, in the file's order.
type row struct{ fields []field }

// field is one field of a row.
type field struct {
	name string
	kind jsontext.Kind
	text string         // of a string
	raw  jsontext.Value // of anything else
	cell bool           // a table's cell, whose kind is a string whatever it holds
}

// get gives the field of that name, nil if the row has none.
func (r *row) get(name string) *field {
	for i := range r.fields {
		if r.fields[i].name == name {
			return &r.fields[i]
		}
	}
	return nil
}

// has reports whether one of the names is a field of the row.
func (r *row) has(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return r.get(name) != nil })
}

// fields takes a valid JSON object apart.
func fields(object jsontext.Value) (*row, *Problem) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(object))
	if _, err := dec.ReadToken(); err != nil {
		return nil, syntaxProblem(err, object, 0)
	}
	r := new(row)
	for dec.PeekKind() != '}' {
		name, err := dec.ReadToken()
		if err != nil {
			return nil, syntaxProblem(err, object, 0)
		}
		f := field{name: name.String()}
		if f.kind = dec.PeekKind(); f.kind == '"' {
			var token jsontext.Token
			if token, err = dec.ReadToken(); err == nil {
				f.text = token.String()
			}
		} else {
			behind := dec.InputOffset() // the name: colon and blanks are before the value
			if err = dec.SkipValue(); err == nil {
				f.raw = bytes.TrimLeft(object[behind:dec.InputOffset()], ":"+blanks)
			}
		}
		if err != nil {
			return nil, syntaxProblem(err, object, 0)
		}
		r.fields = append(r.fields, f)
	}
	return r, nil
}

// str checks that the field is there and a string.
func (f *field) str(name string) (string, *Problem) {
	switch {
	case f == nil:
		return "", &Problem{Field: name, Reason: "is missing"}
	case f.kind != '"':
		return "", &Problem{Field: f.name, Reason: "is " + kindName(f.kind) + ", not a string"}
	}
	return f.text, nil
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
	}
	return "null"
}

// syntaxProblem words a decoder's error.
func syntaxProblem(err error, raw []byte, line int) *Problem {
	syntax, ok := errors.AsType[*jsontext.SyntacticError](err)
	if !ok { // the decoder found no value at all
		return &Problem{Reason: "invalid JSON: the row ends too early"}
	}
	at := place(raw, int(syntax.ByteOffset), line)
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		return &Problem{Field: syntax.JSONPointer.LastToken(), Reason: at + ": the field is there twice"}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &Problem{Reason: at + ": invalid JSON: the row ends too early (a quote or a bracket is not closed)"}
	}
	return &Problem{Reason: at + ": invalid JSON: " + syntax.Err.Error()}
}

// place words the byte offset of a row that starts at line: the column in
// characters, 1-based, with the line where the row has several.
func place(raw []byte, offset, line int) string {
	before := raw[:min(offset, len(raw))]
	start := bytes.LastIndexByte(before, '\n') + 1
	column := utf8.RuneCount(before[start:]) + 1
	if lines := bytes.Count(before, []byte("\n")); lines > 0 {
		return fmt.Sprintf("line %d, column %d", line+lines, column)
	}
	return fmt.Sprintf("column %d", column)
}
