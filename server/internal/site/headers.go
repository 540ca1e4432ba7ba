package site

import (
	"log"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
)

// policy is what the page may do. Everything comes from this server; script is
// files and WebAssembly, never text (no eval, no inline script or style); data:
// and blob: pictures are for charts saved as PNG.
var policy = strings.Join([]string{
	"default-src 'none'",
	"script-src 'self' 'wasm-unsafe-eval'",
	"worker-src 'self'",
	"connect-src 'self'",
	"style-src 'self'",
	"font-src 'self'",
	"img-src 'self' blob: data:",
	"manifest-src 'self'",
	"frame-src 'self'",
	"frame-ancestors 'self'",
	"base-uri 'none'",
	"form-action 'none'",
	"object-src 'none'",
}, "; ")

// Headers are on every response, errors included. The first three isolate the
// page, so that it may have memory shared between its workers; a worker or an
// iframe without them would not start.
var Headers = map[string]string{
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Embedder-Policy": "require-corp",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Content-Security-Policy":      policy,
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "no-referrer",
}

// writeTimeout is how long one piece of a response (32 KiB) may take. There is
// no limit for a whole response: a slow line may take its time over a model.
const writeTimeout = 30 * time.Second

// Guard sets Headers on all responses of next, turns a panic into a 500 that
// is written to the log, and gives up on clients that stop reading.
func Guard(next http.Handler, log *log.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range Headers {
			w.Header().Set(name, value)
		}
		pw := &patientWriter{ResponseWriter: w}
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p)
			}
			log.Printf("%s %s: panic: %v\n%s", r.Method, r.URL.Path, p, debug.Stack())
			if pw.wrote {
				panic(http.ErrAbortHandler) // too late for a status: cut the response off
			}
			http.Error(pw, "500: the server failed over this request; its log says why", http.StatusInternalServerError)
		}()
		next.ServeHTTP(pw, r)
	})
}

// A patientWriter puts the write deadline off at each piece.
type patientWriter struct {
	http.ResponseWriter
	wrote bool
}

func (w *patientWriter) WriteHeader(status int) {
	w.wrote = true
	w.extend()
	w.ResponseWriter.WriteHeader(status)
}

func (w *patientWriter) Write(p []byte) (int, error) {
	w.wrote = true
	w.extend()
	return w.ResponseWriter.Write(p)
}

// extend ignores the error: a writer without deadlines (in tests) needs none.
func (w *patientWriter) extend() {
	_ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(time.Now().Add(writeTimeout))
}

// Unwrap is for http.ResponseController.
func (w *patientWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
