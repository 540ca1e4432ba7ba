package pref

import (
	"bytes"
	"fmt"
)

const (
	bom    = "\xef\xbb\xbf"
	blanks = " \t\r\n" // JSON's white space
)

// Read reads a preference file. The error is only for a file that holds no rows
// at all (empty, too large, binary, not JSON, an array that is never closed); it
// says what the file looks like and what is expected. Everything else that is
// wrong is in Set.Problems.
func Read(data []byte) (Set, error) {
	if err := CheckSize(int64(len(data))); err != nil {
		return Set{}, err
	}
	data = bytes.TrimPrefix(data, []byte(bom))
	text := bytes.TrimLeft(data, blanks)
	if err := refuse(text); err != nil {
		return Set{}, err
	}
	if text[0] == '[' {
		set, lines, err := readArray(data, len(data)-len(text))
		if err != nil || !lines {
			return set, err
		}
	}
	set := readLines(data)
	if len(set.Pairs) == 0 {
		if err := refuseLines(text); err != nil {
			return Set{}, err
		}
	}
	return set, nil
}

// readLines reads JSON Lines.
func readLines(data []byte) Set {
	c := collector{set: Set{Format: FormatJSONL}}
	line := 0
	for raw := range bytes.Lines(data) {
		line++
		if raw = bytes.Trim(raw, "\r\n"); len(bytes.Trim(raw, blanks)) > 0 {
			c.add(line, raw, "")
		}
	}
	return c.finish()
}

// collector sorts rows into pairs and problems, up to MaxRows.
type collector struct {
	set       Set
	firstLeft int // line of the first row left out
}

// add takes the row raw, which starts at line. A fault is what the caller found
// wrong around the row; the row is then not looked into.
func (c *collector) add(line int, raw []byte, fault string) {
	c.set.Rows++
	if c.set.Rows > MaxRows {
		if c.firstLeft == 0 {
			c.firstLeft = line
		}
		return
	}
	pair, problem := Pair{}, &Problem{Reason: fault}
	switch {
	case fault != "":
	case len(raw) > MaxRowBytes:
		problem.Reason = fmt.Sprintf("the row has %d bytes, the limit is %d: shorten it", len(raw), MaxRowBytes)
	default:
		pair, problem = parseRow(raw, line)
	}
	if problem != nil {
		problem.Line = line
		c.set.Problems = append(c.set.Problems, *problem)
		return
	}
	c.set.Pairs = append(c.set.Pairs, pair)
	c.set.Lines = append(c.set.Lines, line)
}

// finish adds the problem for rows left out and gives the set.
func (c *collector) finish() Set {
	if left := c.set.Rows - MaxRows; left > 0 {
		c.set.Problems = append(c.set.Problems, Problem{
			Line:   c.firstLeft,
			Reason: fmt.Sprintf("%d rows from this line on are left out: the limit is %d rows", left, MaxRows),
		})
	}
	return c.set
}
