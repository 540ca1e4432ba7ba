package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// progress writes one line that is rewritten, with the time that is left. What is
// not a terminal gets a line every ten seconds.
type progress struct {
	to     io.Writer
	what   string
	start  time.Time
	last   time.Time
	begun  int // units done when it started
	term   bool
	length int
}

func newProgress(to io.Writer, what string, begun int) *progress {
	return &progress{to: to, what: what, start: time.Now(), begun: begun, term: isTerminal(to)}
}

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// at reports that done of total units are done; note is said beside them.
func (p *progress) at(done, total int, note string) {
	every := 10 * time.Second
	if p.term {
		every = 200 * time.Millisecond
	}
	now := time.Now()
	if now.Sub(p.last) < every && done < total {
		return
	}
	p.last = now
	left := "…"
	if n := done - p.begun; n > 0 {
		left = (now.Sub(p.start) / time.Duration(n) * time.Duration(total-done)).Round(time.Second).String() + " left"
	}
	line := fmt.Sprintf("%s %d/%d  %s  %s", p.what, done, total, note, left)
	if !p.term {
		fmt.Fprintln(p.to, line)
		return
	}
	fmt.Fprintf(p.to, "\r%s%s", line, strings.Repeat(" ", max(0, p.length-len(line))))
	p.length = len(line)
	if done >= total {
		p.end()
	}
}

// end closes the line that is being rewritten, if there is one.
func (p *progress) end() {
	if p.term && p.length > 0 {
		fmt.Fprintln(p.to)
		p.length = 0
	}
}
