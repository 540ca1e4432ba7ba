package pref

import (
	"slices"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	one := []Pair{{"p", "c", "r"}}
	for _, tc := range []struct {
		name, file string
		want       []Pair
		lines      []int
		shape      string
	}{
		{"plain", "prompt,chosen,rejected\np,c,r\n", one, []int{2}, ShapePrompt},
		{"BOM, CRLF, blank lines, no last line feed", bom + "\r\nprompt,chosen,rejected\r\n\r\np,c,r\r\n \r\nq,c,r", []Pair{one[0], {"q", "c", "r"}}, []int{4, 6}, ShapePrompt},
		{"all in quotes", "\"prompt\",\"chosen\",\"rejected\"\r\n\"p\",\"c\",\"r\"", one, []int{2}, ShapePrompt},
		{"other order and columns", "id, rejected,chosen,prompt\n7,r,c,p\n", one, []int{2}, ShapePrompt},
		{"semicolons", "prompt;chosen;rejected\np;c;r\n", one, []int{2}, ShapePrompt},
		{"tabs", "prompt\tchosen\trejected\np\tc\tr\n", one, []int{2}, ShapePrompt},
		{"quotes", "prompt,chosen,rejected\n\"a, \"\"b\"\"\r\nc\",\" c\",\"\"\"r\"\n", []Pair{{"a, \"b\"\nc", " c", "\"r"}}, []int{2}, ShapePrompt},
		{"lines counted", "prompt,chosen,rejected\n\"a\n\nb\",c,r\np,c,r\n", []Pair{{"a\n\nb", "c", "r"}, one[0]}, []int{2, 5}, ShapePrompt},
		{"implicit", "chosen,rejected\nQ: a,Q: b\n", []Pair{{"Q:", " a", " b"}}, []int{2}, ShapeImplicit},
		{"preference", "instruction,input,output_1,output_2,preference\nSay,,a,b,2\n", []Pair{{"Say\n", "b", "a"}}, []int{2}, ShapeInstruction},
	} {
		set := read(t, tc.file)
		if !slices.Equal(set.Pairs, tc.want) || set.Shape != tc.shape || len(set.Problems) > 0 {
			t.Errorf("%s: %q, shape %q, problems %v, want %q, %q", tc.name, set.Pairs, set.Shape, set.Problems, tc.want, tc.shape)
		}
		checkLines(t, set, FormatTable, tc.lines...)
	}
}

// TestBadTableRow puts each bad row between two good ones.
func TestBadTableRow(t *testing.T) {
	for _, tc := range []struct{ name, row, field, reason string }{
		{"few", "p,c", "", "the row has 2 cells, the header 3"},
		{"many", "p,c,r,", "", "the row has 4 cells, the header 3"},
		{"quote within", `p,c "d",r`, "", "cell 2 has a quote but does not begin with one"},
		{"text behind", `p,"c"d,r`, "", "line 3: there is text behind a closing quote"},
		{"never closed", `p,c,"r`, "", "the quote that opens cell 3 is never closed"},
		{"empty", `p,,r`, "chosen", "is empty"},
		{"equal", `p,c,"c"`, "rejected", "is the same text as chosen"},
		{"UTF-8", "p,\xff,r", "", "invalid UTF-8"},
		{"too long", strings.Repeat("p", MaxRowBytes) + ",c,r", "", "the limit is 65536"},
		{"messages", `p,"[{""role"": ""user"", ""content"": ""c""}]",r`, "chosen", "is a list of messages in a cell"},
		{"messages of Python", `p,"[{'role': 'user', 'content': 'c'}]",r`, "chosen", "is a list of messages in a cell"},
	} {
		set := read(t, "prompt,chosen,rejected\np,c,r\n"+tc.row+"\np,c,r\n")
		checkLines(t, set, FormatTable, 2, 4)
		if len(set.Problems) != 1 {
			t.Errorf("%s: problems %v, want 1", tc.name, set.Problems)
			continue
		}
		if p := set.Problems[0]; p.Line != 3 || p.Field != tc.field || !strings.Contains(p.Reason, tc.reason) {
			t.Errorf("%s: problem %+v, want line 3, field %q, reason with %q", tc.name, p, tc.field, tc.reason)
		}
	}
}

func TestTableError(t *testing.T) {
	for _, tc := range []struct{ name, file, want string }{
		{"unknown", "question,good,bad\na,b,c\n", "the file has the columns question, good, bad; wanted are prompt, chosen and rejected"},
		{"other letter case", "Prompt;Chosen;Rejected\na;b;c\n", "the columns Prompt, Chosen, Rejected; wanted"},
		{"prompt alone", "prompt,better\na,b\n", "the columns prompt, better; wanted"},
		{"twice", "prompt,chosen,chosen\na,b,c\n", `the column "chosen" twice`},
		{"no rows", "prompt,chosen,rejected", "a table without rows"},
		{"prose", "Once, upon a time\nthere was\n", "neither JSON nor a table"},
	} {
		if _, err := Read([]byte(tc.file)); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error %v, want %q", tc.name, err, tc.want)
		}
	}
}

func TestTableRowLimit(t *testing.T) {
	set := read(t, "prompt,chosen,rejected\n"+strings.Repeat("p,c,r\n", MaxRows+3))
	if len(set.Pairs) != MaxRows || set.Rows != MaxRows+3 || len(set.Problems) != 1 || set.Problems[0].Line != MaxRows+2 {
		t.Errorf("%d pairs, %d rows, problems %v", len(set.Pairs), set.Rows, set.Problems)
	}
}

// TestManyQuotes has tables on which careless recovery takes quadratic time.
func TestManyQuotes(t *testing.T) {
	for _, unit := range []string{`"`, `""`, "\"\n", "\"\"\n", "\"\"\"\n", `,"`, "a,\"\n", "\"a\n", "a\"\n"} {
		data := "prompt,chosen,rejected\n" + strings.Repeat(unit, 1<<21/len(unit))
		if set, err := Read([]byte(data)); err == nil && len(set.Problems) == 0 {
			t.Errorf("%q… is read without a problem", unit)
		}
	}
}
