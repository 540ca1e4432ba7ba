package page

import (
	"fmt"
	"slices"
	"strconv"

	"dpolab/core/pref"
	"dpolab/ui/text"
)

// MaxProblems is how many unusable rows are listed.
const MaxProblems = 200

// Choose asks whether a file of that many bytes is to be read. If not, the error
// banner says why, with the limit.
func (p *Page) Choose(name string, bytes int64) bool {
	switch {
	case pref.CheckSize(bytes) != nil:
		mib := strconv.FormatFloat(float64(bytes)/(1<<20), 'f', 1, 64)
		p.failure = fmt.Sprintf(text.FileTooBig, name, fmt.Sprintf(text.Megabytes, mib), pref.MaxFileBytes>>20, pref.MaxRows)
	case bytes == 0:
		p.failure = fmt.Sprintf(text.FileEmpty, name)
	case !p.Alive():
		p.failure = fmt.Sprintf(text.FileNotReady, name)
	default:
		p.failure = ""
		p.data.importing = name
		p.touch()
		return true
	}
	p.touch()
	return false
}

// Unreadable says that the browser could not read the file that was chosen.
func (p *Page) Unreadable(name, why string) {
	p.data.importing = ""
	p.failure = fmt.Sprintf(text.FileUnreadable, name, why)
	p.touch()
}

// Importing names the file that is being read; empty if there is none.
func (p *Page) Importing() string { return p.data.importing }

// Pairs takes a set, or what cannot be used of the edited one. A fresh trainer's
// preset does not replace the user's own pairs.
func (p *Page) Pairs(m Pairs) {
	d := &p.data
	p.touch()
	if m.Revision != 0 {
		if m.Revision == d.revision {
			if len(m.Problems) > 0 {
				d.notice = fmt.Sprintf(text.UnusedPairs, Count(len(m.Problems), text.PairOne, text.PairMany))
			} else if d.edited { // mended
				d.notice = ""
			}
			d.problems, d.edited = m.Problems, len(m.Problems) > 0
		}
		return
	}
	if d.own && p.watch.respawned {
		p.watch.respawned = false
		p.tell()
		return
	}
	p.watch.respawned = false
	switch {
	case d.importing != "" && d.run:
		d.former, d.own = nil, true
		d.notice = fmt.Sprintf(text.RunLoaded, d.importing)
	case d.importing != "":
		former := d.set
		d.former, d.own = &former, true
		n := len(m.Set.Train) + len(m.Set.Heldout)
		rows := text.AllUsed
		if len(m.Problems) > 0 {
			rows = Count(len(m.Problems), text.RowOne, text.RowMany)
		}
		d.notice = fmt.Sprintf(text.Loaded, Count(n, text.PairOne, text.PairMany), rows)
	default:
		d.notice = ""
	}
	d.run = false
	d.importing, d.problems, d.edited = "", m.Problems, false
	p.replace(m.Set)
	p.sampleFirst()
}

// replace shows another set from its beginning.
func (p *Page) replace(s Set) {
	d := &p.data
	clear(p.settings.refused) // some are too large for a set only
	d.set, d.query, d.first, d.heldout = s, "", 0, false
	d.undo = nil
	p.closeEditor()
	p.search()
}

// Notice says what came of an import, or of edits that made pairs unusable.
func (p *Page) Notice() string { return p.data.notice }

// Problems returns the first unusable rows, and how many more there are.
func (p *Page) Problems() (shown []pref.Problem, more int) {
	all := p.data.problems
	n := min(len(all), MaxProblems)
	return all[:n], len(all) - n
}

// ProblemText is one unusable row or pair in words.
func (p *Page) ProblemText(q pref.Problem) string {
	s := clip(q.Reason, 400)
	if q.Field != "" {
		s = q.Field + ": " + s
	}
	if q.Line == 0 {
		return s
	}
	where := text.ProblemLine
	if p.data.edited {
		where = text.ProblemPair
	}
	return fmt.Sprintf(where, q.Line) + ": " + s
}

// CanRestore reports whether an import replaced a set that can come back.
func (p *Page) CanRestore() bool { return p.data.former != nil }

// RestoreSet brings back the set that the last import replaced.
func (p *Page) RestoreSet() {
	d := &p.data
	if d.former == nil {
		return
	}
	s := Set{Name: d.former.Name, Train: slices.Clone(d.former.Train), Heldout: slices.Clone(d.former.Heldout)}
	d.former, d.problems = nil, nil
	p.replace(s)
	p.tell()
	d.notice = fmt.Sprintf(text.SetRestored, Count(len(s.Train)+len(s.Heldout), text.PairOne, text.PairMany))
	p.focus = "add-pair"
}

// CloseNotice puts the notice and its list away.
func (p *Page) CloseNotice() {
	p.data.notice, p.data.problems = "", nil
	p.focus = "add-pair"
	p.touch()
}
