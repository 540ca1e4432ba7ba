package pref

import "strings"

// Unpaired is one answer without a partner, as KTO takes them: Completion to
// Prompt is good if Label is true. The full text is Prompt+Completion.
type Unpaired struct {
	Prompt, Completion string
	Label              bool
}

// UnpairedSet is what was read from a file of unpaired answers. Rows and Problems
// are as in Set.
type UnpairedSet struct {
	Answers  []Unpaired
	Lines    []int // Lines[i] is the line of Answers[i]
	Problems []Problem
	Rows     int
	Format   string
	Shape    string // ShapePrompt, ShapeInstruction, ShapeMessages or ShapeMixed
}

// ReadUnpaired reads TRL's unpaired preferences, prompt, completion and label
// (true or false), from the layouts that Read reads. prompt and completion are
// strings, or both lists of messages; instruction and input may stand for prompt,
// as in Read. In a table the label may also be 1 or 0. A file of pairs is an error.
func (o Options) ReadUnpaired(data []byte) (UnpairedSet, error) {
	if err := checkTemplate(o.Template); err != nil {
		return UnpairedSet{}, err
	}
	u := &unpairedSink{options: o}
	c, err := readRows(data, u)
	if err != nil {
		return UnpairedSet{}, err
	}
	return UnpairedSet{Answers: u.answers, Lines: c.lines, Problems: c.problems, Rows: c.rows, Format: c.format, Shape: u.shape}, nil
}

// unpairedSink makes unpaired answers of rows.
type unpairedSink struct {
	options Options
	answers []Unpaired
	shape   string
}

func (u *unpairedSink) reset()            { u.answers, u.shape = nil, "" }
func (u *unpairedSink) wanted() string    { return "prompt, completion and label" }
func (u *unpairedSink) knows(r *row) bool { return r.has("completion") }

func (u *unpairedSink) take(r *row) *Problem {
	answer, shape, problem := u.options.unpaired(r)
	if problem != nil {
		return problem
	}
	u.answers, u.shape = append(u.answers, answer), mixed(u.shape, shape)
	return nil
}

// unpaired makes the answer of a row and names its shape.
func (o Options) unpaired(r *row) (Unpaired, string, *Problem) {
	label, problem := r.get("label").boolean("label")
	if problem != nil {
		return Unpaired{}, "", problem
	}
	prompt, shape := r.get("prompt"), ShapePrompt
	if prompt == nil && r.has("instruction") {
		prompt, shape = r.get("instruction"), ShapeInstruction
	}
	completion := r.get("completion")
	if prompt != nil && completion != nil && completion.kind == '[' {
		u, problem := o.unpairedMessages(prompt, completion)
		u.Label = label
		return u, ShapeMessages, problem
	}
	u := Unpaired{Label: label}
	if u.Prompt, problem = prompt.str("prompt"); problem != nil {
		return Unpaired{}, "", problem
	}
	if u.Completion, problem = completion.str("completion"); problem != nil {
		return Unpaired{}, "", problem
	}
	for _, f := range []*field{prompt, completion} {
		if strings.TrimSpace(f.text) == "" {
			return Unpaired{}, "", &Problem{Field: f.name, Reason: "is empty"}
		}
	}
	if shape == ShapeInstruction {
		u.Prompt, problem = instruction(u.Prompt, r)
	}
	return u, shape, problem
}

// unpairedMessages writes lists of messages by the options' template.
func (o Options) unpairedMessages(prompt, completion *field) (Unpaired, *Problem) {
	answer, problem := completion.messages()
	if problem != nil {
		return Unpaired{}, problem
	}
	if o.Template == "" {
		return Unpaired{}, noTemplate(completion.name)
	}
	asked, problem := prompt.messages()
	if problem != nil {
		return Unpaired{}, problem
	}
	if problem := checkAsked(asked); problem != nil {
		return Unpaired{}, problem
	}
	if problem := checkAnswer(completion.name, answer); problem != nil {
		return Unpaired{}, problem
	}
	return Unpaired{Prompt: plain(asked) + assistant, Completion: plainAnswer(answer)}, nil
}

// boolean checks that the field is there and true or false. A table's cell is
// text: then true and false in any letter case, 1 and 0.
func (f *field) boolean(name string) (bool, *Problem) {
	switch {
	case f == nil:
		return false, &Problem{Field: name, Reason: "is missing"}
	case f.kind == 't' || f.kind == 'f':
		return f.kind == 't', nil
	case f.cell:
		switch strings.ToLower(strings.Trim(f.text, blanks)) {
		case "true", "1":
			return true, nil
		case "false", "0":
			return false, nil
		}
		return false, &Problem{Field: name, Reason: "is not true or false"}
	}
	return false, &Problem{Field: name, Reason: "is " + kindName(f.kind) + ", not true or false"}
}
