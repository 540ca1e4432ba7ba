package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// tree writes files below a new directory.
func tree(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

var text = bytes.Repeat([]byte("the quick brown fox "), 100)

func TestVariantsUnpackToTheFile(t *testing.T) {
	dist := tree(t, map[string][]byte{"a/page.html": text})
	if err := packAll(dist, "", 5); err != nil {
		t.Fatal(err)
	}
	unpack := map[string]func(io.Reader) (io.Reader, error){
		".br":  func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
		".zst": func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) },
		".gz":  func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
	}
	for suffix, open := range unpack {
		packed := read(t, filepath.Join(dist, "a/page.html"+suffix))
		r, err := open(bytes.NewReader(packed))
		if err != nil {
			t.Fatalf("%s: %v", suffix, err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, text) {
			t.Errorf("%s: unpacks to %d bytes, %v; want the %d of the file", suffix, len(got), err, len(text))
		}
		if len(packed) >= len(text) {
			t.Errorf("%s: %d bytes, not fewer than %d", suffix, len(packed), len(text))
		}
	}
}

func TestWhatIsNotPacked(t *testing.T) {
	dist := tree(t, map[string][]byte{
		"model.safetensors": text,      // not a kind that shrinks
		"tiny.css":          text[:20], // too small
		"page.html.br":      text,      // a variant itself
	})
	if err := packAll(dist, "", 5); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dist)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 3 {
		t.Errorf("files after packing: %v; want only the three before", entries)
	}
}

func TestCacheIsByContentAndLevel(t *testing.T) {
	dist := tree(t, map[string][]byte{"page.html": text})
	cache := filepath.Join(t.TempDir(), "cache")
	if err := packAll(dist, cache, 5); err != nil {
		t.Fatal(err)
	}
	kept, err := filepath.Glob(filepath.Join(cache, "*-5.br"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("kept: %v, %v; want one variant of level 5", kept, err)
	}
	if err := os.WriteFile(kept[0], []byte("from the cache"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := packAll(dist, cache, 5); err != nil {
		t.Fatal(err)
	}
	if got := read(t, filepath.Join(dist, "page.html.br")); string(got) != "from the cache" {
		t.Error("the file was packed again although nothing changed")
	}
	if err := packAll(dist, cache, 4); err != nil {
		t.Fatal(err)
	}
	if got := read(t, filepath.Join(dist, "page.html.br")); string(got) == "from the cache" {
		t.Error("another level took the cached variant of level 5")
	}
}

func TestReport(t *testing.T) {
	big := make([]byte, 950_001)
	dist := tree(t, map[string][]byte{
		"app.wasm": big, "app.wasm.br": big, "trainer.wasm": text, "trainer.wasm.br": text,
		"checkpoints/m/model.safetensors": text,
	})
	var out strings.Builder
	err := report(&out, dist)
	if err == nil || err.Error() != "app.wasm is 1 bytes over its budget" {
		t.Errorf("error %v; want app.wasm alone to be 1 byte over", err)
	}
	if !strings.Contains(out.String(), "checkpoints/m/model.safetensors") {
		t.Errorf("the model is missing:\n%s", out.String())
	}
}
