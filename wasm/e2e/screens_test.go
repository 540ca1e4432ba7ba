package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"dpolab/wasm/e2e/internal/lab"

	"github.com/chromedp/chromedp/kb"
)

// TestScreens: the page fits on every screen, in every state of a run. With
// DPOLAB_PICTURES=DIR it leaves pictures there (make screenshots).
func TestScreens(t *testing.T) {
	p := open(t)
	dir := os.Getenv("DPOLAB_PICTURES")
	look := func(state string) {
		for _, screen := range lab.Screens {
			for _, dark := range []bool{false, true} {
				if dark && dir == "" {
					continue
				}
				p.Show(screen, dark)
				if over := p.Overflow(); over > 0 {
					t.Errorf("%s, %s: the page is %d pixels wider than the window", state, screen.Name, over)
				}
				if dir != "" {
					scheme := map[bool]string{false: "light", true: "dark"}[dark]
					p.Picture(filepath.Join(dir, state+"-"+screen.Name+"-"+scheme+".png"), true)
				}
			}
		}
		p.Show(lab.Screens[0], false)
	}
	look("open")
	p.Click("preset")
	p.Until("the list of presets", moment, func() bool { return p.Has("preset-menu") })
	look("menu")
	p.Key(kb.Escape)
	p.Until("the list to close", moment, func() bool { return !p.Has("preset-menu") })
	p.Click("open-make")
	p.Until("the form", moment, func() bool { return p.Has("make-size") })
	p.Select("make-size", "5000")
	p.Click("make-go")
	p.Until("some pairs", run, func() bool { return count(p.Data("make-progress", "done")) > 50 })
	look("making")
	p.Click("make-cancel")
	p.Click("open-make")
	setUp(t, p)
	stepTo(p, 3)
	look("paused")
	p.Click("train")
	phase(p, run, "done")
	look("done")
	p.NoErrors()
}
