package pref

import (
	"strings"
	"testing"
)

// turns is a JSON list of messages, given as "role:content".
func turns(t *testing.T, all ...string) string {
	t.Helper()
	var list []string
	for _, m := range all {
		role, content, _ := strings.Cut(m, ":")
		list = append(list, object(t, "content", content, "role", role))
	}
	return "[" + strings.Join(list, " , ") + "]"
}

func TestMessages(t *testing.T) {
	const prompt = "\n\nHuman: Hi\n\nAssistant:"
	hi := turns(t, "user:Hi")
	for _, tc := range []struct {
		name, prompt, chosen, rejected string // JSON values
		want                           Pair
		field, reason                  string
	}{
		{"list prompt", hi, turns(t, "assistant:a"), turns(t, "assistant:b"), Pair{prompt, " a", " b"}, "", ""},
		{"implicit", "", turns(t, "user:Hi", "assistant:a"), turns(t, "user:Hi", "assistant:b"), Pair{prompt, " a", " b"}, "", ""},
		{"text beside", `"Hi"`, turns(t, "user:Hi", "assistant:a"), turns(t, "user:Hi", "assistant:b"), Pair{prompt, " a", " b"}, "", ""},
		{"system", turns(t, "system:Be brief.", "user:Hi"), turns(t, "assistant:a"), turns(t, "assistant:b"),
			Pair{"\n\nSystem: Be brief." + prompt, " a", " b"}, "", ""},
		{"system empty", turns(t, "system:", "user:Hi"), turns(t, "assistant:a"), turns(t, "assistant:b"), Pair{prompt, " a", " b"}, "", ""},
		{"long answer", hi, turns(t, "assistant:a", "user:b", "assistant:c"), turns(t, "assistant:d"),
			Pair{prompt, " a\n\nHuman: b\n\nAssistant: c", " d"}, "", ""},
		{"more fields", `[{"role":"user","name":null,"tools":[{}],"content":"Hi"}]`, turns(t, "assistant:a"), turns(t, "assistant:b"), Pair{prompt, " a", " b"}, "", ""},
		{"equal", hi, turns(t, "assistant:a"), turns(t, "assistant:a"), Pair{}, "rejected", "is the same text as chosen"},
		{"no common message", "", turns(t, "user:Hi", "assistant:a"), turns(t, "user:Ho", "assistant:b"), Pair{}, "prompt", "do not begin with the same message"},
		{"answers alone", `"Hi"`, turns(t, "assistant:a"), turns(t, "assistant:b"), Pair{}, "prompt", "add the list"},
		{"prompt answered", turns(t, "user:Hi", "assistant:x"), turns(t, "assistant:a"), turns(t, "assistant:b"), Pair{}, "prompt", "ends with a message of the assistant"},
		{"answer of the user", hi, turns(t, "user:a"), turns(t, "assistant:b"), Pair{}, "chosen", "begins with a message of the user"},
		{"answer ends asking", hi, turns(t, "assistant:a"), turns(t, "assistant:b", "user:c"), Pair{}, "rejected", "ends with a message of the user"},
		{"role", turns(t, "tool:Hi"), turns(t, "assistant:a"), turns(t, "assistant:b"), Pair{}, "prompt", `message 1: the role "tool" is not`},
		{"empty content", hi, turns(t, "assistant: "), turns(t, "assistant:b"), Pair{}, "chosen", "message 1: content is empty"},
		{"no content", hi, `[{"role":"assistant"}]`, turns(t, "assistant:b"), Pair{}, "chosen", "message 1: content: is missing"},
		{"parts", hi, `[{"role":"assistant","content":[]}]`, turns(t, "assistant:b"), Pair{}, "chosen", "message 1: content: is an array, not a string"},
		{"strings", hi, `["a"]`, `["b"]`, Pair{}, "chosen", "its element 1 is a string, not a message"},
		{"empty list", hi, `[]`, `[]`, Pair{}, "chosen", "is empty"},
		{"prompt null", `null`, turns(t, "assistant:a"), turns(t, "assistant:b"), Pair{}, "prompt", "is null, not a list of messages"},
		{"text answers", hi, `"a"`, `"b"`, Pair{}, "prompt", "is an array, not a string"},
	} {
		row := `{"chosen":` + tc.chosen + `,"rejected": ` + tc.rejected
		if tc.prompt != "" {
			row += ",\"prompt\" :\t" + tc.prompt
		}
		set, err := Options{Template: TemplatePlain}.Read([]byte(row + "}"))
		if err != nil {
			t.Fatal(err)
		}
		checkRow(t, tc.name, set, tc.want, ShapeMessages, tc.field, tc.reason)
	}
}

func TestTemplate(t *testing.T) {
	set := read(t, `{"prompt":`+turns(t, "user:Hi")+`,"chosen":`+turns(t, "assistant:a")+`,"rejected":`+turns(t, "assistant:b")+`}`)
	checkRow(t, "no template", set, Pair{}, "", "chosen", "is a list of messages, which only a template turns into text: choose one (plain)")
	if _, err := (Options{Template: "chatml"}).Read([]byte(good)); err == nil || !strings.Contains(err.Error(), `template "chatml" is not known: choose one of plain`) {
		t.Errorf("error %v, want the template refused", err)
	}
}
