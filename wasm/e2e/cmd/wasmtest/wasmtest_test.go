package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestProbe runs tests of every kind of outcome and looks at what comes back.
func TestProbe(t *testing.T) {
	if testing.Short() {
		t.Skip("starts Chromium several times")
	}
	dir := t.TempDir()
	self, binary := filepath.Join(dir, "wasmtest"), filepath.Join(dir, "probe.test")
	command(t, nil, "go", "build", "-o", self, ".")
	command(t, []string{"GOOS=js", "GOARCH=wasm"}, "go", "test", "-c", "-o", binary, "./testdata/probe")
	for _, c := range []struct {
		name string
		args []string
		code int
		says []string
	}{
		{"pass", []string{"-test.run=TestPass|TestFiles", "-test.v"}, 0, []string{"printed to stdout", "--- PASS: TestFiles", "PASS\n"}},
		{"fail", []string{"-test.run=TestFail"}, 1, []string{"failed as it should", "FAIL\n"}},
		{"panic", []string{"-test.run=TestPanic"}, 2, []string{"panicked as it should", "goroutine "}},
		{"exit", []string{"-test.run=TestExit"}, 7, nil},
		{"timeout", []string{"-test.run=TestSleep", "-test.timeout=1s"}, 2, []string{"test timed out after 1s"}},
		{"benchmark", []string{"-test.run=^$", "-test.bench=.", "-test.benchtime=10x"}, 0, []string{"BenchmarkAdd", "ns/op"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmd := exec.Command(self, append([]string{binary}, c.args...)...)
			cmd.Dir = "testdata/probe"
			cmd.Env = append(os.Environ(), "DPOLAB_PROBE=passed on", "GOMAXPROCS=2")
			out, err := cmd.CombinedOutput()
			if cmd.ProcessState == nil {
				t.Fatal(err)
			}
			if code := cmd.ProcessState.ExitCode(); code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			for _, want := range c.says {
				if !strings.Contains(string(out), want) {
					t.Errorf("no %q in the output", want)
				}
			}
			if t.Failed() {
				t.Logf("output:\n%s", out)
			}
		})
	}
}

func command(t *testing.T, env []string, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out.String())
	}
}

func TestTimeLimit(t *testing.T) {
	for _, c := range []struct {
		args []string
		want time.Duration
	}{
		{[]string{"-test.v", "-test.timeout=10m0s"}, 10 * time.Minute},
		{[]string{"-test.timeout=0"}, 0},
		{nil, 0},
	} {
		if got := timeLimit(c.args); got != c.want {
			t.Errorf("%v: %v, want %v", c.args, got, c.want)
		}
	}
}
