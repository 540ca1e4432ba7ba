package pref

import (
	"bytes"
	"encoding/json/jsontext"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// parseRow reads one object. line is where raw starts; it serves only to say
// where in a row of several lines the JSON is wrong. The problem's own Line is
// left to the caller.
func parseRow(raw []byte, line int) (Pair, *Problem) {
	value, problem := oneValue(raw, line)
	if problem != nil {
		return Pair{}, problem
	}
	if kind := value.Kind(); kind != '{' {
		return Pair{}, &Problem{Reason: "the row is " + kindName(kind) +
			", not an object with the fields prompt, chosen and rejected"}
	}
	f, problem := fields(value)
	if problem != nil {
		return Pair{}, problem
	}
	return f.pair()
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

// row is the fields of a row that are read, nil where missing.
type row struct{ prompt, instruction, input, chosen, rejected *string }

// slot gives the place for a field's value, nil for a field that is not read.
func (r *row) slot(name string) **string {
	switch name {
	case "prompt":
		return &r.prompt
	case "instruction":
		return &r.instruction
	case "input":
		return &r.input
	case "chosen":
		return &r.chosen
	case "rejected":
		return &r.rejected
	}
	return nil
}

// fields takes the fields that are read out of a valid JSON object.
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
		slot := r.slot(name.String())
		kind := dec.PeekKind()
		switch {
		case slot == nil:
			err = dec.SkipValue()
		case kind != '"':
			return nil, &Problem{Field: name.String(), Reason: notString(kind)}
		default:
			var token jsontext.Token
			if token, err = dec.ReadToken(); err == nil {
				s := token.String()
				*slot = &s
			}
		}
		if err != nil {
			return nil, syntaxProblem(err, object, 0)
		}
	}
	return r, nil
}

// pair checks the fields and makes the pair.
func (r *row) pair() (Pair, *Problem) {
	first, name := r.prompt, "prompt"
	if first == nil && r.instruction != nil {
		first, name = r.instruction, "instruction"
	}
	for _, f := range []struct {
		name  string
		value *string
	}{{name, first}, {"chosen", r.chosen}, {"rejected", r.rejected}} {
		if f.value == nil {
			return Pair{}, &Problem{Field: f.name, Reason: "is missing"}
		}
	}
	if problem := Check(Pair{Prompt: *first, Chosen: *r.chosen, Rejected: *r.rejected}); problem != nil {
		if problem.Field == "prompt" {
			problem.Field = name
		}
		return Pair{}, problem
	}
	prompt := *first
	if name == "instruction" {
		if r.input != nil && strings.TrimSpace(*r.input) != "" {
			prompt += "\n" + *r.input
		}
		prompt += "\n"
	}
	return Pair{Prompt: prompt, Chosen: *r.chosen, Rejected: *r.rejected}, nil
}

// notString says what a field is instead of a string.
func notString(kind jsontext.Kind) string {
	s := "is " + kindName(kind) + ", not a string"
	if kind == '[' {
		s += ": rows of messages are not read, give the text itself"
	}
	return s
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
