package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain lets the test program stand in for the server (see start).
func TestMain(m *testing.M) {
	if os.Getenv("SERVER_TEST_CHILD") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// start runs the server as a process of its own and returns its URL.
func start(t *testing.T) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "--addr", "127.0.0.1:0")
	cmd.Env = append(os.Environ(), "SERVER_TEST_CHILD=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	buf := make([]byte, 200)
	n, err := out.Read(buf)
	url := regexp.MustCompile(`http://[^ ]+/`).FindString(string(buf[:n]))
	if url == "" {
		t.Fatalf("the server said %q, %v; want its URL", buf[:n], err)
	}
	return cmd, url
}

func TestGracefulStop(t *testing.T) {
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		cmd, url := start(t)
		r, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil || r.StatusCode != 200 || !strings.Contains(string(page), "<title>") {
			t.Errorf("GET /: %s, %v, %.80q", r.Status, err, page)
		}
		if r.Header.Get("Cross-Origin-Embedder-Policy") != "require-corp" {
			t.Errorf("the page is not isolated: %v", r.Header)
		}
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- cmd.Wait() }()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("after %v: %v, want exit code 0", signal, err)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("still running 10 s after %v", signal)
		}
	}
}

func TestPortTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	var stderr strings.Builder
	code := run(context.Background(), []string{"--addr", taken.Addr().String()}, io.Discard, &stderr)
	port := taken.Addr().(*net.TCPAddr).Port
	for _, want := range []string{fmt.Sprintf("port %d is taken", port), "make run ADDR="} {
		if code != 1 || !strings.Contains(stderr.String(), want) {
			t.Errorf("code %d, message %q; want 1 and %q", code, stderr.String(), want)
		}
	}
}

func TestArguments(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--help"}, 0, "localhost:8080"},
		{[]string{"--port", "1"}, 2, "flag provided but not defined: -port"},
		{[]string{"8080"}, 2, `unexpected argument "8080"`},
		{[]string{"--addr", "8080"}, 1, "not HOST:PORT"},
		{[]string{"--addr", "localhost:99999"}, 1, "cannot listen on localhost:99999"},
	} {
		var stderr strings.Builder
		if code := run(context.Background(), c.args, io.Discard, &stderr); code != c.code || !strings.Contains(stderr.String(), c.says) {
			t.Errorf("%v: code %d, %q; want %d and %q", c.args, code, stderr.String(), c.code, c.says)
		}
	}
}
