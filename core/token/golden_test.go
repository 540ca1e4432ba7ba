package token

import (
	"bytes"
	"encoding/json/jsontext"
	"flag"
	"os"
	"slices"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/tokenizer.json anew; golden.json must follow, see make_golden.py")

// goldenVocab is about as much as testdata/corpus.txt can fill.
const goldenVocab = 512

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// trained is the tokenizer of the tests, learned from testdata/corpus.txt.
func trained(t testing.TB) *Tokenizer {
	t.Helper()
	tok, err := Train([]string{string(readFile(t, "testdata/corpus.txt"))}, goldenVocab)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// TestTrainedFile holds training and writing to the file that the golden values
// were made with.
func TestTrainedFile(t *testing.T) {
	const name = "testdata/tokenizer.json"
	got := trained(t).JSON()
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := readFile(t, name); !bytes.Equal(got, want) {
		t.Errorf("training gives a tokenizer.json of %d bytes that differs from %s (%d bytes)", len(got), name, len(want))
	}
}

// goldenCase is what the Hugging Face library makes of a text.
type goldenCase struct {
	text  string
	words []int // length of each pre-token in bytes
	ids   []int32
}

func readGolden(t *testing.T) (saved []byte, cases []goldenCase) {
	t.Helper()
	r := newJSONReader(readFile(t, "testdata/golden.json"))
	integers := func(add func(int64)) func() error {
		return func() error {
			return r.elements(func() error {
				v, err := r.dec.ReadToken()
				if err == nil {
					var n int64
					n, err = v.Int()
					add(n)
				}
				return err
			})
		}
	}
	err := r.object([]field{
		{name: "made_by", read: func() error { _, err := r.text(); return err }},
		{name: "saved", read: func() error {
			v, err := r.dec.ReadValue()
			saved = bytes.Clone(v)
			return err
		}},
		{name: "cases", read: func() error {
			return r.elements(func() error {
				var c goldenCase
				err := r.object([]field{
					{name: "text", read: func() (err error) { c.text, err = r.text(); return err }},
					{name: "words", read: integers(func(n int64) { c.words = append(c.words, int(n)) })},
					{name: "ids", read: integers(func(n int64) { c.ids = append(c.ids, int32(n)) })},
				})
				cases = append(cases, c)
				return err
			})
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return saved, cases
}

func TestGolden(t *testing.T) {
	saved, cases := readGolden(t)
	tok, err := ReadJSON(readFile(t, "testdata/tokenizer.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) < 400 {
		t.Fatalf("golden.json has %d cases only", len(cases))
	}
	for _, c := range cases {
		var words []int
		for rest := c.text; rest != ""; {
			n := nextWord(rest)
			words = append(words, n)
			rest = rest[n:]
		}
		if !slices.Equal(words, c.words) {
			t.Errorf("pre-tokens of %q have lengths %v, want %v", c.text, words, c.words)
		}
		if ids := tok.Encode(c.text); !slices.Equal(ids, c.ids) {
			t.Errorf("Encode(%q) = %v, want %v", c.text, ids, c.ids)
		}
		if text := tok.Decode(c.ids); text != c.text {
			t.Errorf("Decode(%v) = %q, want %q", c.ids, text, c.text)
		}
	}

	again, err := ReadJSON(saved)
	if err != nil {
		t.Fatalf("cannot read the file as the library saves it: %v", err)
	}
	if !bytes.Equal(again.JSON(), tok.JSON()) {
		t.Error("the file as the library saves it is another tokenizer")
	}
	// Apart from white space the library writes what we write.
	ours, theirs := jsontext.Value(tok.JSON()), jsontext.Value(saved)
	if err := ours.Compact(); err != nil {
		t.Fatal(err)
	}
	if err := theirs.Compact(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(ours, theirs) {
		t.Error("the library saves the file with other values or in another order")
	}
}
