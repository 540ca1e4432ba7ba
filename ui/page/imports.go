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
	if p.phase == Loading { // of the preset there was
		return
	}
	if d.loading {
		d.loading, d.base = false, m.Set.Heldout
	}
	if d.own && p.watch.respawned {
		p.watch.respawned = false
		p.tell()
		return
	}
	p.watch.respawned = false
	if d.pending != nil {
		f, mine := d.pending, d.former
		d.pending = nil
		p.putBack(f)
		d.former = mine
		p.sampleFirst()
		return
	}
	switch {
	case d.importing != "" && d.run:
		d.former, d.own, d.made = nil, true, false
		d.notice = fmt.Sprintf(text.RunLoaded, d.importing)
	case d.importing != "":
		d.former = &former{d.set, p.preset, d.made}
		d.own, d.made = true, false
		n := len(m.Set.Train) + len(m.Set.Heldout)
		rows := text.AllUsed
		if len(m.Problems) > 0 {
			rows = Count(len(m.Problems), text.RowOne, text.RowMany)
		}
		d.notice = fmt.Sprintf(text.Loaded, Count(n, text.PairOne, text.PairMany), rows)
	default:
		if d.own { // a run that was kept brings its own
			d.former, d.own, d.made = p.mine(), false, false
		}
		d.notice = ""
		if d.former != nil {
			d.notice = fmt.Sprintf(text.PairsKept, p.titleOf(d.former.preset))
		}
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
	p.making.last = nil
	p.closeEditor()
	p.search()
	p.findPrompts()
	p.lookExactly()
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

// CanRestore reports whether a set was replaced that can come back.
func (p *Page) CanRestore() bool { return p.data.former != nil }

// RestoreLabel is what the button for that says.
func (p *Page) RestoreLabel() string {
	if f := p.data.former; f != nil && f.preset != p.preset {
		return text.GoBack
	}
	return text.RestoreSet
}

// RestoreSet brings back the set that was replaced last, and the preset it was used
// in.
func (p *Page) RestoreSet() {
	f := p.data.former
	switch {
	case f == nil:
	case f.preset != p.preset:
		mine := p.mine()
		p.load(f.preset)
		p.data.pending, p.data.former = f, mine
	default:
		p.putBack(f)
	}
}

// putBack makes a former set the set.
func (p *Page) putBack(f *former) {
	d := &p.data
	s := Set{Name: f.set.Name, Train: slices.Clone(f.set.Train), Heldout: slices.Clone(f.set.Heldout)}
	d.former, d.problems = nil, nil
	d.made = f.made
	p.replace(s)
	p.tell()
	d.notice = fmt.Sprintf(text.SetRestored, Count(len(s.Train)+len(s.Heldout), text.PairOne, text.PairMany))
	p.focus = "add-pair"
}

// CloseNotice puts the notice and its list away.
func (p *Page) CloseNotice() {
	p.data.notice, p.data.problems, p.making.last = "", nil, nil
	p.focus = "add-pair"
	p.touch()
}
