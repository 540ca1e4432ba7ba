// Package site serves a fixed set of files over HTTP: compressed variants by
// the browser's preference, strong entity tags, ranges, and the headers that
// isolate the page (see headers.go).
//
// It does not list directories, follow links, watch for changes or compress
// while serving: the set of files is read once, in New, and a request is a
// look-up in a map, so that no path can lead out of the set.
package site

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// A variant is one encoding of a file.
type variant struct {
	name   string // in the file system
	coding string // content coding: "br", "zstd", "gzip", or "" for the file itself
	bytes  int64
	sha256 string // of the variant's own bytes, in hex
}

// A file is a resource: the file itself and its compressed variants, if any.
type file struct {
	contentType string
	plain       variant
	packed      []variant // in the order of codings
}

// codings are the content codings we know, best first, with the suffix that
// their variant of a file has.
var codings = []struct{ name, suffix string }{
	{"br", ".br"}, {"zstd", ".zst"}, {"gzip", ".gz"},
}

// A Site answers requests for the files of one file system.
type Site struct {
	fsys        fs.FS
	files       map[string]*file // by path without the leading slash
	checkpoints listing
}

// New reads the names, sizes and SHA-256 of all files of fsys. A file x.br,
// x.zst or x.gz beside x is a compressed variant of x and no file of its own.
func New(fsys fs.FS) (*Site, error) {
	s := &Site{fsys: fsys, files: map[string]*file{}}
	variants := map[string]variant{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		v, err := digest(fsys, name)
		variants[name] = v
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("site: reading the files to serve: %w", err)
	}
	for name, v := range variants {
		if isVariant(name, variants) {
			continue
		}
		f := &file{contentType: contentType(name), plain: v}
		for _, c := range codings {
			if p, ok := variants[name+c.suffix]; ok {
				p.coding = c.name
				f.packed = append(f.packed, p)
			}
		}
		s.files[name] = f
	}
	s.checkpoints = list(s.files)
	return s, nil
}

// isVariant tells whether name is the compressed variant of another file.
func isVariant(name string, all map[string]variant) bool {
	for _, c := range codings {
		if base, ok := strings.CutSuffix(name, c.suffix); ok {
			if _, ok := all[base]; ok {
				return true
			}
		}
	}
	return false
}

func digest(fsys fs.FS, name string) (variant, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return variant{}, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	return variant{name: name, bytes: n, sha256: hex.EncodeToString(h.Sum(nil))}, err
}

// contentTypes by extension. Ours and not the machine's (package mime reads
// /etc/mime.types), so that every machine answers alike.
var contentTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".gz":    "application/gzip",
	".html":  "text/html; charset=utf-8",
	".ico":   "image/x-icon",
	".js":    "text/javascript; charset=utf-8",
	".json":  "application/json",
	".jsonl": "application/jsonl",
	".md":    "text/markdown; charset=utf-8",
	".png":   "image/png",
	".svg":   "image/svg+xml",
	".txt":   "text/plain; charset=utf-8",
	".wasm":  "application/wasm",
	".woff2": "font/woff2",
}

func contentType(name string) string {
	if t, ok := contentTypes[path.Ext(name)]; ok {
		return t
	}
	return "application/octet-stream"
}

// ServeHTTP answers GET and HEAD for the files of the site.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD are answered here", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	switch name {
	case "":
		name = "index.html"
	case "checkpoints":
		http.Redirect(w, r, "/checkpoints/", http.StatusPermanentRedirect)
		return
	case "checkpoints/":
		s.checkpoints.serve(w, r)
		return
	case "checkpoints/index.json":
		s.checkpoints.serveJSON(w, r)
		return
	}
	f, ok := s.files[name]
	if !ok {
		http.Error(w, "404: there is no such page here; the start page is /", http.StatusNotFound)
		return
	}
	s.serve(w, r, f)
}

// serve answers with the variant of f that suits the request. Whole files are
// sent compressed where the client likes that; ranges are always cut from the
// file itself, so that a broken download can go on.
func (s *Site) serve(w http.ResponseWriter, r *http.Request, f *file) {
	h := w.Header()
	v := f.plain
	if len(f.packed) > 0 {
		h.Add("Vary", "Accept-Encoding")
		if r.Header.Get("Range") == "" {
			v = choose(r.Header.Values("Accept-Encoding"), f)
		}
	}
	in, err := s.fsys.Open(v.name)
	if err != nil {
		panic(fmt.Sprintf("site: %s was there at the start: %v", v.name, err))
	}
	defer in.Close()
	content, ok := in.(io.ReadSeeker)
	if !ok {
		panic(fmt.Sprintf("site: %s cannot be read from the middle", v.name))
	}
	if v.coding != "" {
		// ServeContent leaves the length out when there is a coding.
		h.Set("Content-Encoding", v.coding)
		h.Set("Content-Length", strconv.FormatInt(v.bytes, 10))
	}
	h.Set("Content-Type", f.contentType)
	h.Set("Cache-Control", "no-cache") // keep it, but ask first: the tag makes that cheap
	h.Set("ETag", v.etag())
	http.ServeContent(w, r, "", time.Time{}, content)
}

// etag names the bytes of the variant, and so differs between encodings.
func (v variant) etag() string { return `"` + v.sha256 + `"` }

func etagOf(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + hex.EncodeToString(sum[:]) + `"`
}
