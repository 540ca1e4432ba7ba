// Package lab drives DPO Lab's page in Chromium for tests: the real server, a
// real browser with a fresh profile, and what a visitor can do.
package lab

import (
	"bufio"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"time"
)

// Server starts the server named by $DPOLAB_SERVER on a free port and returns
// the page's URL. The server ends with the test.
func Server(t testing.TB) string {
	t.Helper()
	binary := os.Getenv("DPOLAB_SERVER")
	if binary == "" {
		t.Fatal("DPOLAB_SERVER must name the server to test; run the browser tests with: make test-page")
	}
	cmd := exec.Command(binary, "--addr", "127.0.0.1:0")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting the server %s: %v", binary, err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		stop := time.AfterFunc(10*time.Second, func() { cmd.Process.Kill() })
		defer stop.Stop()
		if err := cmd.Wait(); err != nil {
			t.Errorf("the server did not stop as it should: %v", err)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	url := regexp.MustCompile(`http://[^ ]+/`).FindString(line)
	if url == "" {
		t.Fatalf("the server said %q, %v; want its URL", line, err)
	}
	return url
}
