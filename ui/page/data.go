package page

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"dpolab/core/pref"
	"dpolab/ui/text"
)

// PageSize is how many pairs are shown at once: a render rewrites every node.
const PageSize = 20

// maxUndo bounds the edits that can be taken back.
const maxUndo = 200

// data is the pairs and what the user does with them.
type data struct {
	set       Set
	former    *former     // what Restore brings back
	pending   *former     // takes the place of the set that the trainer is loading
	own       bool        // edited, made or imported: a fresh trainer must be told of it
	made      bool        // made here, of the preset's world
	loading   bool        // the next set is the preset's own
	base      []pref.Pair // the preset's own held-out pairs; nil if they are not known
	heldout   bool        // the tab that is open
	query     string
	first     int   // place in matches of the first row shown
	matches   []int // indices of the pairs that the search finds
	open      int   // index of the pair in the editor, -1 if none
	draft     pref.Pair
	undo      []edit
	revision  int
	importing string // name of the file that is read
	run       bool   // the file turned out to be a saved run
	notice    string // what came of an import
	problems  []pref.Problem
	edited    bool // problems are of edited pairs, not of a file's rows
}

// edit is one change of a pair: Before nil inserted it, After nil removed it.
type edit struct {
	heldout       bool
	index         int
	before, after *pref.Pair
}

// former is a set that something else took the place of.
type former struct {
	set    Set
	preset string
	made   bool
}

func newData() data { return data{open: -1, loading: true} }

func (d *data) list(heldout bool) *[]pref.Pair {
	if heldout {
		return &d.set.Heldout
	}
	return &d.set.Train
}

// search finds the pairs of the open tab again, and counts those to train on.
func (p *Page) search() {
	p.data.search()
	p.settings.pairs = len(p.data.set.Train)
}

func (d *data) search() {
	q := strings.ToLower(strings.TrimSpace(d.query))
	d.matches = d.matches[:0]
	for i, p := range *d.list(d.heldout) {
		if q == "" || strings.Contains(strings.ToLower(p.Prompt), q) ||
			strings.Contains(strings.ToLower(p.Chosen), q) || strings.Contains(strings.ToLower(p.Rejected), q) {
			d.matches = append(d.matches, i)
		}
	}
	d.first = max(0, min(d.first, (len(d.matches)-1)/PageSize*PageSize))
}

// Row is a pair as it is listed.
type Row struct {
	Index    int
	Pair     pref.Pair
	Open     bool
	Editable bool // short enough for an editor
}

// Rows returns the rows of the page that is shown.
func (p *Page) Rows() []Row {
	d := &p.data
	list := *d.list(d.heldout)
	var out []Row
	for _, i := range d.matches[min(d.first, len(d.matches)):min(d.first+PageSize, len(d.matches))] {
		q := list[i]
		out = append(out, Row{Index: i, Pair: q, Open: i == d.open, Editable: editable(q)})
	}
	return out
}

// maxField is the longest text that the page shows or edits, in bytes: Vugu fails
// over attributes of 16 KB.
const maxField = MaxLength

// MaxLength bounds what is typed into any field of the page, in bytes. The worst
// character takes six when Vugu writes it.
const MaxLength = 2000

// clip cuts a text to at most n bytes, at a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func editable(p pref.Pair) bool {
	return len(p.Prompt) <= maxField && len(p.Chosen) <= maxField && len(p.Rejected) <= maxField
}

// Brief is a text cut to what a row can show.
func Brief(s string) string {
	const most = 240
	if strings.TrimSpace(s) == "" {
		return text.EmptyField
	}
	cut := 0
	for i := range s {
		if cut++; cut > most {
			s = s[:i] + "…"
			break
		}
	}
	return strings.ToValidUTF8(s, "�")
}

// Counts returns how many pairs there are for training and held out.
func (p *Page) Counts() (train, heldout int) {
	return len(p.data.set.Train), len(p.data.set.Heldout)
}

// SetName names the set, for instance by its file.
func (p *Page) SetName() string { return clip(p.data.set.Name, 200) }

// Heldout reports whether the held-out tab is open.
func (p *Page) Heldout() bool { return p.data.heldout }

// Tab opens the training or the held-out pairs.
func (p *Page) Tab(heldout bool) {
	p.data.heldout, p.data.first = heldout, 0
	p.closeEditor()
	p.search()
	p.touch()
}

// Query returns what is searched for.
func (p *Page) Query() string { return p.data.query }

// Find lists the pairs that contain q, in any case of letters.
func (p *Page) Find(q string) {
	p.data.query, p.data.first = clip(q, MaxLength), 0
	p.closeEditor()
	p.search()
	p.touch()
}

// Turn shows the next (1) or the former (-1) page of pairs.
func (p *Page) Turn(by int) {
	p.data.first = max(0, p.data.first+by*PageSize)
	p.closeEditor()
	p.search()
	p.touch()
}

// CanTurn reports whether there is such a page.
func (p *Page) CanTurn(by int) bool {
	f := p.data.first + by*PageSize
	return f >= 0 && f < len(p.data.matches)
}

// Place says which pairs are shown: "1–20 of 512".
func (p *Page) Place() string {
	d := &p.data
	if len(d.matches) == 0 {
		return ""
	}
	return fmt.Sprintf(text.PageOf, d.first+1, min(d.first+PageSize, len(d.matches)), len(d.matches))
}

// Empty says in words why there are no rows; empty if there are some.
func (p *Page) Empty() string {
	d := &p.data
	switch {
	case len(d.matches) > 0:
		return ""
	case p.phase == Loading:
		return text.PairsLoading
	case strings.TrimSpace(d.query) != "":
		return fmt.Sprintf(text.NoMatch, d.query)
	case d.heldout:
		return text.NoHeldout
	}
	return text.NoPairs
}

// Edit opens the editor on a pair, or closes it. Only one is open at a time.
func (p *Page) Edit(index int) {
	d := &p.data
	list := *d.list(d.heldout)
	if index == d.open || index < 0 || index >= len(list) || !editable(list[index]) {
		p.focus = fmt.Sprintf("pair-%d", d.open)
		p.closeEditor()
	} else {
		p.closeEditor()
		d.open, d.draft, p.focus = index, (*d.list(d.heldout))[index], "edit-prompt"
	}
	p.touch()
}

// CloseEditor closes the editor, as Edit does with the pair that is open.
func (p *Page) CloseEditor() {
	if p.data.open >= 0 {
		p.Edit(p.data.open)
	}
}

// Editing reports whether a pair is in the editor.
func (p *Page) Editing() bool { return p.data.open >= 0 }

// closeEditor takes what was typed and not yet written.
func (p *Page) closeEditor() {
	d := &p.data
	if d.open < 0 {
		return
	}
	at, draft := d.open, d.draft
	d.open = -1
	for f := PromptField; f <= RejectedField; f++ {
		p.Write(at, f, *draftField(&draft, f))
	}
}

// Field names a text of a pair.
type Field uint8

// The texts of a pair.
const (
	PromptField Field = iota
	ChosenField
	RejectedField
)

func draftField(q *pref.Pair, f Field) *string {
	return []*string{&q.Prompt, &q.Chosen, &q.Rejected}[f]
}

// Draft is what stands in a field of the editor.
func (p *Page) Draft(f Field) string { return *draftField(&p.data.draft, f) }

// SetDraft takes what is typed into a field of the editor.
func (p *Page) SetDraft(f Field, value string) {
	*draftField(&p.data.draft, f) = clip(value, MaxLength)
}

// Write puts an edited text into the open pair and tells the trainer.
func (p *Page) Write(index int, f Field, value string) {
	d := &p.data
	list := *d.list(d.heldout)
	if index < 0 || index >= len(list) {
		return
	}
	before := list[index]
	after := before
	*draftField(&after, f) = clip(value, MaxLength)
	if after == before {
		return
	}
	p.apply(edit{d.heldout, index, &before, &after})
	p.tell()
}

// Add puts an empty pair at the top of the open tab and opens its editor. The
// trainer hears of it when something is written into it.
func (p *Page) Add() {
	d := &p.data
	d.query, d.first = "", 0
	p.closeEditor()
	p.apply(edit{d.heldout, 0, nil, &pref.Pair{}})
	d.open, d.draft, p.focus = 0, pref.Pair{}, "edit-prompt"
	p.touch()
}

// Delete removes a pair.
func (p *Page) Delete(index int) {
	d := &p.data
	list := *d.list(d.heldout)
	if index < 0 || index >= len(list) {
		return
	}
	p.closeEditor()
	before := list[index]
	p.apply(edit{d.heldout, index, &before, nil})
	p.tell()
	if len(list) == 1 {
		p.focus = "add-pair" // nothing is left to stand on
	}
}

// CanUndo reports whether there is an edit to take back.
func (p *Page) CanUndo() bool { return len(p.data.undo) > 0 }

// Undo takes the last edit back and shows where it was.
func (p *Page) Undo() {
	d := &p.data
	n := len(d.undo)
	if n == 0 {
		return
	}
	e := d.undo[n-1]
	p.apply(edit{e.heldout, e.index, e.after, e.before})
	d.undo = d.undo[:n-1]
	p.closeEditor()
	d.heldout = e.heldout
	p.search()
	if i := slices.Index(d.matches, e.index); i >= 0 {
		d.first = i / PageSize * PageSize
	}
	p.tell()
}

// apply makes an edit and remembers it. The lists that were handed out stay as
// they were.
func (p *Page) apply(e edit) {
	d := &p.data
	list := slices.Clone(*d.list(e.heldout))
	switch {
	case e.before == nil:
		list = slices.Insert(list, e.index, *e.after)
	case e.after == nil:
		list = slices.Delete(list, e.index, e.index+1)
	default:
		list[e.index] = *e.after
	}
	*d.list(e.heldout) = list
	if len(d.undo) == maxUndo {
		d.undo = d.undo[1:]
	}
	d.undo = append(d.undo, e)
	p.search()
	p.touch()
}

// tell gives the trainer the pairs as they are now.
func (p *Page) tell() {
	d := &p.data
	d.revision++
	d.own = true
	if p.Alive() {
		p.trainer.SetPairs(d.revision, d.set)
	}
	p.touch()
}
