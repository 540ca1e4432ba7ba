package main

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// progress writes one line that is rewritten, with the time that is left. Where
// standard error is not a terminal it writes a line every ten seconds.
type progress struct {
	what   string
	start  time.Time
	last   time.Time
	begun  int // units done when it started
	term   bool
	length int
}

func newProgress(what string, begun int) *progress {
	info, err := os.Stderr.Stat()
	return &progress{what: what, start: time.Now(), begun: begun, term: err == nil && info.Mode()&os.ModeCharDevice != 0}
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
		fmt.Fprintln(os.Stderr, line)
		return
	}
	fmt.Fprintf(os.Stderr, "\r%s%s", line, strings.Repeat(" ", max(0, p.length-len(line))))
	p.length = len(line)
	if done >= total {
		fmt.Fprintln(os.Stderr)
	}
}
