package site

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

var testFiles = fstest.MapFS{
	"index.html":                    {Data: []byte("<title>lab</title>")},
	"app.wasm":                      {Data: []byte("0123456789")},
	"app.wasm.br":                   {Data: []byte("brotli")},
	"app.wasm.zst":                  {Data: []byte("zstd")},
	"app.wasm.gz":                   {Data: []byte("gzip")},
	"lone.gz":                       {Data: []byte("a file of its own")},
	"checkpoints/README.md":         {Data: []byte("not a checkpoint")},
	"checkpoints/b/config.json":     {Data: []byte("{}")},
	"checkpoints/a/config.json":     {Data: []byte("{}")},
	"checkpoints/a/config.json.br":  {Data: []byte("b")},
	"checkpoints/a/weights":         {Data: []byte("abcdef")},
	"checkpoints/nothing/notes.txt": {Data: []byte("no config.json here")},
}

func handler(t *testing.T) http.Handler {
	t.Helper()
	s, err := New(testFiles)
	if err != nil {
		t.Fatal(err)
	}
	return Guard(s, log.New(io.Discard, "", 0))
}

// ask sends one request; headers are name, value, name, value, …
func ask(t *testing.T, method, path string, headers ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	handler(t).ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func tag(s string) string {
	sum := sha256.Sum256([]byte(s))
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

// TestHeaders is a snapshot: a header that appears, goes or changes is noticed.
func TestHeaders(t *testing.T) {
	const everywhere = `Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' blob: data:; manifest-src 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'; object-src 'none'
Cross-Origin-Embedder-Policy: require-corp
Cross-Origin-Opener-Policy: same-origin
Cross-Origin-Resource-Policy: same-origin
Referrer-Policy: no-referrer
X-Content-Type-Options: nosniff
`
	plain := tag("0123456789")
	cases := []struct {
		name, method, path string
		ask                []string
		status             int
		want               string // beyond the ones that are everywhere
	}{
		{"page", "GET", "/", nil, 200, "Accept-Ranges: bytes\nCache-Control: no-cache\nContent-Length: 18\nContent-Type: text/html; charset=utf-8\nEtag: " + tag("<title>lab</title>") + "\n"},
		{"packed", "GET", "/app.wasm", []string{"Accept-Encoding", "br"}, 200, "Accept-Ranges: bytes\nCache-Control: no-cache\nContent-Encoding: br\nContent-Length: 6\nContent-Type: application/wasm\nEtag: " + tag("brotli") + "\nVary: Accept-Encoding\n"},
		{"head", "HEAD", "/app.wasm", []string{"Accept-Encoding", "br"}, 200, "Accept-Ranges: bytes\nCache-Control: no-cache\nContent-Encoding: br\nContent-Length: 6\nContent-Type: application/wasm\nEtag: " + tag("brotli") + "\nVary: Accept-Encoding\n"},
		{"unchanged", "GET", "/app.wasm", []string{"If-None-Match", plain}, 304, "Cache-Control: no-cache\nEtag: " + plain + "\nVary: Accept-Encoding\n"},
		{"range", "GET", "/app.wasm", []string{"Range", "bytes=2-4", "Accept-Encoding", "br"}, 206, "Accept-Ranges: bytes\nCache-Control: no-cache\nContent-Length: 3\nContent-Range: bytes 2-4/10\nContent-Type: application/wasm\nEtag: " + plain + "\nVary: Accept-Encoding\n"},
		{"range outside", "GET", "/app.wasm", []string{"Range", "bytes=99-"}, 416, "Content-Range: bytes */10\nContent-Type: text/plain; charset=utf-8\nVary: Accept-Encoding\n"},
		{"absent", "GET", "/nowhere", nil, 404, "Content-Type: text/plain; charset=utf-8\n"},
		{"method", "POST", "/", nil, 405, "Allow: GET, HEAD\nContent-Type: text/plain; charset=utf-8\n"},
		{"redirect", "GET", "/checkpoints", nil, 308, "Content-Type: text/html; charset=utf-8\nLocation: /checkpoints/\n"},
	}
	for _, c := range cases {
		r := ask(t, c.method, c.path, c.ask...)
		var got strings.Builder
		for _, name := range slices.Sorted(maps.Keys(r.Header)) {
			fmt.Fprintf(&got, "%s: %s\n", name, strings.Join(r.Header[name], ", "))
		}
		if want := merge(everywhere, c.want); r.StatusCode != c.status || got.String() != want {
			t.Errorf("%s: status %d, headers\n%s\nwant %d,\n%s", c.name, r.StatusCode, got.String(), c.status, want)
		}
	}
}

// merge sorts the lines of both.
func merge(a, b string) string {
	lines := slices.Sorted(strings.Lines(a + b))
	return strings.Join(lines, "")
}

func TestEncodingByWeight(t *testing.T) {
	cases := []struct{ accept, want string }{
		{"", ""},
		{"identity", ""},
		{"gzip", "gzip"},
		{"gzip, deflate, br, zstd", "br"},
		{"gzip;q=1.0, br;q=0.5", "gzip"},
		{"br;q=0, zstd;q=0.1", "zstd"},
		{"*", "br"},
		{"*;q=0.5, br;q=0", "zstd"},
		{"*;q=0", ""},
		{"identity;q=0.5, gzip;q=0.4", ""},
		{"identity;q=0.5, gzip;q=0.5", "gzip"},
		{"identity;q=0, deflate", ""}, // nothing fits: the file itself, not an error
		{"BR ; Q=0.9", "br"},
		{"br;q=high, gzip", "gzip"},
		{"br;q=2, gzip;q=-1, zstd;q=NaN", ""},
		{",,;,gzip", "gzip"},
	}
	seen := map[string]string{} // coding by tag
	for _, c := range cases {
		r := ask(t, "GET", "/app.wasm", "Accept-Encoding", c.accept)
		got := r.Header.Get("Content-Encoding")
		if got != c.want {
			t.Errorf("Accept-Encoding %q: coding %q, want %q", c.accept, got, c.want)
		}
		want := map[string]string{"": "0123456789", "br": "brotli", "zstd": "zstd", "gzip": "gzip"}[got]
		if b := body(t, r); b != want {
			t.Errorf("Accept-Encoding %q: body %q, want %q", c.accept, b, want)
		}
		etag := r.Header.Get("ETag")
		if other, ok := seen[etag]; ok && other != got {
			t.Errorf("codings %q and %q share the tag %s", other, got, etag)
		}
		seen[etag] = got
	}
}

func TestConditionalAndRange(t *testing.T) {
	plain, packed := tag("0123456789"), tag("brotli")
	cases := []struct {
		name   string
		ask    []string
		status int
		body   string
	}{
		{"tag of this encoding", []string{"Accept-Encoding", "br", "If-None-Match", packed}, 304, ""},
		{"tag of another encoding", []string{"Accept-Encoding", "br", "If-None-Match", plain}, 200, "brotli"},
		{"any of several tags", []string{"If-None-Match", `"x", ` + plain}, 304, ""},
		{"tail", []string{"Range", "bytes=-3"}, 206, "789"},
		{"to the end", []string{"Range", "bytes=7-"}, 206, "789"},
		{"resume the same", []string{"Range", "bytes=7-", "If-Range", plain}, 206, "789"},
		{"resume another", []string{"Range", "bytes=7-", "If-Range", `"old"`}, 200, "0123456789"},
		{"nonsense", []string{"Range", "bytes=9-2"}, 416, "invalid range\n"},
	}
	for _, c := range cases {
		r := ask(t, "GET", "/app.wasm", c.ask...)
		if got := body(t, r); r.StatusCode != c.status || got != c.body {
			t.Errorf("%s: %d %q, want %d %q", c.name, r.StatusCode, got, c.status, c.body)
		}
	}
}

func TestOnlyTheFilesAreServed(t *testing.T) {
	for path, want := range map[string]int{
		"/index.html":                        200,
		"/lone.gz":                           200,
		"/app.wasm.br":                       404, // a variant has no address of its own
		"/checkpoints/a/weights":             200,
		"/checkpoints/a/":                    404,
		"/checkpoints/README.md":             200,
		"/../index.html":                     404,
		"/checkpoints/../../etc/passwd":      404,
		"/%2e%2e/%2e%2e/etc/passwd":          404,
		"/..%2f..%2fetc%2fpasswd":            404,
		"//etc/passwd":                       404,
		"/checkpoints/a/..%5c..%5cmain.go":   404,
		"/index.html%00.js":                  404,
		"/" + strings.Repeat("a/", 2000):     404,
		"/checkpoints/a/config.json/":        404,
		"/checkpoints/a/config.json?x=../..": 200,
	} {
		if r := ask(t, "GET", path); r.StatusCode != want {
			t.Errorf("%.60s: %d, want %d", path, r.StatusCode, want)
		}
	}
}

func TestCheckpointList(t *testing.T) {
	for _, c := range []struct{ path, accept, contentType string }{
		{"/checkpoints/", "text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"},
		{"/checkpoints/", "", "text/html; charset=utf-8"},
		{"/checkpoints/", "application/json", "application/json"},
		{"/checkpoints/", "application/json;q=0.1, text/html", "text/html; charset=utf-8"},
		{"/checkpoints/index.json", "", "application/json"},
	} {
		r := ask(t, "GET", c.path, "Accept", c.accept)
		if got := r.Header.Get("Content-Type"); r.StatusCode != 200 || got != c.contentType {
			t.Errorf("%s, Accept %q: %d %s, want %s", c.path, c.accept, r.StatusCode, got, c.contentType)
		}
	}
	var got struct{ Checkpoints []Checkpoint }
	if err := json.Unmarshal([]byte(body(t, ask(t, "GET", "/checkpoints/index.json"))), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Checkpoints) != 2 || got.Checkpoints[0].Name != "a" || got.Checkpoints[1].Name != "b" {
		t.Fatalf("checkpoints %+v, want a and b", got.Checkpoints)
	}
	a := got.Checkpoints[0]
	want := CheckpointFile{Name: "weights", URL: "a/weights", Bytes: 6, SHA256: strings.Trim(tag("abcdef"), `"`)}
	if a.Bytes != 8 || len(a.Files) != 2 || a.Files[1] != want {
		t.Errorf("checkpoint a: %+v; want 8 bytes and, second, %+v", a, want)
	}
	html := body(t, ask(t, "GET", "/checkpoints/"))
	if !strings.Contains(html, `<a href="a/weights">weights</a></td><td>6</td><td><code>`+want.SHA256) {
		t.Errorf("the page lacks the file, its size or its SHA-256:\n%s", html)
	}
}

func TestPanicIsAnAnswer(t *testing.T) {
	var logged strings.Builder
	h := Guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oh no") }), log.New(&logged, "", 0))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
	if w.Code != 500 || w.Header().Get("Content-Security-Policy") == "" {
		t.Errorf("status %d, headers %v; want 500 with all headers", w.Code, w.Header())
	}
	if strings.Contains(w.Body.String(), "oh no") || !strings.Contains(logged.String(), "oh no") {
		t.Errorf("the reason belongs into the log (%q), not into the answer (%q)", logged.String(), w.Body)
	}
}

func TestPanicMidway(t *testing.T) {
	h := Guard(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "half")
		panic("oh no")
	}), log.New(io.Discard, "", 0))
	defer func() {
		if p := recover(); p != http.ErrAbortHandler {
			t.Errorf("panic %v, want the connection cut off", p)
		}
	}()
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/x", nil))
}
