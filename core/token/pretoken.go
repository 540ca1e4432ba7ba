package token

import "unicode"

// stage is one pre-tokenizer of a sequence, applied to each piece that the one
// before left.
type stage struct {
	next   func(s string) int // length of the first piece of s, which is not empty; nil leaves s whole
	prefix bool               // put a space before a piece that has none
	json   string             // as written to files
}

// byteLevelStage is ByteLevel, which must come last: behind it the bytes of a
// piece are characters of the byte alphabet.
func byteLevelStage(prefix, regex bool) stage {
	s := stage{prefix: prefix, json: `{"type":"ByteLevel","add_prefix_space":` + boolean(prefix) + `,"trim_offsets":false,"use_regex":` + boolean(regex) + `}`}
	if regex {
		s.next = nextGPT2
	}
	return s
}

// digitsStage is Digits: every number by itself, or all that stand together.
func digitsStage(individual bool) stage {
	s := stage{next: nextDigits, json: `{"type":"Digits","individual_digits":` + boolean(individual) + `}`}
	if individual {
		s.next = nextDigit
	}
	return s
}

// splitStage is Split by a pattern that can be executed; ok is false for others.
func splitStage(pattern string) (s stage, ok bool) {
	s.json = `{"type":"Split","pattern":{"Regex":` + quote(pattern) + `},"behavior":"Isolated","invert":false}`
	switch pattern {
	case qwen2Pattern:
		s.next = nextWord
	case llama3Pattern:
		s.next = nextLlama3
	case gpt2Pattern:
		s.next = nextGPT2
	}
	return s, s.next != nil
}

// qwen2Stages is the rule of a trained tokenizer.
func qwen2Stages() []stage {
	s, _ := splitStage(qwen2Pattern)
	return []stage{s, byteLevelStage(false, false)}
}

// stagesJSON writes stages as a pre_tokenizer.
func stagesJSON(stages []stage) string {
	if len(stages) == 1 {
		return stages[0].json
	}
	out := `{"type":"Sequence","pretokenizers":[`
	for i, s := range stages {
		if i > 0 {
			out += ","
		}
		out += s.json
	}
	return out + `]}`
}

// nextDigit returns the length of the first character of s if it is a number
// (\p{N}), else of all characters before the first number.
func nextDigit(s string) int {
	for i, r := range s {
		if unicode.IsNumber(r) {
			if i > 0 {
				return i
			}
			_, n := classAt(s)
			return n
		}
	}
	return len(s)
}

// nextDigits returns the length of the longest start of s that is all numbers or
// has none.
func nextDigits(s string) int {
	first := false
	for i, r := range s {
		is := unicode.IsNumber(r)
		if i == 0 {
			first = is
		} else if is != first {
			return i
		}
	}
	return len(s)
}

func boolean(b bool) string {
	if b {
		return "true"
	}
	return "false"
}
