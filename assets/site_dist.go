//go:build dist

package assets

import (
	"embed"
	"io/fs"
)

//go:embed dist
var site embed.FS

// Built tells whether this program holds the page.
const Built = true

// Site returns the files of the page by their path on the server, the base
// checkpoints under checkpoints/ among them, each beside its compressed
// variants (<file>.br, <file>.zst, <file>.gz).
func Site() fs.FS { return under(site, "dist") }
