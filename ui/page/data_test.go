package page

import (
	"reflect"
	"strings"
	"testing"

	"dpolab/core/pref"
)

func TestEditsReachTheTrainerAndComeBack(t *testing.T) {
	p, e, _ := opened(t)
	p.Edit(2)
	p.SetDraft(ChosenField, " better")
	p.Edit(2) // closes, and takes the draft
	want(t, "an edit", e.take(), "pairs 1: 50+5")
	want(t, "the pair", p.Rows()[2].Pair.Chosen, " better")
	p.Delete(0)
	want(t, "a deletion", e.take(), "pairs 2: 49+5")
	p.Add()
	want(t, "an empty pair", e.take(), "")
	p.Write(0, PromptField, "new")
	want(t, "its prompt", e.take(), "pairs 3: 50+5")
	for range 4 {
		p.Undo()
	}
	if !reflect.DeepEqual(p.data.set.Train, pairs(50)) || p.CanUndo() {
		t.Errorf("after undoing everything: %d pairs, first %+v", len(p.data.set.Train), p.data.set.Train[0])
	}
}

func TestPagesAndSearch(t *testing.T) {
	p, _, _ := opened(t)
	if n := len(p.Rows()); n != PageSize {
		t.Errorf("%d rows are shown, want %d", n, PageSize)
	}
	p.Turn(1)
	p.Turn(1)
	want(t, "last page", p.Place(), "41–50 of 50")
	if p.CanTurn(1) || !p.CanTurn(-1) {
		t.Error("the last page turns forward, or not back")
	}
	p.Find("PROMPT 4")
	want(t, "found", p.Place(), "1–11 of 11")
	p.Find("nothing like it")
	if !strings.Contains(p.Empty(), "nothing like it") {
		t.Errorf("nothing found says %q", p.Empty())
	}
	p.Find("")
	p.Tab(true)
	want(t, "held-out", p.Place(), "1–5 of 5")
}

func TestLongPairsAreNotEdited(t *testing.T) {
	p, _, _ := opened(t)
	p.Pairs(Pairs{Set: Set{Train: []pref.Pair{{Prompt: strings.Repeat("β", 20_000), Chosen: "a", Rejected: "b"}}}})
	p.Edit(0)
	if r := p.Rows()[0]; r.Open || r.Editable || len(Brief(r.Pair.Prompt)) > 1000 {
		t.Errorf("a prompt of 40 KB is open %v, editable %v, shown with %d bytes", r.Open, r.Editable, len(Brief(r.Pair.Prompt)))
	}
}

// One attribute or text of 16 KB would end Vugu's program.
func TestNothingTooLongReachesATemplate(t *testing.T) {
	p, _, _ := opened(t)
	long := strings.Repeat("<", 100_000)
	p.SetPrompt(long)
	p.Edit(0)
	p.SetDraft(ChosenField, long)
	p.Type("beta", long)
	p.SetKnob(topP, long)
	p.Find(long)
	p.Failed("save", long)
	texts := map[string]string{"prompt": p.PromptText(), "draft": p.Draft(ChosenField), "knob": p.Knobs()[topP].Value,
		"sampling": p.SampleProblem(), "query": p.Query(), "empty": p.Empty(), "failure": p.Failure(), "beta": p.Control("beta").Value,
		"beta's note": p.Control("beta").Note(), "problem": p.ProblemText(pref.Problem{Reason: long})}
	p.Gone(long)
	texts["lost"] = p.LostText()
	for name, s := range texts {
		if len(s) > 2*MaxLength {
			t.Errorf("%s has %d bytes", name, len(s))
		}
	}
	p.Pairs(Pairs{Set: Set{Name: long, Heldout: []pref.Pair{{Prompt: long}, {Prompt: "short"}}}})
	if len(p.SetName()) > MaxLength || p.firstPrompt() != "short" {
		t.Errorf("a set's name has %d bytes; the first prompt %d", len(p.SetName()), len(p.firstPrompt()))
	}
}

func TestImportAndRestore(t *testing.T) {
	p, e, _ := opened(t)
	if p.Choose("big.jsonl", 65<<20) || !strings.Contains(p.Failure(), "65.0 MiB") || !strings.Contains(p.Failure(), "64 MiB") {
		t.Errorf("65 MiB: %q", p.Failure())
	}
	if p.Choose("empty.json", 0) {
		t.Error("an empty file is read")
	}
	if !p.Choose("mine.jsonl", 1000) || p.Importing() != "mine.jsonl" {
		t.Fatalf("a small file is not read: %q", p.Failure())
	}
	problems := make([]pref.Problem, 250)
	for i := range problems {
		problems[i] = pref.Problem{Line: i + 1, Field: "chosen", Reason: "is empty"}
	}
	p.Pairs(Pairs{Set: Set{Name: "mine.jsonl", Train: pairs(7), Heldout: pairs(1)}, Problems: problems, Rows: 258})
	want(t, "notice", p.Notice(), "8 pairs loaded, 250 rows not used")
	shown, more := p.Problems()
	if len(shown) != MaxProblems || more != 50 {
		t.Errorf("%d problems are shown and %d counted", len(shown), more)
	}
	want(t, "a problem", p.ProblemText(shown[2]), "line 3: chosen: is empty")
	e.take()
	p.RestoreSet()
	want(t, "restore", e.take(), "pairs 1: 50+5")
	p.Pairs(Pairs{Revision: 1})
	if !strings.Contains(p.Notice(), "55 pairs") || p.CanRestore() {
		t.Errorf("after the restore: %q", p.Notice())
	}
}

func TestEditedProblemsComeAndGo(t *testing.T) {
	p, _, _ := opened(t)
	p.Write(0, ChosenField, "")
	p.Pairs(Pairs{Revision: 1, Problems: []pref.Problem{{Line: 1, Field: "chosen", Reason: "is empty"}}})
	shown, _ := p.Problems()
	want(t, "problem", p.ProblemText(shown[0]), "pair 1: chosen: is empty")
	p.Undo()
	p.Pairs(Pairs{Revision: 1}) // late: of the former edit
	if p.Notice() == "" {
		t.Error("an answer to an older edit counts")
	}
	p.Pairs(Pairs{Revision: 2})
	want(t, "notice when mended", p.Notice(), "")
}
