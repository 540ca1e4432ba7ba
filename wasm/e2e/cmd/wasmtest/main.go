// Command wasmtest runs a js/wasm test binary in headless Chromium:
//
//	GOOS=js GOARCH=wasm go test -exec /path/to/wasmtest ./core/...
//
// The test runs in a dedicated worker, as the trainer does. It sees its package
// directory and the module around it read-only, writes files into memory, and
// gets those environment variables that start with DPOLAB_. GOMAXPROCS is not
// passed: above 1 it kills Go's js programs.
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/chromedp/chromedp"

	"dpolab/wasm/e2e/internal/chrome"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: wasmtest TEST.wasm [arguments of the test]")
		os.Exit(2)
	}
	code, err := run(os.Args[1], os.Args[2:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "wasmtest:", err)
		code = 2
	}
	os.Exit(code)
}

// grace is how long after its own time limit a test may still report.
const grace = 15 * time.Second

// run runs the binary and returns its exit code.
func run(binary string, args []string) (int, error) {
	host, err := newHost(binary, args)
	if err != nil {
		return 0, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	server := &http.Server{Handler: host}
	go server.Serve(listener)
	defer server.Close()

	browser, stop, err := chrome.New(context.Background())
	if err != nil {
		return 0, err
	}
	defer stop()
	console := chromedp.Console(browser)
	if err := chromedp.Do(browser, chromedp.Navigate("http://"+listener.Addr().String()+"/")); err != nil {
		return 0, fmt.Errorf("opening the test in Chromium: %w", err)
	}
	go func() {
		for message, err := range console {
			if err != nil {
				return
			}
			fmt.Fprintln(os.Stderr, message)
		}
	}()
	gone, err := chromedp.Detached(browser)
	if err != nil {
		return 0, err
	}
	select {
	case code := <-host.exit:
		return code, nil
	case <-gone:
		return 0, fmt.Errorf("the browser's tab crashed under the test")
	case <-after(timeLimit(args)):
		return 0, fmt.Errorf("the test neither ended nor reported within its time limit of %v: it hangs without yielding", timeLimit(args))
	}
}

// timeLimit returns -test.timeout; 0 where there is none.
func timeLimit(args []string) time.Duration {
	for _, arg := range args {
		if value, ok := strings.CutPrefix(arg, "-test.timeout="); ok {
			limit, err := time.ParseDuration(value)
			if err == nil {
				return limit
			}
		}
	}
	return 0
}

func after(limit time.Duration) <-chan time.Time {
	if limit == 0 {
		return nil
	}
	return time.After(limit + grace)
}
