package pref

import (
	"slices"
	"strings"
	"testing"
)

func TestReadUnpaired(t *testing.T) {
	for _, tc := range []struct {
		name, file, format, shape string
		want                      []Unpaired
	}{
		{"lines", `{"prompt":"p","completion":" c","label":true}` + "\n" + `{"prompt":"p","completion":" d","label":false}`,
			FormatJSONL, ShapePrompt, []Unpaired{{"p", " c", true}, {"p", " d", false}}},
		{"array", `[{"label":false,"prompt":"p","completion":"c"}]`, FormatArray, ShapePrompt, []Unpaired{{"p", "c", false}}},
		{"instruction", `{"instruction":"Say","input":"it","completion":"c","label":true}`, FormatJSONL, ShapeInstruction, []Unpaired{{"Say\nit\n", "c", true}}},
		{"table", "prompt,completion,label\np,c,True\np,d,0\n", FormatTable, ShapePrompt, []Unpaired{{"p", "c", true}, {"p", "d", false}}},
		{"messages", `{"prompt":` + turns(t, "user:Hi") + `,"completion":` + turns(t, "assistant:c") + `,"label":true}`,
			FormatJSONL, ShapeMessages, []Unpaired{{"\n\nHuman: Hi\n\nAssistant:", " c", true}}},
	} {
		set, err := Options{Template: TemplatePlain}.ReadUnpaired([]byte(tc.file))
		if err != nil || !slices.Equal(set.Answers, tc.want) || set.Format != tc.format || set.Shape != tc.shape ||
			len(set.Lines) != len(tc.want) || set.Rows != len(tc.want) {
			t.Errorf("%s: %+v (%v), want %v, %s, %s", tc.name, set, err, tc.want, tc.format, tc.shape)
		}
	}
}

func TestBadUnpaired(t *testing.T) {
	for _, tc := range []struct{ name, file, field, reason string }{
		{"no label", `{"prompt":"p","completion":"c"}`, "label", "is missing"},
		{"number label", `{"prompt":"p","completion":"c","label":1}`, "label", "is a number, not true or false"},
		{"text label", `{"prompt":"p","completion":"c","label":"true"}`, "label", "is a string, not true or false"},
		{"cell label", "prompt,completion,label\np,c,good\n", "label", "is not true or false"},
		{"no prompt", `{"completion":"c","label":true}`, "prompt", "is missing"},
		{"blank instruction", `{"instruction":" ","completion":"c","label":true}`, "instruction", "is empty"},
		{"blank completion", `{"prompt":"p","completion":"\n","label":true}`, "completion", "is empty"},
		{"number", `{"prompt":"p","completion":7,"label":true}`, "completion", "is a number, not a string"},
		{"no template", `{"prompt":` + turns(t, "user:Hi") + `,"completion":` + turns(t, "assistant:c") + `,"label":true}`, "completion", "choose one (plain)"},
		{"list and text", `{"prompt":` + turns(t, "user:Hi") + `,"completion":"c","label":true}`, "prompt", "is an array, not a string"},
	} {
		set, err := Options{}.ReadUnpaired([]byte(tc.file))
		if err != nil || len(set.Answers) > 0 || len(set.Problems) != 1 || set.Problems[0].Field != tc.field ||
			!strings.Contains(set.Problems[0].Reason, tc.reason) || set.Problems[0].Line < 1 {
			t.Errorf("%s: %+v (%v), want field %q, reason with %q", tc.name, set, err, tc.field, tc.reason)
		}
	}
	if _, err := (Options{}).ReadUnpaired([]byte(good)); err == nil || !strings.Contains(err.Error(), "the columns prompt, chosen, rejected; wanted are prompt, completion and label") {
		t.Errorf("pairs: error %v, want the columns", err)
	}
	if _, err := Read([]byte(`{"prompt":"p","completion":"c","label":true}`)); err == nil || !strings.Contains(err.Error(), "the columns prompt, completion, label") {
		t.Errorf("unpaired as pairs: error %v, want the columns", err)
	}
	if _, err := (Options{Template: "x"}).ReadUnpaired(nil); err == nil {
		t.Error("an unknown template is accepted")
	}
}

func FuzzReadUnpaired(f *testing.F) {
	for _, s := range []string{
		`{"prompt":"p","completion":"c","label":true}`, "prompt,completion,label\np,c,1\n",
		`[{"prompt":[{"role":"user","content":"a"}],"completion":[{"role":"assistant","content":"b"}],"label":false}]`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		set, err := Options{Template: TemplatePlain}.ReadUnpaired(data)
		if err != nil {
			return
		}
		if got, want := len(set.Answers)+len(set.Problems), set.Rows; got != want && set.Rows <= MaxRows || got == 0 {
			t.Fatalf("%d answers and problems of %d rows", got, want)
		}
		for _, a := range set.Answers {
			if strings.TrimSpace(a.Prompt) == "" || strings.TrimSpace(a.Completion) == "" {
				t.Fatalf("empty text in %+v", a)
			}
		}
	})
}
