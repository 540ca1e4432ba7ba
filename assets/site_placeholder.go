//go:build !dist

package assets

import (
	"embed"
	"io/fs"
)

//go:embed placeholder
var site embed.FS

// Built tells whether this program holds the page.
const Built = false

// Site returns a single index.html that says how to build the page.
func Site() fs.FS { return under(site, "placeholder") }
