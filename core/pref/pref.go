// Package pref holds preference pairs: it reads the file a user drops on the
// page, splits it into training and held-out pairs, and turns pairs into tokens.
//
// A row of a file is either a Pair or a Problem with its line, field and
// reason; one bad row never costs the others. Three layouts are read:
//
//   - JSON Lines, one object a line;
//   - one JSON array of objects;
//   - a table by RFC 4180 (CSV) with a header, its cells divided by commas,
//     semicolons or tabs.
//
// A row's shape is one of
//
//   - prompt, chosen, rejected: strings (TRL's standard format);
//
//   - chosen and rejected alone, of which the common beginning is the prompt
//     (TRL's implicit prompt), or which are whole dialogues of hh-rlhf,
//     "\n\nHuman: … \n\nAssistant: …";
//
//   - instruction, input (may be missing or empty), chosen and rejected, from
//     which the prompt is made as
//
//     instruction "\n"                 without an input
//     instruction "\n" input "\n"      with one
//
// so that the answer starts on a line of its own;
//
//   - lists of messages {"role","content"} (TRL's conversational format), with a
//     list prompt or an implicit one. They become text by a template that the
//     caller names (Options), never by a guess.
//
// For chosen and rejected may stand chosen_response and rejected_response
// (UltraFeedback as Argilla binarized it), output_1, output_2 and preference, 1 or
// 2 (AlpacaFarm), or output, a list of the better and the worse answer (Alpaca
// comparisons). Where an object has both
// prompt and instruction, prompt is used. Other fields are ignored.
//
// Answers without a partner, prompt, completion and label, are read by
// Options.ReadUnpaired.
//
// Outside of the browser a file may be packed by gzip. It does not read Parquet,
// other archives or text that is not UTF-8.
package pref

import (
	"fmt"
	"strings"
)

// Limits of a file. They keep a wrong file from freezing the page; a data set
// that fits the browser is far below them.
const (
	MaxFileBytes = 64 << 20 // bytes of the whole file
	MaxRowBytes  = 64 << 10 // bytes of one line, or of one element of an array
	MaxRows      = 10_000   // rows read, good and bad together
)

// Formats of a file, as Set.Format gives them.
const (
	FormatJSONL = "JSON Lines"
	FormatArray = "JSON array"
	FormatTable = "CSV"
)

// Shapes of a file's rows, as Set.Shape gives them.
const (
	ShapePrompt      = "explicit prompt"
	ShapeImplicit    = "implicit prompt"
	ShapeDialogue    = "hh-rlhf dialogue"
	ShapeMessages    = "conversational"
	ShapeInstruction = "instruction"
	ShapeMixed       = "mixed"
)

// Pair is one preference: to Prompt, Chosen is the better answer. The full text
// of an answer is Prompt+Chosen; whatever separates them is part of one of the two.
type Pair struct{ Prompt, Chosen, Rejected string }

// Check says why a pair is none, wherever it comes from: a field is empty or has
// nothing but white space, or the answers are equal. The problem has no line.
func Check(p Pair) *Problem {
	for _, f := range []struct{ name, text string }{{"prompt", p.Prompt}, {"chosen", p.Chosen}, {"rejected", p.Rejected}} {
		if strings.TrimSpace(f.text) == "" {
			return &Problem{Field: f.name, Reason: "is empty"}
		}
	}
	if p.Chosen == p.Rejected {
		return &Problem{Field: "rejected", Reason: "is the same text as chosen: there is nothing to prefer"}
	}
	return nil
}

// Problem says why a row cannot be used.
type Problem struct {
	Line   int    // 1-based line of the file; for an array, where the element starts; 0 if not known
	Field  string // field at fault, empty if the row as a whole is
	Reason string // what is wrong, and where it is not plain, what to do
}

// String is "line 3: chosen: is empty".
func (p Problem) String() string {
	s := p.Reason
	if p.Field != "" {
		s = p.Field + ": " + s
	}
	if p.Line > 0 {
		s = fmt.Sprintf("line %d: %s", p.Line, s)
	}
	return s
}

// Set is what was read from a file.
//
// Each of the first MaxRows rows is in Pairs or in Problems, never in both; if
// there were more, one further Problem at the end says how many were left out.
type Set struct {
	Pairs    []Pair
	Lines    []int // Lines[i] is the line of Pairs[i]
	Problems []Problem
	Rows     int    // rows of the file, those left out included; blank lines are not rows
	Format   string // FormatJSONL, FormatArray or FormatTable
	Shape    string // shape of the rows of Pairs, ShapeMixed if they differ, empty if there are none
}

// CheckSize refuses a file of more than MaxFileBytes bytes, so that a page can
// ask before it reads the file into memory.
func CheckSize(bytes int64) error {
	if bytes <= MaxFileBytes {
		return nil
	}
	return fmt.Errorf("pref: the file has %.1f MiB, the limit is %d MiB: keep at most %d rows of it",
		float64(bytes)/(1<<20), MaxFileBytes>>20, MaxRows)
}
