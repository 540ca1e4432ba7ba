package pref

import (
	"bytes"
	"encoding/json/jsontext"
	"fmt"
	"slices"
	"strings"
)

// TemplatePlain writes messages as hh-rlhf does:
//
//	"\n\nHuman: " content       user
//	"\n\nAssistant: " content   assistant
//	"\n\nSystem: " content      system (not in hh-rlhf; left out where empty)
//
// The prompt ends with "\n\nAssistant:", so that an answer begins with a space.
const TemplatePlain = "plain"

// Templates are the names that Options.Template may have besides none.
var Templates = []string{TemplatePlain}

// checkTemplate refuses a template that is not known: none is ever guessed.
func checkTemplate(name string) error {
	if name == "" || slices.Contains(Templates, name) {
		return nil
	}
	return fmt.Errorf("pref: template %q is not known: choose one of %s", name, strings.Join(Templates, ", "))
}

// message is one turn of a conversation.
type message struct{ role, content string }

// messages reads a list of {"role","content"}; other fields of a message are
// ignored. The value is valid JSON.
func (f *field) messages() ([]message, *Problem) {
	fault := func(format string, args ...any) ([]message, *Problem) {
		return nil, &Problem{Field: f.name, Reason: fmt.Sprintf(format, args...)}
	}
	if f.kind != '[' {
		return fault("is %s, not a list of messages", kindName(f.kind))
	}
	dec := jsontext.NewDecoder(bytes.NewBuffer(f.raw))
	dec.ReadToken() // the bracket: f.raw is valid
	var all []message
	for dec.PeekKind() != ']' {
		n := len(all) + 1
		if kind := dec.PeekKind(); kind != '{' {
			return fault("is an array, but its element %d is %s, not a message with role and content", n, kindName(kind))
		}
		behind := dec.InputOffset() // comma and blanks are before the object
		if err := dec.SkipValue(); err != nil {
			return fault("message %d: %v", n, err)
		}
		m, problem := fields(bytes.TrimLeft(f.raw[behind:dec.InputOffset()], ","+blanks))
		if problem != nil {
			return fault("message %d: %s", n, problem.Reason)
		}
		role, problem := m.get("role").str("role")
		if problem != nil {
			return fault("message %d: %s", n, problem)
		}
		content, problem := m.get("content").str("content")
		if problem != nil {
			return fault("message %d: %s", n, problem)
		}
		if turn(role) == "" {
			return fault("message %d: the role %.40q is not user, assistant or system", n, role)
		}
		if strings.TrimSpace(content) == "" && role != "system" {
			return fault("message %d: content is empty", n)
		}
		all = append(all, message{role, content})
	}
	if len(all) == 0 {
		return fault("is empty")
	}
	return all, nil
}

// turn is how TemplatePlain begins the turn of a role, empty if it has none.
func turn(role string) string {
	switch role {
	case "user":
		return human
	case "assistant":
		return assistant
	case "system":
		return "\n\nSystem:"
	}
	return ""
}

// plain writes messages by TemplatePlain.
func plain(all []message) string {
	var b strings.Builder
	for _, m := range all {
		if strings.TrimSpace(m.content) != "" {
			b.WriteString(turn(m.role) + " " + m.content)
		}
	}
	return b.String()
}

// plainAnswer writes the messages of an answer, of which the first is the
// assistant's; the prompt has the beginning of that turn.
func plainAnswer(all []message) string { return strings.TrimPrefix(plain(all), assistant) }

// conversation makes a pair of lists of messages by the options' template. prompt
// is nil, or text, if the prompt is the common beginning of chosen and rejected;
// then, as in TRL, text beside it is not looked at.
func (o Options) conversation(prompt, chosen, rejected *field) (Pair, *Problem) {
	c, problem := chosen.messages()
	if problem != nil {
		return Pair{}, problem
	}
	r, problem := rejected.messages()
	if problem != nil {
		return Pair{}, problem
	}
	if o.Template == "" {
		return Pair{}, noTemplate(chosen.name)
	}
	var p []message
	if prompt != nil && prompt.kind != '"' {
		if p, problem = prompt.messages(); problem != nil {
			return Pair{}, problem
		}
	} else {
		n := commonMessages(c, r)
		if n == 0 {
			return Pair{}, &Problem{Field: "prompt", Reason: "is no list of messages, and chosen and rejected do not begin with the same message: add the list"}
		}
		p, c, r = c[:n], c[n:], r[n:]
	}
	if problem := checkAsked(p); problem != nil {
		return Pair{}, problem
	}
	for _, a := range []struct {
		name string
		all  []message
	}{{chosen.name, c}, {rejected.name, r}} {
		if problem := checkAnswer(a.name, a.all); problem != nil {
			return Pair{}, problem
		}
	}
	return checked(Pair{Prompt: plain(p) + assistant, Chosen: plainAnswer(c), Rejected: plainAnswer(r)})
}

// checkAsked checks that a prompt leaves the next turn to the assistant.
func checkAsked(prompt []message) *Problem {
	if last := prompt[len(prompt)-1]; last.role == "assistant" {
		return &Problem{Field: "prompt", Reason: "ends with a message of the assistant: there is nothing to answer"}
	}
	return nil
}

// checkAnswer checks that an answer begins and ends with the assistant.
func checkAnswer(name string, all []message) *Problem {
	if first := all[0]; first.role != "assistant" {
		return &Problem{Field: name, Reason: "the answer begins with a message of the " + first.role + ", not of the assistant"}
	}
	if last := all[len(all)-1]; last.role != "assistant" {
		return &Problem{Field: name, Reason: "the answer ends with a message of the " + last.role + ", not of the assistant"}
	}
	return nil
}

// commonMessages is how many messages chosen and rejected begin with alike, as
// TRL counts them: at least one message is left to each.
func commonMessages(chosen, rejected []message) int {
	n, most := 0, min(len(chosen), len(rejected))-1
	for n < most && chosen[n] == rejected[n] {
		n++
	}
	return n
}

// noTemplate is the problem of messages where no template was chosen.
func noTemplate(name string) *Problem {
	return &Problem{Field: name, Reason: "is a list of messages, which only a template turns into text: choose one (" +
		strings.Join(Templates, ", ") + ") or give the text itself"}
}
