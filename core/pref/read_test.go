package pref

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

const good = `{"prompt":"p","chosen":"c","rejected":"r"}`

// TestBadRow puts each bad row between two good ones, in both formats: the good
// ones are read and the bad one is one problem with its line.
func TestBadRow(t *testing.T) {
	for _, tc := range []struct{ name, row, field, reason string }{
		{"number", `12`, "", "the row is a number, not an object"},
		{"null", `null`, "", "the row is null"},
		{"boolean", `true`, "", "the row is a boolean"},
		{"string", `"a"`, "", "the row is a string"},
		{"array", `["p","c","r"]`, "", "the row is an array"},
		{"words", `hello`, "", "column 1: invalid JSON"},
		{"column", `{"prompt":"é","chosen":x}`, "", "column 24: invalid JSON: invalid character 'x'"},
		{"no value", `{"prompt":}`, "", "column 11: invalid JSON"},
		{"two values", good + `"x"`, "", "column 43: there is more text after the end"},
		{"open string", `{"prompt":"p","chosen":"c","rejected":"r}`, "", "invalid JSON"},
		{"invalid UTF-8", "{\"prompt\":\"\xff\",\"chosen\":\"c\",\"rejected\":\"r\"}", "", "column 12: invalid JSON: invalid UTF-8"},
		{"half surrogate", `{"prompt":"\ud800","chosen":"c","rejected":"r"}`, "", "invalid JSON"},
		{"duplicate", `{"prompt":"p","chosen":"c","chosen":"d","rejected":"r"}`, "chosen", "column 28: the field is there twice"},
		{"duplicate ignored", `{"prompt":"p","id":1,"id":1,"chosen":"c","rejected":"r"}`, "id", "the field is there twice"},
		{"no prompt", `{"chosen":"c","rejected":"r"}`, "prompt", "is missing"},
		{"no chosen", `{"prompt":"p","rejected":"r"}`, "chosen", "is missing"},
		{"no rejected", `{"prompt":"p","chosen":"c"}`, "rejected", "is missing"},
		{"other letter case", `{"prompt":"p","Chosen":"c","rejected":"r"}`, "chosen", "is missing"},
		{"number field", `{"prompt":"p","chosen":1,"rejected":"r"}`, "chosen", "is a number, not a string"},
		{"null field", `{"prompt":"p","chosen":null,"rejected":"r"}`, "chosen", "is null, not a string"},
		{"object field", `{"prompt":{},"chosen":"c","rejected":"r"}`, "prompt", "is an object, not a string"},
		{"messages", `{"prompt":"p","chosen":[{"role":"user","content":"c"}],"rejected":"r"}`, "rejected", "is a string, not a list of messages"},
		{"input number", `{"instruction":"p","input":3,"chosen":"c","rejected":"r"}`, "input", "is a number"},
		{"empty prompt", `{"prompt":"","chosen":"c","rejected":"r"}`, "prompt", "is empty"},
		{"blank instruction", `{"instruction":" \n","chosen":"c","rejected":"r"}`, "instruction", "is empty"},
		{"blank chosen", `{"prompt":"p","chosen":" \t","rejected":"r"}`, "chosen", "is empty"},
		{"empty rejected", `{"prompt":"p","chosen":"c","rejected":""}`, "rejected", "is empty"},
		{"equal", `{"prompt":"p","chosen":"c","rejected":"c"}`, "rejected", "is the same text as chosen"},
		{"too long", `{"prompt":"` + strings.Repeat("p", MaxRowBytes) + `","chosen":"c","rejected":"r"}`, "", "the limit is 65536"},
		{"1 MB", `{"prompt":"` + strings.Repeat("p", 1_000_000) + `","chosen":"c","rejected":"r"}`, "", "the row has 1000041 bytes"},
		{"nested deep", strings.Repeat("[", 12_000) + strings.Repeat("]", 12_000), "", "invalid JSON: exceeded max depth"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for format, file := range map[string]string{
				FormatJSONL: good + "\n" + tc.row + "\n" + good + "\n",
				FormatArray: "[" + good + ",\n" + tc.row + ",\n" + good + "\n]",
			} {
				set := read(t, file)
				checkLines(t, set, format, 1, 3)
				if len(set.Problems) != 1 {
					t.Fatalf("%s: problems %v, want 1", format, set.Problems)
				}
				p := set.Problems[0]
				if p.Line != 2 || p.Field != tc.field || !strings.Contains(p.Reason, tc.reason) {
					t.Errorf("%s: problem %+v, want line 2, field %q, reason with %q", format, p, tc.field, tc.reason)
				}
			}
		})
	}
}

// TestBrokenArray holds arrays whose brackets, commas or quotes are wrong: what
// can be read is read.
func TestBrokenArray(t *testing.T) {
	for _, tc := range []struct {
		name, file string
		lines, bad []int
	}{
		{"compact", `[` + good + `,` + good + `]`, []int{1, 1}, nil},
		{"comma missing", "[" + good + "\n" + good + "\n," + good + "]", []int{1, 3}, []int{2}},
		{"comma twice", "[" + good + ",,\n" + good + "]", []int{1, 2}, []int{1}},
		{"comma at end", "[" + good + ",\n]", []int{1}, []int{2}},
		{"brace missing", "[" + good + ",\n{\"prompt\":\"p\",\n" + good + "]", []int{1, 3}, []int{2}},
		{"brace missing at end", "[" + good + ",\n{\"prompt\":\"p\"\n]\n", []int{1}, []int{2}},
		{"brace too many", "[" + good + "},\n" + good + "]", []int{2}, []int{1}},
		{"brace alone", "[}," + good + "]", []int{1}, []int{1}},
		{"bracket in object", "[{\"a\":]},\n" + good + "]", []int{2}, []int{1}},
		{"brace in array", "[{\"a\":[1}},\n" + good + "]", []int{2}, []int{1}},
		{"quote missing", "[{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r},\n" + good + "]", []int{2}, []int{1}},
		{"quote missing, spread", "[{\n\"prompt\":\"p,\n\"chosen\":\"c\"\n},\n" + good + "]", []int{5}, []int{1}},
		{"text behind", "[" + good + "]\n\nmore", []int{1}, []int{3}},
		{"brackets in strings", `[{"prompt":"]}[{\"]","chosen":"c","rejected":"r"},` + good + `]`, []int{1, 1}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			set := read(t, tc.file)
			checkLines(t, set, FormatArray, tc.lines...)
			var bad []int
			for _, p := range set.Problems {
				bad = append(bad, p.Line)
			}
			if !slices.Equal(bad, tc.bad) {
				t.Errorf("problems %v, want lines %v", set.Problems, tc.bad)
			}
		})
	}
}

func TestPlaceInsideElement(t *testing.T) {
	set := read(t, "[\n"+good+",\n{\n  \"prompt\": x\n}]")
	if len(set.Problems) != 1 || set.Problems[0].Line != 3 || !strings.HasPrefix(set.Problems[0].Reason, "line 4, column 13: invalid JSON") {
		t.Errorf("problems %v, want line 3 with line 4, column 13", set.Problems)
	}
}

// TestWhiteSpace reads the same rows with and without byte-order mark, carriage
// returns, blank lines and a last line feed.
func TestWhiteSpace(t *testing.T) {
	for _, tc := range []struct {
		name, file, format string
		lines              []int
	}{
		{"plain", good + "\n" + good, FormatJSONL, []int{1, 2}},
		{"BOM", bom + good + "\n" + good + "\n", FormatJSONL, []int{1, 2}},
		{"CRLF", good + "\r\n" + good + "\r\n", FormatJSONL, []int{1, 2}},
		{"blank lines", "\n" + good + "\n \t\n\r\n" + good + "\n\n", FormatJSONL, []int{2, 5}},
		{"array, BOM, CRLF", bom + "\r\n[\r\n" + good + ",\r\n\r\n " + good + "\r\n]\r\n", FormatArray, []int{3, 5}},
	} {
		set := read(t, tc.file)
		t.Run(tc.name, func(t *testing.T) { checkLines(t, set, tc.format, tc.lines...) })
		if len(set.Problems) > 0 {
			t.Errorf("%s: problems %v", tc.name, set.Problems)
		}
	}
}

func TestPrompt(t *testing.T) {
	for _, tc := range []struct{ fields, prompt string }{
		{`"prompt":"Say:"`, "Say:"},
		{`"instruction":"Say"`, "Say\n"},
		{`"instruction":"Say","input":""`, "Say\n"},
		{`"input":"it","output":7,"instruction":"Say"`, "Say\nit\n"},
		{`"instruction":"Say","prompt":"Tell"`, "Tell"},
		{`"prompt":"\u00e9\n\ud83d\ude00"`, "é\n😀"},
	} {
		row := "{" + tc.fields + `,"chosen":" c","rejected":" r"}`
		for _, file := range []string{row, "[" + row + "]"} {
			set := read(t, file)
			if want := (Pair{tc.prompt, " c", " r"}); len(set.Pairs) != 1 || set.Pairs[0] != want {
				t.Errorf("%s: pairs %q, problems %v, want %q", file, set.Pairs, set.Problems, want)
			}
		}
	}
}

func TestFirstRowIsAnArray(t *testing.T) {
	set := read(t, "[1,2]\n"+good+"\n")
	checkLines(t, set, FormatJSONL, 2)
	if len(set.Problems) != 1 || set.Problems[0].Line != 1 {
		t.Errorf("problems %v, want one at line 1", set.Problems)
	}
}

func TestRowLimit(t *testing.T) {
	rows := strings.Repeat("\n"+good, MaxRows+3)
	array := "[" + strings.ReplaceAll(rows[1:], "\n", ",\n") + "]"
	for format, tc := range map[string]struct {
		file string
		line int
	}{FormatJSONL: {rows, MaxRows + 2}, FormatArray: {array, MaxRows + 1}} {
		set := read(t, tc.file)
		if len(set.Pairs) != MaxRows || set.Rows != MaxRows+3 || len(set.Problems) != 1 {
			t.Fatalf("%s: %d pairs, %d rows, problems %v", format, len(set.Pairs), set.Rows, set.Problems)
		}
		if p := set.Problems[0]; p.Line != tc.line || !strings.HasPrefix(p.Reason, "3 rows from this line on are left out") {
			t.Errorf("%s: problem %v, want 3 rows left out from line %d", format, p, tc.line)
		}
	}
}

func TestWholeFile(t *testing.T) {
	for _, tc := range []struct{ name, file, looks string }{
		{"empty", "", "empty"},
		{"blank", bom + " \r\n\n", "empty"},
		{"empty array", "[\n]", "an empty JSON array"},
		{"open array", "[" + good + ",\n" + good, "not closed: the file ends in the element that starts at line 2"},
		{"open array, comma", "[" + good + ",\n", "not closed: the file ends after its last element"},
		{"object never closed", "[{\n\"prompt\":{", "in the element that starts at line 1"},
		{"binary", "\x00\x01\x02", "binary"},
		{"UTF-16", "\xff\xfe[\x00", "UTF-16"},
		{"gzip", "\x1f\x8b\x08", "gzip"},
		{"Parquet", "PAR1....", "Parquet"},
		{"HTML", "<!doctype html>", "a web page"},
		{"CSV header", "prompt,chosen,rejected\n\n", "a table without rows"},
		{"text", "Once upon a time\n", "neither JSON nor a table"},
		{"numbers", "1\n2\n", "JSON without any object"},
		{"spread object", "{\n\"prompt\":\"p\",\n\"chosen\":\"c\"\n}\n", "spread over several lines"},
	} {
		set, err := Read([]byte(tc.file))
		if err == nil {
			t.Errorf("%s: read %+v, want an error", tc.name, set)
			continue
		}
		if got := err.Error(); !strings.Contains(got, tc.looks) || !strings.Contains(got, "expected: JSON Lines, one JSON array of objects, or a table") {
			t.Errorf("%s: error %q, want %q and what is expected", tc.name, got, tc.looks)
		}
	}
}

func TestFileLimit(t *testing.T) {
	_, err := Read(make([]byte, MaxFileBytes+1<<20))
	if err == nil || !strings.Contains(err.Error(), "65.0 MiB, the limit is 64 MiB") {
		t.Errorf("error %v, want size and limit", err)
	}
	if err := CheckSize(MaxFileBytes); err != nil {
		t.Errorf("the limit itself is refused: %v", err)
	}
}

func TestAppendJSONL(t *testing.T) {
	pairs := []Pair{{"a\n\"b\"", " c\r\n", " d\u2028"}, {"é😀", "<x>", "\\\x01"}}
	data := AppendJSONL(nil, pairs)
	if n := bytes.Count(data, []byte("\n")); n != len(pairs) {
		t.Errorf("%d lines, want %d:\n%s", n, len(pairs), data)
	}
	if set := read(t, string(data)); !slices.Equal(set.Pairs, pairs) {
		t.Errorf("read back %q, want %q; problems %v", set.Pairs, pairs, set.Problems)
	}
}

func TestProblemString(t *testing.T) {
	for want, p := range map[string]Problem{
		"line 3: chosen: is empty": {3, "chosen", "is empty"},
		"chosen: is empty":         {0, "chosen", "is empty"},
		"line 3: is empty":         {3, "", "is empty"},
	} {
		if got := p.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestManyBrackets has inputs on which a careless splitter takes quadratic time.
func TestManyBrackets(t *testing.T) {
	const n = 1 << 21
	for _, unit := range []string{"{", "[", "}", ",", `"`, "[{", `{"a":`} {
		for _, end := range []string{"", strings.Repeat("}", n), strings.Repeat("]", n)} {
			set, err := Read([]byte("[" + strings.Repeat(unit, n/len(unit)) + end))
			if err == nil && len(set.Problems) == 0 {
				t.Errorf("%q… is read without a problem", unit)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{
		good, bom + good + "\r\n\r\n" + good, "[" + good + ",\n" + good + "]", "[" + good + good + ",,]x",
		"[{\"prompt\":\"p},\n" + good + "]", "[[{]}]", "[1]\n" + good, `{"instruction":"i","input":"j","chosen":"a","rejected":"b"}`,
		`{"chosen":"a b","rejected":"a c"}`, `{"chosen":"é","rejected":"éa"}`, `{"good":"a"}`, "prompt,chosen,rejected\n\"a\"\"\n,\",b,c\r\nd,\"", "chosen;rejected\na b;a c", "a\tb\nc\td", "\x1f\x8b\x08\x00",
		`{"instruction":"a","output_1":"b","output_2":"c","preference":2.0}`, `{"instruction":"a","output":["b", "c"]}`,
		`{"prompt":[{"role":"user","content":"a"}],"chosen":[{"role":"assistant","content":"b"}],"rejected":[{"role":"assistant","content":"c"}]}`,
		`{"chosen":[{"role":"user","content":"a"} , {"role":"assistant","content":"b"}],"rejected":[{"role":"user","content":"a"},{}]}`,
		`{"chosen":"\n\nHuman: a\n\nAssistant: b","rejected":"\n\nHuman: a\n\nAssistant: c"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		set, err := Options{Template: TemplatePlain}.Read(data)
		if err != nil {
			return
		}
		if err := consistent(set); err != nil {
			t.Fatal(err)
		}
		again, err := Read(AppendJSONL(nil, set.Pairs))
		if len(set.Pairs) > 0 && (err != nil || !slices.Equal(again.Pairs, set.Pairs)) {
			t.Fatalf("read back %q (%v), want %q", again.Pairs, err, set.Pairs)
		}
	})
}

// consistent checks that every row is either a pair or a problem.
func consistent(set Set) error {
	want := set.Rows
	if want > MaxRows {
		want = MaxRows + 1
	}
	if got := len(set.Pairs) + len(set.Problems); got != want || got == 0 {
		return fmt.Errorf("%d pairs and %d problems of %d rows", len(set.Pairs), len(set.Problems), set.Rows)
	}
	if len(set.Lines) != len(set.Pairs) || !slices.IsSorted(set.Lines) {
		return fmt.Errorf("lines %v of %d pairs", set.Lines, len(set.Pairs))
	}
	for _, p := range set.Problems {
		if p.Line < 1 || p.Reason == "" {
			return fmt.Errorf("problem %+v without line or reason", p)
		}
	}
	return nil
}

// read reads a file that must be readable.
func read(t *testing.T, file string) Set {
	t.Helper()
	set, err := Read([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	if err := consistent(set); err != nil {
		t.Fatal(err)
	}
	return set
}

// checkLines checks the format and the lines of the pairs.
func checkLines(t *testing.T, set Set, format string, lines ...int) {
	t.Helper()
	if set.Format != format || !slices.Equal(set.Lines, lines) {
		t.Errorf("%s with pairs at lines %v, want %s at %v; problems %v", set.Format, set.Lines, format, lines, set.Problems)
	}
}

// Ten thousand brackets must not be walked by recursion: in a browser the stack is
// small. Natively this only shows that such a row is one problem and no more.
func TestDeepNesting(t *testing.T) {
	deep := strings.Repeat("[", 12000) + strings.Repeat("]", 12000)
	for _, file := range []string{deep, "[" + deep + "]", `{"prompt":` + deep + `,"chosen":"a","rejected":"b"}`} {
		set, err := Read([]byte(file + "\n" + `{"prompt":"p","chosen":"c","rejected":"r"}` + "\n"))
		if err == nil && len(set.Problems) == 0 {
			t.Errorf("%.20s…: %+v, want a problem", file, set)
		}
	}
}
