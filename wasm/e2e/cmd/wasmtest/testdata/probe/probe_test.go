// Package probe holds tests that behave in all ways that tests behave; wasmtest's
// own tests run them in Chromium one at a time.
package probe

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall/js"
	"testing"
	"time"
)

func TestPass(t *testing.T) {
	fmt.Println("printed to stdout")
	if runs := js.Global().Get("WorkerGlobalScope"); runs.IsUndefined() {
		t.Error("not in a worker")
	}
	if got := os.Getenv("DPOLAB_PROBE"); got != "passed on" {
		t.Errorf("DPOLAB_PROBE is %q", got)
	}
	if got := os.Getenv("GOMAXPROCS"); got != "" {
		t.Errorf("GOMAXPROCS=%s was passed on", got)
	}
}

func TestFiles(t *testing.T) {
	data, err := os.ReadFile("probe.txt")
	if err != nil || string(data) != "read me\n" {
		t.Errorf("probe.txt: %q, %v", data, err)
	}
	if _, err := os.ReadFile("absent.txt"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("absent.txt: %v, want it not to exist", err)
	}
	if _, err := os.ReadFile("/etc/hostname"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("/etc/hostname: %v, want only the module to be seen", err)
	}
	var names []string
	err = fs.WalkDir(os.DirFS(".."), ".", func(name string, _ fs.DirEntry, err error) error {
		names = append(names, name)
		return err
	})
	if err != nil || len(names) != 4 {
		t.Errorf("walk: %v, %v; want ., probe and its two files", names, err)
	}
	dir := filepath.Join(t.TempDir(), "a")
	if err := os.MkdirAll(filepath.Join(dir, "b"), 0o755); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "b", "f")
	if err := os.WriteFile(name, []byte("hello, world"), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(f, "!")
	buf := make([]byte, 6)
	if _, err := f.ReadAt(buf, 7); err != nil || string(buf) != "world!" {
		t.Errorf("read at 7: %q, %v", buf, err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if err := os.Rename(name, filepath.Join(dir, "g")); err != nil {
		t.Error(err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("after the renaming: %v, %v; want b and g", entries, err)
	}
}

func TestFail(t *testing.T)  { t.Error("failed as it should") }
func TestPanic(t *testing.T) { panic("panicked as it should") }
func TestExit(t *testing.T)  { os.Exit(7) }
func TestSleep(t *testing.T) { time.Sleep(time.Hour) }

var sink int

func BenchmarkAdd(b *testing.B) {
	for b.Loop() {
		sink++
	}
}
