package lab

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"dpolab/wasm/e2e/internal/chrome"
)

//go:embed inject.js
var injected string

// A Browser is one Chromium process with a fresh profile and one tab.
type Browser struct {
	t         testing.TB
	ctx       context.Context
	downloads string // directory
}

// NewBrowser starts a browser, which ends with the test.
func NewBrowser(t testing.TB) *Browser {
	t.Helper()
	ctx, stop, err := chrome.New(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	b := &Browser{t: t, ctx: ctx, downloads: t.TempDir()}
	_, err = chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: b.downloads,
	})
	if err != nil {
		t.Fatalf("starting Chromium: %v", err)
	}
	return b
}

// Open loads the page at url in the browser's tab, and collects what it writes
// to the console from the first line on.
func (b *Browser) Open(url string) *Page {
	b.t.Helper()
	p := &Page{t: b.t, ctx: b.ctx, browser: b, url: url}
	console := chromedp.Console(b.ctx)
	go func() {
		for message, err := range console {
			if err != nil {
				return
			}
			p.console.add(message)
		}
	}()
	p.must("preparing the page", p.script())
	p.Reload()
	return p
}

// script makes inject.js run before the page's own scripts.
func (p *Page) script() error {
	_, err := chromedp.Call(p.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: injected})
	return err
}

// Download runs what makes the browser save a file, and returns the path of
// the complete file.
func (p *Page) Download(within time.Duration, start func()) string {
	p.t.Helper()
	before := p.browser.saved()
	start()
	var path string
	p.Until("a download to be complete", within, func() bool {
		for name := range p.browser.saved() {
			if !before[name] && !strings.HasSuffix(name, ".crdownload") {
				path = filepath.Join(p.browser.downloads, name)
				return true
			}
		}
		return false
	})
	// Out of the way, so that a second download of the same name is noticed.
	kept := filepath.Join(p.t.TempDir(), filepath.Base(path))
	p.must("keeping the download", os.Rename(path, kept))
	return kept
}

func (b *Browser) saved() map[string]bool {
	entries, err := os.ReadDir(b.downloads)
	if err != nil {
		b.t.Fatal(err)
	}
	names := map[string]bool{}
	for _, entry := range entries {
		names[entry.Name()] = true
	}
	return names
}

// A console holds what the page wrote, for messages of failed tests.
type console struct {
	sync.Mutex
	lines  []string
	errors []string
}

func (c *console) add(m chromedp.ConsoleMessage) {
	c.Lock()
	defer c.Unlock()
	line := fmt.Sprintf("%s (%s:%d)", m, m.URL, m.Line)
	c.lines = append(c.lines, line)
	if m.IsException() || m.Type == chromedp.ConsoleError {
		c.errors = append(c.errors, line)
	}
}

func (c *console) text() string {
	c.Lock()
	defer c.Unlock()
	if len(c.lines) == 0 {
		return "(empty)"
	}
	return strings.Join(c.lines, "\n")
}
