// Package assets holds the files that are served: the page with its WebAssembly
// programs, and the base checkpoints.
//
// The page's files are put together by `make` under dist/, because go:embed
// cannot reach upwards to index.html and wasm/, and are embedded only under the
// build tag dist. Without the tag a page that says what to run stands in.
package assets

import (
	"embed"
	"io/fs"
)

//go:embed models
var models embed.FS

// Models returns the base checkpoints, one folder each
// (<name>/config.json, <name>/model.safetensors, …).
func Models() fs.FS { return under(models, "models") }

// under returns the files of fsys below dir, which go:embed guarantees to be there.
func under(fsys embed.FS, dir string) fs.FS {
	sub, err := fs.Sub(fsys, dir)
	if err != nil {
		panic("assets: " + dir + " is not a valid path: " + err.Error())
	}
	return sub
}
