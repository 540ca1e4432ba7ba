package pref

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// delimiters of tables: RFC 4180's comma, and what spreadsheets write instead.
const delimiters = ",;\t"

// table cuts a table into records by RFC 4180: a cell in quotes may hold
// delimiters, line feeds and doubled quotes; a cell without must have no quote.
// It is not encoding/csv, which lets one open quote swallow the rest of the file
// and would alone weigh 36 KB in the page's trainer.
type table struct {
	data  []byte
	pos   int // next byte
	line  int // line of pos
	delim byte
}

// record is one row of a table.
type record struct {
	cells []string
	line  int    // where it starts
	size  int    // bytes
	fault string // why it is no row
}

// next reads the next record; blank lines are none. ok is false at the end.
func (t *table) next() (r record, ok bool) {
	for t.pos < len(t.data) {
		end := lineEnd(t.data, t.pos)
		if len(bytes.Trim(t.data[t.pos:end], blanks)) > 0 {
			break
		}
		t.pos, t.line = end, t.line+1
	}
	if t.pos >= len(t.data) {
		return record{}, false
	}
	r.line = t.line
	start, last := t.pos, false
	for !last && r.fault == "" {
		var cell string
		cell, last, r.fault = t.cell(len(r.cells) + 1)
		r.cells = append(r.cells, cell)
	}
	if r.fault != "" {
		if t.pos >= len(t.data) { // a quote was never closed: it costs one line
			t.pos, t.line = start, r.line
		}
		t.pos = lineEnd(t.data, t.pos)
		t.line++
	}
	raw := t.data[start:t.pos]
	r.size = len(bytes.TrimRight(raw, "\r\n"))
	if r.fault == "" && !utf8.Valid(raw) {
		r.fault = "invalid UTF-8: save the file as UTF-8"
	}
	return r, true
}

// cell reads the n-th cell of a record and what ends it; last is true if that is
// the record's end.
func (t *table) cell(n int) (text string, last bool, fault string) {
	if t.pos < len(t.data) && t.data[t.pos] == '"' {
		return t.quoted(n)
	}
	start := t.pos
	for t.pos < len(t.data) {
		switch c := t.data[t.pos]; c {
		case t.delim:
			t.pos++
			return string(t.data[start : t.pos-1]), false, ""
		case '\n':
			text = strings.TrimSuffix(string(t.data[start:t.pos]), "\r")
			t.pos++
			t.line++
			return text, true, ""
		case '"':
			return "", false, fmt.Sprintf("cell %d has a quote but does not begin with one: put the cell in quotes and double those within", n)
		}
		t.pos++
	}
	return strings.TrimSuffix(string(t.data[start:]), "\r"), true, ""
}

// quoted reads a cell in quotes. Its line ends become line feeds.
func (t *table) quoted(n int) (text string, last bool, fault string) {
	var b []byte
	t.pos++
	for {
		quote := bytes.IndexByte(t.data[t.pos:], '"')
		if quote < 0 {
			t.pos = len(t.data)
			break
		}
		t.line += bytes.Count(t.data[t.pos:t.pos+quote], []byte("\n"))
		b = append(b, t.data[t.pos:t.pos+quote]...)
		if t.pos += quote + 1; t.pos == len(t.data) || t.data[t.pos] != '"' {
			text = strings.ReplaceAll(string(b), "\r\n", "\n")
			return t.closed(text)
		}
		b = append(b, '"')
		t.pos++
	}
	return "", false, fmt.Sprintf("the quote that opens cell %d is never closed", n)
}

// closed reads what stands behind a closing quote.
func (t *table) closed(text string) (string, bool, string) {
	rest := t.data[t.pos:]
	switch {
	case len(rest) == 0:
		return text, true, ""
	case rest[0] == t.delim:
		t.pos++
		return text, false, ""
	case rest[0] == '\n', bytes.HasPrefix(rest, []byte("\r\n")):
		t.pos += 1 + bytes.IndexByte(rest, '\n')
		t.line++
		return text, true, ""
	}
	return "", false, fmt.Sprintf("line %d: there is text behind a closing quote: double the quotes within a cell", t.line)
}

// lineEnd is the position behind the line feed of the line that pos is in.
func lineEnd(data []byte, pos int) int {
	if n := bytes.IndexByte(data[pos:], '\n'); n >= 0 {
		return pos + n + 1
	}
	return len(data)
}

// header gives the columns of a table.
func header(r record) *row {
	h := new(row)
	for _, name := range r.cells {
		h.fields = append(h.fields, field{name: strings.Trim(name, blanks), kind: '"', cell: true})
	}
	return h
}

// findTable reports whether data is a table. Its header names a column that to
// knows; or it names none, but data has no JSON object and the row below has as
// many cells, which are at least two.
func findTable(data []byte, to sink) (t table, columns *row, ok bool) {
	for i := range len(delimiters) {
		t := table{data: data, line: 1, delim: delimiters[i]}
		r, _ := t.next()
		if h := header(r); r.fault == "" && r.size <= MaxRowBytes && to.knows(h) {
			return t, h, true
		}
	}
	if hasObject(data) {
		return table{}, nil, false
	}
	for i := range len(delimiters) {
		t := table{data: data, line: 1, delim: delimiters[i]}
		r, _ := t.next()
		below := t
		second, more := below.next()
		if more && r.fault == "" && second.fault == "" && len(r.cells) > 1 && len(r.cells) == len(second.cells) {
			return t, header(r), true
		}
	}
	return table{}, nil, false
}

// readTable reads the rows below the header.
func readTable(c *collector, t table, columns *row) error {
	c.format = FormatTable
	if !c.to.knows(columns) {
		return unknownColumns(columns, c.to.wanted())
	}
	seen := make(map[string]bool)
	for _, f := range columns.fields {
		if f.name != "" && seen[f.name] {
			return fmt.Errorf("pref: the table has the column %.40q twice: rename one", f.name)
		}
		seen[f.name] = true
	}
	for r, ok := t.next(); ok; r, ok = t.next() {
		if !c.count(r.line) {
			continue
		}
		cells, problem := r.under(columns)
		if problem != nil {
			c.refuse(r.line, problem)
			continue
		}
		c.take(r.line, cells)
	}
	if c.rows == 0 {
		return expected("a table without rows below its header")
	}
	return c.finish(nil)
}

// under makes a row of a record's cells.
func (r record) under(columns *row) (*row, *Problem) {
	switch {
	case r.fault != "":
		return nil, &Problem{Reason: r.fault}
	case r.size > MaxRowBytes:
		return nil, tooLong(r.size)
	case len(r.cells) != len(columns.fields):
		return nil, &Problem{Reason: fmt.Sprintf("the row has %d cells, the header %d: put cells with delimiters in quotes",
			len(r.cells), len(columns.fields))}
	}
	out := &row{fields: slices.Clone(columns.fields)}
	for i, text := range r.cells {
		f := &out.fields[i]
		if f.text = text; slices.Contains(textFields, f.name) && isMessagesCell(text) {
			return nil, &Problem{Field: f.name, Reason: "is a list of messages in a cell: export the data set as JSON Lines"}
		}
	}
	return out, nil
}

// textFields are the columns that may not hold a list in a cell.
var textFields = append([]string{"prompt", "completion"}, answerFields...)

// isMessagesCell reports whether a program wrote a list of messages as text.
func isMessagesCell(text string) bool {
	text = strings.TrimLeft(text, blanks)
	return strings.HasPrefix(text, "[{") && strings.Contains(text, "role") && strings.Contains(text, "content")
}
