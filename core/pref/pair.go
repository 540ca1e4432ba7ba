package pref

import (
	"bytes"
	"encoding/json/jsontext"
	"fmt"
	"strings"
	"unicode/utf8"
)

const wantedPair = "prompt, chosen and rejected (instruction and input may stand for prompt; " +
	"chosen_response and rejected_response, output with the better answer first, or output_1, output_2 and preference for the answers)"

// answerFields are the fields of which a row of pairs has at least one.
var answerFields = []string{"chosen", "rejected", "chosen_response", "rejected_response", "output", "output_1", "output_2"}

// pair makes the pair of a row and names its shape.
func (o Options) pair(r *row) (Pair, string, *Problem) {
	prompt, shape := r.get("prompt"), ShapePrompt
	if prompt == nil {
		prompt, shape = r.get("instruction"), ShapeInstruction
	}
	if prompt == nil {
		shape = ShapeImplicit
	}
	chosen, rejected, problem := answers(r)
	if problem != nil {
		return Pair{}, "", problem
	}
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
		if f.dst == &p.Prompt && shape == ShapeImplicit {
			continue
		}
		var problem *Problem
		if *f.dst, problem = f.value.str(f.name); problem != nil {
			return Pair{}, "", problem
		}
	}
	p, shape, problem = textPair(p, r, shape)
	if problem != nil { // in the file's own names
		for _, f := range []struct {
			name  string
			value *field
		}{{"chosen", chosen}, {"rejected", rejected}} {
			if problem.Field == f.name {
				problem.Field = f.value.name
			}
		}
	}
	return p, shape, problem
}

// answers finds the better and the worse answer of a row, nil where missing. The
// names are, in this order of preference,
//
//   - chosen, rejected: TRL, hh-rlhf, UltraFeedback binarized by Hugging Face;
//   - chosen_response, rejected_response: UltraFeedback binarized by Argilla;
//   - output_1, output_2 and preference, 1 or 2: AlpacaFarm;
//   - output, a list of the better and the worse: Alpaca's comparisons.
func answers(r *row) (chosen, rejected *field, problem *Problem) {
	switch {
	case r.has("chosen", "rejected"):
		return r.get("chosen"), r.get("rejected"), nil
	case r.has("chosen_response", "rejected_response"):
		return r.get("chosen_response"), r.get("rejected_response"), nil
	case r.has("output_1", "output_2"):
		return preferred(r)
	case r.has("output"):
		return r.get("output").two()
	}
	return nil, nil, nil
}

// preferred gives output_1 and output_2, the better one first.
func preferred(r *row) (chosen, rejected *field, problem *Problem) {
	for _, name := range []string{"output_1", "output_2"} {
		if _, problem := r.get(name).str(name); problem != nil {
			return nil, nil, problem
		}
	}
	f := r.get("preference")
	if f == nil {
		return nil, nil, &Problem{Field: "preference", Reason: "is missing: 1 or 2 says which output is better"}
	}
	value := f.text // as in a table
	if f.kind == '0' {
		value = strings.TrimSuffix(string(f.raw), ".0")
	}
	switch value {
	case "1":
		return r.get("output_1"), r.get("output_2"), nil
	case "2":
		return r.get("output_2"), r.get("output_1"), nil
	}
	if f.kind != '"' {
		value = string(f.raw)
	}
	return nil, nil, &Problem{Field: "preference", Reason: fmt.Sprintf("is %.40q, not 1 or 2", value)}
}

// two takes a list of exactly two strings apart.
func (f *field) two() (first, second *field, problem *Problem) {
	var list []field
	if f.kind == '[' {
		dec := jsontext.NewDecoder(bytes.NewBuffer(f.raw))
		dec.ReadToken() // the bracket: f.raw is valid
		for dec.PeekKind() == '"' {
			token, err := dec.ReadToken()
			if err != nil {
				break
			}
			list = append(list, field{name: f.name, kind: '"', text: token.String()})
		}
		if dec.PeekKind() == ']' && len(list) == 2 {
			return &list[0], &list[1], nil
		}
	}
	return nil, nil, &Problem{Field: f.name, Reason: "is not a list of two strings, the better answer first"}
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
