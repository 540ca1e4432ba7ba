package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

//go:embed worker.js
var workerJS []byte

const pageHTML = `<!doctype html><title>test</title><link rel="icon" href="data:,"><script src="page.js"></script>`

const pageJS = `const w = new Worker("worker.js"); w.onerror = (e) => console.error("worker: " + e.message);`

// A host is the machine that the test sees: its arguments, files and output.
type host struct {
	*http.ServeMux
	exit chan int
	root *os.Root // the module, which the test may read
	dir  string   // path of root
}

// job is what the worker needs to know before it starts the test.
type job struct {
	Args []string          `json:"args"`
	Env  map[string]string `json:"env"`
	Cwd  string            `json:"cwd"`
}

func newHost(binary string, args []string) (*host, error) {
	cwd, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	h := &host{ServeMux: http.NewServeMux(), exit: make(chan int, 1), dir: moduleRoot(cwd)}
	if h.root, err = os.OpenRoot(h.dir); err != nil {
		return nil, err
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOROOT: %w", err)
	}
	program, err := filepath.Abs(binary)
	if err != nil {
		return nil, err
	}
	h.text("/{$}", "text/html", []byte(pageHTML))
	h.text("/page.js", "text/javascript", []byte(pageJS))
	h.text("/worker.js", "text/javascript", workerJS)
	h.file("/wasm_exec.js", filepath.Join(strings.TrimSpace(string(goroot)), "lib", "wasm", "wasm_exec.js"))
	h.file("/test.wasm", program)
	description, err := json.Marshal(job{append([]string{binary}, args...), environment(), cwd})
	if err != nil {
		return nil, err
	}
	h.text("/job.json", "application/json", description)
	h.HandleFunc("POST /out/{fd}", h.output)
	h.HandleFunc("POST /exit/{code}", h.end)
	h.HandleFunc("GET /host", h.read)
	return h, nil
}

// moduleRoot returns the outermost directory above dir with a go.mod; dir if
// there is none.
func moduleRoot(dir string) string {
	root := dir
	for d := dir; d != filepath.Dir(d); d = filepath.Dir(d) {
		if _, err := os.Stat(filepath.Join(d, "go.mod")); err == nil {
			root = d
		}
	}
	return root
}

// environment returns the variables that the test gets. They are few because
// wasm_exec.js has room for only 8 KiB of them and the arguments.
func environment() map[string]string {
	env := map[string]string{"TMPDIR": "/tmp"}
	for _, entry := range os.Environ() {
		if name, value, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "DPOLAB_") {
			env[name] = value
		}
	}
	return env
}

// ServeHTTP isolates the test as the product's page is.
func (h *host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cross-Origin-Opener-Policy", "same-origin")
	w.Header().Set("Cross-Origin-Embedder-Policy", "require-corp")
	h.ServeMux.ServeHTTP(w, r)
}

func (h *host) text(path, contentType string, body []byte) {
	h.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Write(body)
	})
}

func (h *host) file(path, name string) {
	h.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(path, ".wasm") {
			w.Header().Set("Content-Type", "application/wasm") // the test binary has no extension
		}
		http.ServeFile(w, r, name)
	})
}

// output prints what the test wrote.
func (h *host) output(w http.ResponseWriter, r *http.Request) {
	out := os.Stderr
	if r.PathValue("fd") == "1" {
		out = os.Stdout
	}
	if _, err := io.Copy(out, r.Body); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func (h *host) end(w http.ResponseWriter, r *http.Request) {
	code, err := strconv.Atoi(r.PathValue("code"))
	if err != nil {
		code = 2
	}
	select {
	case h.exit <- code:
	default: // said before
	}
}

// read answers with a file of the module, or with the names of a directory.
func (h *host) read(w http.ResponseWriter, r *http.Request) {
	name, err := filepath.Rel(h.dir, r.URL.Query().Get("path"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	info, err := h.root.Stat(name)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	w.Header().Set("Last-Modified", info.ModTime().UTC().Format(http.TimeFormat))
	if !info.IsDir() {
		data, err := h.root.ReadFile(name)
		if err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Write(data)
		return
	}
	entries, err := fs.ReadDir(h.root.FS(), filepath.ToSlash(name))
	if err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	names := []string{}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Directory", "yes")
	json.NewEncoder(w).Encode(names)
}
