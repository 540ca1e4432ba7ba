package pref

import (
	"bytes"
	"fmt"
)

// readArray reads the array that opens at data[open]. lines is true, and what was
// collected of no use, if the bracket is just the first row of a JSON Lines file.
func readArray(rows *collector, data []byte, open int) (lines bool, err error) {
	s := splitter{data: data, pos: open + 1, line: 1 + bytes.Count(data[:open], []byte("\n")), start: -1, rows: rows}
	rows.format = FormatArray
	first := s.line
	if err := s.split(); err != nil {
		return false, err
	}
	if rest := bytes.TrimLeft(data[s.pos:], blanks); len(rest) > 0 {
		gap := data[s.pos : len(data)-len(rest)]
		line := s.line + bytes.Count(gap, []byte("\n"))
		if rest[0] == '{' && s.line == first && line > first {
			return true, nil
		}
		rows.add(line, nil, "there is more text after the end of the array: it is not read")
	}
	if rows.rows == 0 {
		return false, expected("an empty JSON array")
	}
	return false, nil
}

// splitter cuts an array into its elements by brackets, strings and commas
// alone, so that an element that is not valid JSON does not cost the next one.
// What it cuts out is judged by parseRow.
//
// Two things in broken JSON could hide all that follows, and are bounded here.
// A string ends at the end of its line, as JSON allows no line feed in one. And
// an object never starts where the enclosing object expects a name, so a brace
// there means that the element before was not closed.
type splitter struct {
	data []byte
	pos  int // next byte
	line int // line of pos

	start     int    // where the element begins, -1 before it
	startLine int    // line of start
	fault     string // what is wrong around the element
	comma     bool   // a comma stands before the element

	open   []byte // brackets open in the element
	braces int    // braces among them
	prev   byte   // last byte above space: what a brace follows
	rows   *collector
}

// split runs to behind the array's closing bracket.
func (s *splitter) split() error {
	for s.pos < len(s.data) {
		c := s.data[s.pos]
		switch c {
		case '\n':
			s.line++
		case ' ', '\t', '\r': // nothing begins or ends
		case ',':
			s.onComma()
		case ']', '}':
			if s.onClose(c) {
				return nil
			}
		default:
			s.onValue(c)
		}
		if c > ' ' {
			s.prev = c
		}
		s.pos++
	}
	where := "after its last element"
	if s.start >= 0 {
		where = fmt.Sprintf("in the element that starts at line %d", s.startLine)
	}
	return expected(fmt.Sprintf("a JSON array that is not closed: the file ends %s (is the file complete?)", where))
}

// onValue takes a byte that opens or belongs to a value. Of a string it takes
// all but the last byte.
func (s *splitter) onValue(c byte) {
	if c == '{' && s.start >= 0 {
		switch {
		case len(s.open) == 0:
			s.emit()
			s.fault = "the comma before this element is missing"
		case s.open[len(s.open)-1] == '{' && s.prev != ':':
			s.emit()
		}
	}
	if s.start < 0 {
		s.start, s.startLine = s.pos, s.line
	}
	switch c {
	case '"':
		s.pos = stringEnd(s.data, s.pos)
	case '{':
		s.open = append(s.open, c)
		s.braces++
	case '[':
		s.open = append(s.open, c)
	}
}

// onComma ends an element, unless the comma belongs to it.
func (s *splitter) onComma() {
	if len(s.open) > 0 {
		return
	}
	s.emitOrEmpty()
	s.comma = true
}

// onClose takes a closing bracket and reports whether it closed the array. A
// bracket that does not match closes what lies between, or nothing.
func (s *splitter) onClose(c byte) bool {
	if c == ']' && len(s.open) == s.braces { // no bracket of the element's own to close
		if len(s.open) == 0 || len(bytes.TrimLeft(s.data[s.pos+1:], blanks)) == 0 {
			if s.start >= 0 || s.comma {
				s.emitOrEmpty()
			}
			s.pos++
			return true
		}
		return false
	}
	if s.start < 0 { // a brace without its element
		s.start, s.startLine = s.pos, s.line
	}
	if c == '}' && s.braces == 0 {
		return false
	}
	opener := byte('[')
	if c == '}' {
		opener = '{'
	}
	for len(s.open) > 0 {
		last := s.open[len(s.open)-1]
		s.open = s.open[:len(s.open)-1]
		if last == '{' {
			s.braces--
		}
		if last == opener {
			break
		}
	}
	return false
}

// emitOrEmpty ends the element, which may not be there.
func (s *splitter) emitOrEmpty() {
	if s.start < 0 {
		s.start, s.startLine = s.pos, s.line
		s.fault = "an element is missing before this comma or bracket"
	}
	s.emit()
}

// emit hands the element over and makes ready for the next.
func (s *splitter) emit() {
	raw := bytes.TrimRight(s.data[s.start:s.pos], blanks)
	s.rows.add(s.startLine, raw, s.fault)
	s.start, s.fault, s.comma = -1, "", false
	s.open, s.braces = s.open[:0], 0
}

// stringEnd gives the last byte of the string that opens at i: its closing
// quote, or the last byte of its line if it has none.
func stringEnd(data []byte, i int) int {
	for j := i + 1; j < len(data); j++ {
		switch data[j] {
		case '"':
			return j
		case '\n':
			return j - 1
		case '\\':
			if j+1 < len(data) && data[j+1] != '\n' {
				j++
			}
		}
	}
	return len(data) - 1
}
