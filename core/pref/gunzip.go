//go:build !js

package pref

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
)

// gunzip unpacks data if it is a gzip archive, and not more of it than a file may
// have. It is left out of the page (58 KB of 1.4 MB, compressed), where the
// browser can unpack.
func gunzip(data []byte) ([]byte, error) {
	if !bytes.HasPrefix(data, []byte(gzipMagic)) {
		return data, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, expected("a gzip archive that is damaged: " + err.Error())
	}
	text, err := io.ReadAll(io.LimitReader(z, MaxFileBytes+1))
	switch {
	case err != nil:
		return nil, expected("a gzip archive that is damaged or cut short: " + err.Error())
	case len(text) > MaxFileBytes:
		return nil, fmt.Errorf("pref: the gzip archive has more than %d MiB unpacked, which is the limit: keep at most %d rows of it",
			MaxFileBytes>>20, MaxRows)
	}
	return text, nil
}
