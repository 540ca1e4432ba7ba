package pref

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const wantedPair = "prompt, chosen and rejected"

// answerFields are the fields of which a row of pairs has at least one.
var answerFields = []string{"chosen", "rejected"}

// pair makes the pair of a row and names its shape.
func (o Options) pair(r *row) (Pair, string, *Problem) {
	prompt, shape := r.get("prompt"), ShapePrompt
	if prompt == nil {
		prompt, shape = r.get("instruction"), ShapeInstruction
	}
	if prompt == nil {
		shape = ShapeImplicit
	}
	chosen, rejected := r.get("chosen"), r.get("rejected")
	if chosen != nil && rejected != nil && (chosen.kind == '[' || rejected.kind == '[') {
		p, problem := o.conversation(prompt, chosen, rejected)
		return p, ShapeMessages, problem
	}
	var p Pair
	for _, f := range []struct {
		name  string
		value *field
		dst   *string
	}{{"prompt", prompt, &p.Prompt}, {"chosen", chosen, &p.Chosen}, {"rejected", rejected, &p.Rejected}} {
		if f.name == "prompt" && shape == ShapeImplicit {
			continue
		}
		var problem *Problem
		if *f.dst, problem = f.value.str(f.name); problem != nil {
			return Pair{}, "", problem
		}
	}
	return textPair(p, r, shape)
}

// textPair makes the pair of a row's texts p, whose prompt is still to be found
// or made if the shape is another than ShapePrompt.
func textPair(p Pair, r *row, shape string) (Pair, string, *Problem) {
	check := p
	if shape == ShapeImplicit {
		check.Prompt = "is found below"
	}
	if problem := Check(check); problem != nil {
		if problem.Field == "prompt" && shape == ShapeInstruction {
			problem.Field = "instruction"
		}
		return Pair{}, "", problem
	}
	var problem *Problem
	switch {
	case shape == ShapeInstruction:
		p.Prompt, problem = instruction(p.Prompt, r)
	case shape == ShapeImplicit && isDialogue(p.Chosen) && isDialogue(p.Rejected):
		shape = ShapeDialogue
		p, problem = splitDialogue(p)
	case shape == ShapeImplicit:
		p, problem = splitPrefix(p)
	}
	return p, shape, problem
}

// instruction makes the prompt of an instruction and the row's input.
func instruction(text string, r *row) (string, *Problem) {
	if f := r.get("input"); f != nil && f.kind != 'n' {
		input, problem := f.str("input")
		if problem != nil {
			return "", problem
		}
		if strings.TrimSpace(input) != "" {
			text += "\n" + input
		}
	}
	return text + "\n", nil
}

// splitPrefix takes the common beginning of chosen and rejected for the prompt, as
// TRL's extract_prompt does: it ends before the first character that differs, and
// one space before that goes to the answers; where one text is the beginning of
// the other, it ends before the shorter one's last character, so that no answer is
// empty.
func splitPrefix(p Pair) (Pair, *Problem) {
	short, long := p.Chosen, p.Rejected
	if len(short) > len(long) {
		short, long = long, short
	}
	n := 0
	for n < len(short) {
		c, size := utf8.DecodeRuneInString(short[n:])
		if d, _ := utf8.DecodeRuneInString(long[n:]); c != d {
			break
		}
		n += size
	}
	if n == len(short) {
		_, size := utf8.DecodeLastRuneInString(short)
		n -= size
	} else if n > 0 && short[n-1] == ' ' {
		n--
	}
	if strings.TrimSpace(short[:n]) == "" {
		return Pair{}, &Problem{Field: "prompt", Reason: "is missing, and chosen and rejected do not begin alike: add the field"}
	}
	return checked(Pair{Prompt: short[:n], Chosen: p.Chosen[n:], Rejected: p.Rejected[n:]})
}

// Turns of hh-rlhf's dialogues.
const (
	human     = "\n\nHuman:"
	assistant = "\n\nAssistant:"
)

// isDialogue reports whether text begins as hh-rlhf's dialogues do.
func isDialogue(text string) bool {
	return strings.HasPrefix(strings.TrimLeft(text, blanks), strings.TrimLeft(human, "\n"))
}

// splitDialogue takes two whole dialogues apart: the prompt is all up to the last
// "\n\nAssistant:", which belongs to it.
func splitDialogue(p Pair) (Pair, *Problem) {
	var prompts [2]string
	for i, f := range []struct{ name, text string }{{"chosen", p.Chosen}, {"rejected", p.Rejected}} {
		at := strings.LastIndex(f.text, assistant)
		if at < 0 {
			return Pair{}, &Problem{Field: f.name, Reason: fmt.Sprintf("is a dialogue without %q: there is no answer in it", assistant)}
		}
		prompts[i] = f.text[:at+len(assistant)]
	}
	if prompts[0] != prompts[1] {
		return Pair{}, &Problem{Field: "rejected", Reason: fmt.Sprintf(
			"differs from chosen before its last %q: both must answer the same dialogue", assistant)}
	}
	n := len(prompts[0])
	return checked(Pair{Prompt: prompts[0], Chosen: p.Chosen[n:], Rejected: p.Rejected[n:]})
}

// checked is p, or what Check finds.
func checked(p Pair) (Pair, *Problem) {
	if problem := Check(p); problem != nil {
		return Pair{}, problem
	}
	return p, nil
}
