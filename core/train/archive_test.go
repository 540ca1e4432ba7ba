package train

import (
	"archive/zip"
	"bytes"
	"io"
	"maps"
	"testing"

	"dpolab/core/ckpt"
)

// What we write, the standard library reads; what it stores, we read.
func TestZipAgainstTheStandardLibrary(t *testing.T) {
	files := []ckpt.NamedFile{{Name: "a.json", Data: []byte("{}")}, {Name: "empty"}, {Name: "ä/b", Data: bytes.Repeat([]byte("PK\x05\x06"), 999)}}
	ours, err := Zip(files)
	if err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(ours), int64(len(ours)))
	if err != nil || len(r.File) != len(files) {
		t.Fatalf("the standard library reads %v, %v", r, err)
	}
	var theirs bytes.Buffer
	w := zip.NewWriter(&theirs)
	want := map[string]string{}
	for i, f := range files {
		want[f.Name] = string(f.Data)
		open, err := r.File[i].Open()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(open)
		if err != nil || !bytes.Equal(got, f.Data) || r.File[i].Name != f.Name {
			t.Errorf("%s: the standard library reads %d bytes, %v, want %d", f.Name, len(got), err, len(f.Data))
		}
		entry, _ := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Store})
		entry.Write(f.Data)
	}
	w.SetComment("a comment")
	w.Close()
	for name, b := range map[string][]byte{"ours": ours, "the standard library's": theirs.Bytes()} {
		got, err := unzip(b)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		text := map[string]string{}
		for n, d := range got {
			text[n] = string(d)
		}
		if !maps.Equal(text, want) {
			t.Errorf("%s: other files than were packed: %d", name, len(text))
		}
	}
}

func TestUnzipRefusesEveryCut(t *testing.T) {
	whole, err := Zip([]ckpt.NamedFile{{Name: "a", Data: []byte("some bytes")}, {Name: "b", Data: []byte("more")}})
	if err != nil {
		t.Fatal(err)
	}
	for cut := range len(whole) {
		if files, err := unzip(whole[:cut]); err == nil {
			t.Errorf("cut to %d of %d bytes it has %d files", cut, len(whole), len(files))
		}
	}
}

func TestUnzipRefusesCompression(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	entry, _ := w.Create("a")
	entry.Write(bytes.Repeat([]byte("bomb"), 1<<16))
	w.Close()
	if _, err := unzip(b.Bytes()); err == nil {
		t.Error("a compressed entry is accepted")
	}
}

func FuzzUnzip(f *testing.F) {
	whole, err := Zip([]ckpt.NamedFile{{Name: "a", Data: []byte("some bytes")}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Fuzz(func(t *testing.T, b []byte) {
		files, err := unzip(b)
		if err != nil {
			return
		}
		for name, data := range files {
			if len(data) > len(b) {
				t.Errorf("%s has %d bytes of a file of %d", name, len(data), len(b))
			}
		}
	})
}
