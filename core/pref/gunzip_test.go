//go:build !js

package pref

import (
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
)

// packed is text as a gzip archive.
func packed(t *testing.T, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGzip(t *testing.T) {
	file := packed(t, []byte(bom+good+"\n\n"+good))
	checkLines(t, read(t, string(file)), FormatJSONL, 1, 3)
	checkLines(t, read(t, string(file)+string(packed(t, []byte("\n"+good)))), FormatJSONL, 1, 3, 4)
	wrong := bytes.Clone(file)
	wrong[len(wrong)-8] ^= 1 // checksum
	for _, tc := range []struct {
		name string
		file []byte
		want string
	}{
		{"cut", file[:len(file)-9], "damaged or cut short: unexpected EOF"},
		{"checksum", wrong, "damaged or cut short: gzip: invalid checksum"},
		{"text behind", append(bytes.Clone(file), "more"...), "a gzip archive that is damaged"},
		{"header alone", file[:4], "a gzip archive that is damaged"},
		{"empty", packed(t, nil), "the file is empty"},
		{"twice", packed(t, file), "a gzip archive: unpack it first"},
		{"model", packed(t, []byte("GGUF")), "a GGUF model"},
		{"bomb", packed(t, make([]byte, MaxFileBytes+1)), "more than 64 MiB unpacked"},
	} {
		if _, err := Read(tc.file); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error %v, want %q", tc.name, err, tc.want)
		}
	}
}
