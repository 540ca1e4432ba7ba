package ui

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"dpolab/ui/page"

	"github.com/vugu/vugu/js"
)

// Vugu 0.4.0 never empties an element whose template has no node left in it, so a
// node that may be absent needs a sibling that stays: white space is enough.
var alone = regexp.MustCompile(`<\w[^>]*[^/]><\w+[^>]*vg-(if|for)`)

// A handler or input inside a subtree without any expression is written anew, as
// text, at each render: what was typed is lost.
var loose = regexp.MustCompile(`<(input|textarea|select)[^>]*>`)

func TestTemplatesAvoidVugusDefects(t *testing.T) {
	files, err := filepath.Glob("*.vugu")
	if err != nil || len(files) == 0 {
		t.Fatalf("no templates: %v", err)
	}
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range alone.FindAll(src, -1) {
			if !regexp.MustCompile(`^<(option|select|ul|dl|ol)`).Match(m) {
				t.Errorf("%s: nothing stays beside what may be absent: %.120s", name, m)
			}
		}
		for _, m := range loose.FindAll(src, -1) {
			if !regexp.MustCompile(`\s[:.@][\w-]+=`).Match(m) {
				t.Errorf("%s: an input without an expression: %s", name, m)
			}
		}
		if regexp.MustCompile(`\sstyle=`).Match(src) {
			t.Errorf("%s: an inline style, which the page's policy forbids", name)
		}
	}
}

// Every live element that a template mounts is on the board.
func TestTemplatesMountWhatThereIs(t *testing.T) {
	p := page.New(nil, func() float64 { return 0 })
	files, _ := filepath.Glob("*.vugu")
	mounts := regexp.MustCompile(`Mount\("([a-z-]+)", value\)`)
	n := 0
	for _, name := range files {
		src, _ := os.ReadFile(name)
		for _, m := range mounts.FindAllSubmatch(src, -1) {
			n++
			if p.Board.Node(string(m[1])) == nil {
				t.Errorf("%s mounts %s, which is not on the board", name, m[1])
			}
		}
	}
	if n == 0 {
		t.Error("no template mounts anything")
	}
	for _, f := range p.Figures() {
		if p.Board.Node(f.ID) == nil {
			t.Errorf("the number %s is not on the board", f.ID)
		}
	}
}

var _ Mount = func(string, js.Value) {}
