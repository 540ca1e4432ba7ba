package lab

import (
	"context"
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// A Screen is a size in CSS pixels.
type Screen struct {
	Name          string
	Width, Height int64
}

// Screens are the sizes at which the page is looked at.
var Screens = []Screen{{"desktop", 1440, 900}, {"tablet", 1024, 768}, {"phone", 390, 844}}

// Show sets the size and light or dark colours.
func (p *Page) Show(s Screen, dark bool) {
	p.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	p.must("choosing "+scheme+" colours", err)
	p.do("resizing to "+s.Name, chromedp.EmulateViewport(s.Width, s.Height))
	Eval[bool](p, `(scrollTo(0, 0), new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(true), 100))))`)
}

// Picture writes what the window shows, or with whole all of the page, to a PNG file.
func (p *Page) Picture(path string, whole bool) {
	p.t.Helper()
	shot := chromedp.CaptureScreenshot()
	if whole {
		shot = chromedp.FullScreenshot(100)
	}
	ctx, cancel := context.WithTimeout(p.ctx, actionTime)
	defer cancel()
	png, err := chromedp.Run(ctx, shot)
	p.must("taking a picture", err)
	p.must("making the folder of the pictures", os.MkdirAll(filepath.Dir(path), 0o755))
	p.must("writing a picture", os.WriteFile(path, png, 0o644))
}

// Overflow returns by how many pixels the page is wider than its window.
func (p *Page) Overflow() int {
	p.t.Helper()
	return Eval[int](p, `Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)`)
}
