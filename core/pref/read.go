package pref

import (
	"bytes"
	"fmt"
)

const (
	bom       = "\xef\xbb\xbf"
	blanks    = " \t\r\n" // JSON's white space
	gzipMagic = "\x1f\x8b"
)

// Read reads a preference file. The error is only for a file that holds no rows
// at all (empty, too large, binary, not JSON, an array that is never closed, no
// column that is known); it says what the file looks like and what is expected.
// Everything else that is wrong is in Set.Problems.
func Read(data []byte) (Set, error) { return Options{}.Read(data) }

// Options are what the reader must be told.
type Options struct {
	// Template turns lists of messages into text: one of Templates. Without one,
	// rows of messages are problems.
	Template string
}

// Read is like the function Read, with options.
func (o Options) Read(data []byte) (Set, error) {
	if err := checkTemplate(o.Template); err != nil {
		return Set{}, err
	}
	p := &pairSink{options: o}
	c, err := readRows(data, p)
	if err != nil {
		return Set{}, err
	}
	return Set{Pairs: p.pairs, Lines: c.lines, Problems: c.problems, Rows: c.rows, Format: c.format, Shape: p.shape}, nil
}

// pairSink makes pairs of rows.
type pairSink struct {
	options Options
	pairs   []Pair
	shape   string
}

func (p *pairSink) reset()         { p.pairs, p.shape = nil, "" }
func (p *pairSink) wanted() string { return wantedPair }
func (p *pairSink) knows(r *row) bool {
	return r.has(answerFields...)
}

func (p *pairSink) take(r *row) *Problem {
	pair, shape, problem := p.options.pair(r)
	if problem != nil {
		return problem
	}
	p.pairs, p.shape = append(p.pairs, pair), mixed(p.shape, shape)
	return nil
}

// mixed is the shape of rows of shape all, empty if there are none, and one more.
func mixed(all, one string) string {
	if all != "" && all != one {
		return ShapeMixed
	}
	return one
}

// sink takes the rows of a file.
type sink interface {
	reset()               // forgets the rows taken so far
	take(r *row) *Problem // takes a row, or says why it cannot
	knows(r *row) bool    // whether the row has a field that the sink cannot do without
	wanted() string       // the fields in words
}

// readRows reads a file of any layout into to.
func readRows(data []byte, to sink) (*collector, error) {
	if err := CheckSize(int64(len(data))); err != nil {
		return nil, err
	}
	data, err := gunzip(data)
	if err != nil {
		return nil, err
	}
	data = bytes.TrimPrefix(data, []byte(bom))
	text := bytes.TrimLeft(data, blanks)
	if err := refuse(text); err != nil {
		return nil, err
	}
	if text[0] == '[' {
		c := &collector{to: to}
		lines, err := readArray(c, data, len(data)-len(text))
		if err != nil || !lines {
			return c, c.finish(err)
		}
		to.reset()
	}
	c := &collector{to: to}
	if text[0] != '{' && text[0] != '[' {
		if t, columns, ok := findTable(data, to); ok {
			return c, readTable(c, t, columns)
		}
	}
	readLines(c, data)
	if len(c.lines) == 0 {
		if err := refuseLines(text); err != nil {
			return nil, err
		}
	}
	return c, c.finish(nil)
}

// readLines reads JSON Lines.
func readLines(c *collector, data []byte) {
	c.format = FormatJSONL
	line := 0
	for raw := range bytes.Lines(data) {
		line++
		if raw = bytes.Trim(raw, "\r\n"); len(bytes.Trim(raw, blanks)) > 0 {
			c.add(line, raw, "")
		}
	}
}

// collector sorts rows into those its sink takes and problems, up to MaxRows.
type collector struct {
	to        sink
	format    string
	rows      int   // all rows
	lines     []int // of the rows taken
	problems  []Problem
	firstLeft int  // line of the first row left out
	strange   *row // first row without a field that the sink knows
	strangers int  // such rows
}

// add takes the row raw, which starts at line. A fault is what the caller found
// wrong around the row; the row is then not looked into.
func (c *collector) add(line int, raw []byte, fault string) {
	if !c.count(line) {
		return
	}
	switch {
	case fault != "":
		c.refuse(line, &Problem{Reason: fault})
	case len(raw) > MaxRowBytes:
		c.refuse(line, tooLong(len(raw)))
	default:
		r, problem := parseRow(raw, line, c.to.wanted())
		if problem != nil {
			c.refuse(line, problem)
			return
		}
		c.take(line, r)
	}
}

// count counts a row and reports whether it is to be read.
func (c *collector) count(line int) bool {
	c.rows++
	if c.rows > MaxRows && c.firstLeft == 0 {
		c.firstLeft = line
	}
	return c.rows <= MaxRows
}

// take hands a counted row to the sink.
func (c *collector) take(line int, r *row) {
	if problem := c.to.take(r); problem != nil {
		c.refuse(line, problem)
		if !c.to.knows(r) {
			c.strangers++
			if c.strange == nil {
				c.strange = r
			}
		}
		return
	}
	c.lines = append(c.lines, line)
}

// refuse notes the problem of a counted row.
func (c *collector) refuse(line int, problem *Problem) {
	problem.Line = line
	c.problems = append(c.problems, *problem)
}

func tooLong(bytes int) *Problem {
	return &Problem{Reason: fmt.Sprintf("the row has %d bytes, the limit is %d: shorten it", bytes, MaxRowBytes)}
}

// finish adds the problem for rows left out. The error is err, or that no row of
// the file has a column that is known.
func (c *collector) finish(err error) error {
	if err != nil {
		return err
	}
	if c.strangers > 0 && c.strangers == min(c.rows, MaxRows) {
		return unknownColumns(c.strange, c.to.wanted())
	}
	if left := c.rows - MaxRows; left > 0 {
		c.problems = append(c.problems, Problem{
			Line:   c.firstLeft,
			Reason: fmt.Sprintf("%d rows from this line on are left out: the limit is %d rows", left, MaxRows),
		})
	}
	return nil
}
