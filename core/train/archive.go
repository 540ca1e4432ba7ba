package train

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"dpolab/core/ckpt"
)

// maxUnpacked bounds what a saved run may unpack to, whatever its size on disk.
const maxUnpacked = 1 << 30

// Zip packs files, stored without compression: weights do not compress, and the
// bytes depend on nothing but the files.
func Zip(files []ckpt.NamedFile) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		entry, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Store})
		if err != nil {
			return nil, err
		}
		if _, err := entry.Write(f.Data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// unzip reads a zip file whole. It refuses what is damaged and what unpacks to more
// than maxUnpacked bytes.
func unzip(b []byte) (map[string][]byte, error) {
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, fmt.Errorf("not a whole zip file (%d bytes): it may have been cut off; download it again", len(b))
	}
	files := map[string][]byte{}
	left := int64(maxUnpacked)
	for _, f := range r.File {
		data, err := unpack(f, left)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		if _, twice := files[f.Name]; twice {
			return nil, fmt.Errorf("%s: stands in the zip file twice", f.Name)
		}
		left -= int64(len(data))
		files[f.Name] = data
	}
	return files, nil
}

func unpack(f *zip.File, limit int64) ([]byte, error) {
	if f.UncompressedSize64 > uint64(limit) {
		return nil, fmt.Errorf("unpacks to %d bytes, at most %d are read", f.UncompressedSize64, limit)
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data := make([]byte, 0, f.UncompressedSize64)
	buf := bytes.NewBuffer(data)
	n, err := io.Copy(buf, io.LimitReader(r, limit+1))
	switch {
	case errors.Is(err, zip.ErrChecksum):
		return nil, errors.New("is damaged: its checksum differs; download it again")
	case err != nil:
		return nil, fmt.Errorf("is damaged: %w", err)
	case n > limit:
		return nil, fmt.Errorf("unpacks to more than %d bytes", limit)
	}
	return buf.Bytes(), nil
}

// digest is the SHA-256 of b, hex. The hook is called on the way, so that hashing
// megabytes does not hold a host up.
func (t *Trainer) digest(b []byte) string {
	const piece = 1 << 18
	h := sha256.New()
	for len(b) > 0 {
		n := min(piece, len(b))
		h.Write(b[:n])
		b = b[n:]
		if t.Hook != nil {
			t.Hook()
		}
	}
	return sum(h)
}

func sum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }
