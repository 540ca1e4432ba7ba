package pref

import (
	"encoding/json/jsontext"
	"strings"
	"testing"
)

// object is a JSON object of the names and texts.
func object(t *testing.T, namesAndTexts ...string) string {
	t.Helper()
	var b []byte
	for i, s := range namesAndTexts {
		switch {
		case i == 0:
			b = append(b, '{')
		case i%2 == 1:
			b = append(b, ':')
		default:
			b = append(b, ',')
		}
		var err error
		if b, err = jsontext.AppendQuote(b, s); err != nil {
			t.Fatal(err)
		}
	}
	return string(append(b, '}'))
}

// checkRow reads a file of one row and checks its pair and shape, or its problem.
func checkRow(t *testing.T, name string, set Set, want Pair, shape, field, reason string) {
	t.Helper()
	if field != "" {
		if len(set.Problems) != 1 || set.Problems[0].Field != field || !strings.Contains(set.Problems[0].Reason, reason) {
			t.Errorf("%s: pairs %q, problems %v, want field %q, reason with %q", name, set.Pairs, set.Problems, field, reason)
		}
		return
	}
	if len(set.Pairs) != 1 || set.Pairs[0] != want || set.Shape != shape {
		t.Errorf("%s: %q, shape %q, problems %v, want %q, %q", name, set.Pairs, set.Shape, set.Problems, want, shape)
	}
}

func TestImplicitPrompt(t *testing.T) {
	for _, tc := range []struct {
		name, chosen, rejected string
		want                   Pair
		field, reason          string
	}{
		{"space to the answers", "The sky is blue.", "The sky is green.", Pair{"The sky is", " blue.", " green."}, "", ""},
		{"one space of two", "Sky?  yes", "Sky?  no", Pair{"Sky? ", " yes", " no"}, "", ""},
		{"line feed stays", "Sky?\nyes", "Sky?\nno", Pair{"Sky?\n", "yes", "no"}, "", ""},
		{"within a word", "Go there", "Go then", Pair{"Go the", "re", "n"}, "", ""},
		{"characters, not bytes", "Où: é", "Où: è", Pair{"Où:", " é", " è"}, "", ""},
		{"chosen goes on", "Q: yes, so", "Q: yes", Pair{"Q: ye", "s, so", "s"}, "", ""},
		{"rejected goes on", "Q: é", "Q: éa", Pair{"Q: ", "é", "éa"}, "", ""},
		{"nothing alike", "yes", "no", Pair{}, "prompt", "is missing, and chosen and rejected do not begin alike"},
		{"a space alike", " yes", " no", Pair{}, "prompt", "do not begin alike"},
		{"one character", "a", "ab", Pair{}, "prompt", "do not begin alike"},
		{"nothing left", "Sky? ", "Sky? no", Pair{}, "chosen", "is empty"},
		{"equal", "Sky? no", "Sky? no", Pair{}, "rejected", "is the same text as chosen"},
	} {
		set := read(t, object(t, "chosen", tc.chosen, "rejected", tc.rejected))
		checkRow(t, tc.name, set, tc.want, ShapeImplicit, tc.field, tc.reason)
	}
}

func TestDialogue(t *testing.T) {
	const one, two = "\n\nHuman: Hi\n\nAssistant:", "\n\nHuman: Hi\n\nAssistant: Yes?\n\nHuman: Why?\n\nAssistant:"
	for _, tc := range []struct {
		name, chosen, rejected string
		want                   Pair
		field, reason          string
	}{
		{"one turn", one + " Hello", one + " Here", Pair{one, " Hello", " Here"}, "", ""},
		{"two turns", two + " So", two + " No", Pair{two, " So", " No"}, "", ""},
		{"answers alike", one + " The day", one + " The night", Pair{one, " The day", " The night"}, "", ""},
		{"one goes on", one + " Yes", one + " Yes, so", Pair{one, " Yes", " Yes, so"}, "", ""},
		{"no line feeds before", one[2:] + " a", one[2:] + " b", Pair{one[2:], " a", " b"}, "", ""},
		{"no answer", "\n\nHuman: Hi", "\n\nHuman: Ho", Pair{}, "chosen", "is a dialogue without"},
		{"other dialogue", one + " a", two + " b", Pair{}, "rejected", "differs from chosen before its last"},
		{"empty answer", one + " a", one + " ", Pair{}, "rejected", "is empty"},
	} {
		set := read(t, object(t, "chosen", tc.chosen, "rejected", tc.rejected))
		checkRow(t, tc.name, set, tc.want, ShapeDialogue, tc.field, tc.reason)
	}
}

func TestShape(t *testing.T) {
	const instruction, implicit = `{"instruction":"i","chosen":"c","rejected":"r"}`, `{"chosen":"a b","rejected":"a c"}`
	for _, tc := range []struct{ name, file, shape string }{
		{"explicit", good + "\n" + good, ShapePrompt},
		{"whole texts beside a prompt", `{"prompt":"p","chosen":"p c","rejected":"p r"}`, ShapePrompt},
		{"instruction", "[" + instruction + "]", ShapeInstruction},
		{"mixed", good + "\n" + implicit + "\n" + good, ShapeMixed},
		{"bad rows have none", good + "\n{}\n", ShapePrompt},
		{"first row an array", "[" + implicit + "]\n" + good, ShapePrompt},
		{"none", `{"prompt":"p","chosen":"","rejected":"r"}`, ""},
	} {
		if set := read(t, tc.file); set.Shape != tc.shape {
			t.Errorf("%s: shape %q, want %q; problems %v", tc.name, set.Shape, tc.shape, set.Problems)
		}
	}
}

func TestUnknownColumns(t *testing.T) {
	long := `{"` + strings.Repeat("é", 30) + `":1` + strings.Repeat(` `, 3)
	for i := range 22 {
		long += `,"c` + string(rune('a'+i)) + `":2`
	}
	for _, tc := range []struct{ name, file, want string }{
		{"lines", `{"question":"q","good":"a","bad":["b"]}` + "\n{}", "the file has the columns question, good, bad; wanted are prompt, chosen and rejected"},
		{"array", `[{"prompt":"q","better":"a"}]`, "the file has the columns prompt, better; wanted are"},
		{"many", long + "}", strings.Repeat("é", 20) + "…, ca, "},
		{"more", long + "}", "and 3 more; wanted"},
		{"no columns", "{}", "JSON objects without any field"},
	} {
		if _, err := Read([]byte(tc.file)); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error %v, want %q", tc.name, err, tc.want)
		}
	}
	if set := read(t, "{\"q\":1}\n"+good); len(set.Pairs) != 1 || len(set.Problems) != 1 {
		t.Errorf("one strange row: %+v, want one pair and one problem", set)
	}
}

func TestFieldNames(t *testing.T) {
	ab, ba := Pair{"Say\n", "a", "b"}, Pair{"Say\n", "b", "a"}
	for _, tc := range []struct {
		name, fields  string
		want          Pair
		field, reason string
	}{
		{"Argilla", `"chosen_response":"a","rejected_response":"b","chosen_avg_rating":4.5`, ab, "", ""},
		{"chosen first", `"chosen":"a","rejected":"b","chosen_response":"x","output":7`, ab, "", ""},
		{"AlpacaFarm 1", `"output_1":"a","output_2":"b","preference":1`, ab, "", ""},
		{"AlpacaFarm 2", `"input":"","output_1":"a","output_2":"b","preference":2.0`, ba, "", ""},
		{"AlpacaFarm, text", `"output_1":"a","output_2":"b","preference":"2"`, ba, "", ""},
		{"list", `"output": [ "a" , "b" ]`, ab, "", ""},
		{"input null", `"input":null,"output":["a","b"]`, ab, "", ""},
		{"half of Argilla", `"chosen_response":"a"`, Pair{}, "rejected", "is missing"},
		{"number", `"chosen_response":1,"rejected_response":"b"`, Pair{}, "chosen_response", "is a number"},
		{"blank", `"chosen_response":"a","rejected_response":" "`, Pair{}, "rejected_response", "is empty"},
		{"no preference", `"output_1":"a","output_2":"b"`, Pair{}, "preference", "is missing: 1 or 2"},
		{"other preference", `"output_1":"a","output_2":"b","preference":0`, Pair{}, "preference", `is "0", not 1 or 2`},
		{"null preference", `"output_1":"a","output_2":"b","preference":null`, Pair{}, "preference", `is "null", not 1 or 2`},
		{"one output", `"output_1":"a","preference":1`, Pair{}, "output_2", "is missing"},
		{"blank worse output", `"output_1":"","output_2":"b","preference":2`, Pair{}, "output_1", "is empty"},
		{"three", `"output":["a","b","c"]`, Pair{}, "output", "is not a list of two strings"},
		{"not strings", `"output":["a",1]`, Pair{}, "output", "is not a list of two strings"},
		{"one string", `"output":"a"`, Pair{}, "output", "is not a list of two strings"},
		{"equal", `"output":["a","a"]`, Pair{}, "output", "is the same text as chosen"},
	} {
		set := read(t, `{"instruction":"Say",`+tc.fields+"}")
		checkRow(t, tc.name, set, tc.want, ShapeInstruction, tc.field, tc.reason)
	}
}
