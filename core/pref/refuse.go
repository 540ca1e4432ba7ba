package pref

import (
	"bytes"
	"fmt"
	"strings"
)

// signatures are beginnings of files that are dropped here by mistake.
var signatures = []struct{ magic, name string }{
	{"\xff\xfe", "text in UTF-16: save it as UTF-8"},
	{"\xfe\xff", "text in UTF-16: save it as UTF-8"},
	{gzipMagic, "a gzip archive: unpack it first"},
	{"PK\x03\x04", "a ZIP archive or an office document: unpack or export it first"},
	{"(\xb5/\xfd", "a Zstandard archive: unpack it first"},
	{"PAR1", "a Parquet file: export it as JSON Lines"},
	{"SQLite format 3", "an SQLite database: export it as JSON Lines"},
	{"GGUF", "a GGUF model, not a data set"},
	{"%PDF-", "a PDF document"},
	{"<", "a web page or XML"},
}

// expected is the error for a file that looks like something else.
func expected(looks string) error {
	return fmt.Errorf("pref: the file is %s; expected: JSON Lines, one JSON array of objects, or a table (CSV) with a header, with the fields prompt, chosen and rejected", looks)
}

// refuse refuses text, a file without leading blanks, that is no JSON text.
func refuse(text []byte) error {
	if len(text) == 0 {
		return expected("empty")
	}
	for _, s := range signatures {
		if bytes.HasPrefix(text, []byte(s.magic)) {
			return expected(s.name)
		}
	}
	if head := text[:min(len(text), MaxRowBytes)]; bytes.IndexByte(head, 0) >= 0 {
		return expected("binary (it has zero bytes)")
	}
	return nil
}

// refuseLines refuses text that gave no pair and is not JSON Lines as a whole: no
// line of it starts an object, or its first object is spread over several lines.
func refuseLines(text []byte) error {
	if !hasObject(text) {
		return expected(looksLike(text))
	}
	value, err := firstValue(text)
	if err == nil && bytes.IndexByte(value, '\n') >= 0 {
		return expected("JSON whose first object is spread over several lines: write each object on one line, or put all into one array")
	}
	return nil
}

// hasObject reports whether a line of text starts with a brace.
func hasObject(text []byte) bool {
	for line := range bytes.Lines(text) {
		if line = bytes.TrimLeft(line, blanks); len(line) > 0 && line[0] == '{' {
			return true
		}
	}
	return false
}

// looksLike names text without any object.
func looksLike(text []byte) string {
	first, _, _ := bytes.Cut(text, []byte("\n"))
	if _, err := firstValue(first); err == nil {
		return "JSON without any object"
	}
	return "neither JSON nor a table"
}

// unknownColumns is the error for a file of rows like r, none with a field that
// is read.
func unknownColumns(r *row, wanted string) error {
	const few, long = 20, 40 // columns named, bytes of a name
	if len(r.fields) == 0 {
		return expected("JSON objects without any field")
	}
	var names []string
	for _, f := range r.fields[:min(few, len(r.fields))] {
		name := f.name
		if len(name) > long {
			name = strings.ToValidUTF8(name[:long], "") + "…"
		}
		names = append(names, name)
	}
	if more := len(r.fields) - few; more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return fmt.Errorf("pref: the file has the columns %s; wanted are %s: rename them", strings.Join(names, ", "), wanted)
}
