// Package chrome starts headless Chromium the same way for all that needs it.
package chrome

import (
	"context"
	"errors"
	"os"
	"os/exec"

	"github.com/chromedp/chromedp"
)

// Find returns the path of the browser: $CHROMIUM, or the first known name on
// the PATH.
func Find() (string, error) {
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no Chromium found: install it (apt-get install chromium) or set CHROMIUM to its path")
}

// Options are the allocator options of a quiet browser with a profile of its
// own, which talks to nobody but the page under test. There is no sandbox,
// since containers mostly run as root, where Chromium refuses to have one.
func Options(path string) []chromedp.ExecAllocatorOption {
	return append(append([]chromedp.ExecAllocatorOption{}, chromedp.DefaultExecAllocatorOptions[:]...),
		chromedp.ExecPath(path),
		chromedp.NoSandbox,
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.WindowSize(1440, 900),
	)
}

// New starts a browser with a fresh profile. Cancelling ends the process.
func New(parent context.Context) (context.Context, context.CancelFunc, error) {
	path, err := Find()
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := chromedp.NewContext(parent, chromedp.WithAllocatorOptions(Options(path)...))
	return ctx, cancel, nil
}
