package token

import "encoding/json/jsontext"

// maxStages bounds a sequence of pre-tokenizers; real files have at most three.
const maxStages = 8

// preTokenizer reads the pre_tokenizer: ByteLevel, or a Sequence that ends with
// it.
func (r *reader) preTokenizer() error {
	v, err := r.value()
	if err != nil {
		return err
	}
	if err := r.stage(v, 0); err != nil {
		return err
	}
	if !r.byteLevelSeen {
		return r.fail("no ByteLevel at the end, can only read byte-level tokenizers")
	}
	return nil
}

// stage reads one pre-tokenizer and, for a Sequence, what is in it. The value is
// read again by its own decoder; errors name the place in the file.
func (r *reader) stage(v jsontext.Value, depth int) error {
	in := newJSONReader(v)
	kind := ""
	// Fields of all kinds, with what the library takes for those left out.
	prefix, regex, individual, invert := true, true, false, false
	pattern, behavior := "", ""
	var inner []jsontext.Value
	got := map[string]bool{}
	err := in.members(func(name string) (err error) {
		got[name] = true
		switch name {
		case "type":
			kind, err = in.text()
		case "add_prefix_space":
			prefix, err = in.boolean()
		case "use_regex":
			regex, err = in.boolean()
		case "trim_offsets":
			_, err = in.boolean() // moves only offsets
		case "individual_digits":
			individual, err = in.boolean()
		case "invert":
			invert, err = in.boolean()
		case "behavior":
			behavior, err = in.text()
		case "pattern":
			err = in.object([]field{{name: "Regex", read: func() (err error) { pattern, err = in.text(); return err }}})
		case "pretokenizers":
			err = in.elements(func() error {
				v, err := in.value()
				inner = append(inner, v)
				return err
			})
		default:
			err = in.fail("unknown field: remove it if the tokenizer does not need it")
		}
		return err
	})
	if err != nil {
		return r.fail("%v", err)
	}
	need := map[string][]string{
		"Sequence": {"pretokenizers"}, "ByteLevel": {"add_prefix_space", "trim_offsets", "use_regex"},
		"Digits": {"individual_digits"}, "Split": {"pattern", "behavior", "invert"},
	}
	fields, ok := need[kind]
	if !ok {
		return r.fail("pre-tokenizer %q cannot be read, only Sequence, Split, Digits and ByteLevel", kind)
	}
	known := 1 // type
	for _, f := range fields {
		if got[f] {
			known++
		} else if f != "use_regex" && f != "trim_offsets" {
			return r.fail("pre-tokenizer %s has no field %q", kind, f)
		}
	}
	if known != len(got) {
		return r.fail("pre-tokenizer %s has fields that are not its own: %s", kind, v)
	}
	if r.byteLevelSeen && kind != "Sequence" {
		return r.fail("pre-tokenizer %s after ByteLevel cannot be read: ByteLevel must come last", kind)
	}
	if len(r.stages) == maxStages {
		return r.fail("more than %d pre-tokenizers", maxStages)
	}
	switch kind {
	case "Sequence":
		if depth > 2 {
			return r.fail("pre-tokenizers nest more than 3 levels")
		}
		for _, v := range inner {
			if err := r.stage(v, depth+1); err != nil {
				return err
			}
		}
	case "ByteLevel":
		r.stages = append(r.stages, byteLevelStage(prefix, regex))
		r.byteLevelSeen = true
	case "Digits":
		r.stages = append(r.stages, digitsStage(individual))
	case "Split":
		if behavior != "Isolated" || invert {
			return r.fail("Split with behavior %q and invert %t, can only read \"Isolated\" and false", behavior, invert)
		}
		s, ok := splitStage(pattern)
		if !ok {
			return r.fail("Split by the pattern %q, can only read those of GPT-2, Llama 3 and Qwen2", pattern)
		}
		r.stages = append(r.stages, s)
	}
	return nil
}

// boolean reads true or false.
func (r jsonReader) boolean() (bool, error) {
	v, err := r.dec.ReadToken()
	if err != nil {
		return false, err
	}
	if k := v.Kind(); k != jsontext.KindTrue && k != jsontext.KindFalse {
		return false, r.fail("want true or false, got %s", k)
	}
	return v.Bool(), nil
}
