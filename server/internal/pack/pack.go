package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// worthwhile are the kinds of files that shrink. Float weights hardly do (one
// part in twelve), and pictures and fonts are compressed already.
var worthwhile = map[string]bool{
	".css": true, ".html": true, ".js": true, ".json": true, ".jsonl": true,
	".md": true, ".svg": true, ".txt": true, ".wasm": true,
}

// small files fit into one packet either way.
const small = 512

func packable(name string) bool {
	info, err := os.Stat(name)
	return worthwhile[filepath.Ext(name)] && err == nil && info.Size() > small
}

// A coding is a way to compress, with the suffix of its variants.
type coding struct {
	suffix string
	writer func(w io.Writer, brotliLevel int) (io.WriteCloser, error)
}

var codings = []coding{
	{".br", func(w io.Writer, level int) (io.WriteCloser, error) {
		return brotli.NewWriterLevel(w, level), nil
	}},
	{".zst", func(w io.Writer, _ int) (io.WriteCloser, error) {
		return zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
	}},
	{".gz", func(w io.Writer, _ int) (io.WriteCloser, error) {
		return gzip.NewWriterLevel(w, gzip.BestCompression)
	}},
}

// pack writes the variants of the file name beside it. A variant that is not
// smaller is left out.
func pack(name, cache string, level int) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(data)
	for _, c := range codings {
		kept := ""
		if cache != "" {
			kept = filepath.Join(cache, fmt.Sprintf("%s-%d%s", hex.EncodeToString(sum[:]), level, c.suffix))
		}
		packed, err := c.packCached(data, kept, level)
		if err != nil {
			return err
		}
		if len(packed) >= len(data) {
			continue
		}
		if err := os.WriteFile(name+c.suffix, packed, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// packCached returns the compressed data, from the file kept if it is there;
// kept is empty where there is no cache.
func (c coding) packCached(data []byte, kept string, level int) ([]byte, error) {
	if kept != "" {
		packed, err := os.ReadFile(kept)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return packed, err
		}
	}
	packed, err := c.pack(data, level)
	if err != nil || kept == "" {
		return packed, err
	}
	if err := os.MkdirAll(filepath.Dir(kept), 0o755); err != nil {
		return nil, err
	}
	// Under another name first, so that an interrupted run leaves no half file.
	if err := os.WriteFile(kept+".part", packed, 0o644); err != nil {
		return nil, err
	}
	return packed, os.Rename(kept+".part", kept)
}

func (c coding) pack(data []byte, level int) ([]byte, error) {
	var out bytes.Buffer
	w, err := c.writer(&out, level)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
