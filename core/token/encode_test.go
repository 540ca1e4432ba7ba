package token

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// seeds are the starting points of the fuzz tests.
var seeds = []string{
	"", " ", "the little cat's mat", "IT'S 'ſ '", "a\r\n \t b\n\n  c  ", "1234½", "小猫坐在垫子上", "e\u0301 👩‍👩‍👧",
	"<|endoftext|>", "\xff\xfe\x80", "a\xe4\xbdb\xf0\x9f\x98", "\x00\x01\u0085\u00a0\u2028\ufeff", "\xed\xa0\x80 'S\xff's", "   \xff   ",
	strings.Repeat("ab", 50), strings.Repeat(" ", 100) + "x", strings.Repeat("!\n", 40),
}

// slowMerge is the definition of the encoder: as long as a merge fits, do the
// one of lowest rank that stands furthest left.
func slowMerge(t *Tokenizer, word string) []int32 {
	var ids []int32
	for i := range len(word) {
		ids = append(ids, t.byteID[word[i]])
	}
	for {
		best, at := int32(noRank), -1
		for i := 1; i < len(ids); i++ {
			if r := t.rankOf(ids[i-1], ids[i]); r < best {
				best, at = r, i
			}
		}
		if at < 0 {
			return ids
		}
		ids[at-1] = t.merges[best].product
		ids = slices.Delete(ids, at, at+1)
	}
}

// randomWord draws bytes and pieces of tokens so that many merges fit.
func randomWord(r *rand.Rand, tok *Tokenizer, size int) string {
	var b []byte
	for len(b) < size {
		b = tok.AppendDecode(b, r.Int32N(int32(tok.VocabSize())))
	}
	return string(b[:size])
}

func TestMergeOrder(t *testing.T) {
	tok := trained(t)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 2000 {
		word := randomWord(r, tok, 1+i%shortWord)
		want := slowMerge(tok, word)
		if got := tok.appendShort([]int32{7}, word); !slices.Equal(got[1:], want) || got[0] != 7 {
			t.Fatalf("appendShort(%q) = %v, want %v", word, got, want)
		}
		if got := tok.appendLong([]int32{7}, word); !slices.Equal(got[1:], want) || got[0] != 7 {
			t.Fatalf("appendLong(%q) = %v, want %v", word, got, want)
		}
	}
}

// mergedA has the merges aa, aa aa, … up to 64 letters, so that overlapping
// pairs of equal tokens decide the result.
func mergedA(t *testing.T) *Tokenizer {
	t.Helper()
	tok, err := Train([]string{strings.Repeat("a", 200)}, minVocab+6)
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

func TestMergeOverlaps(t *testing.T) {
	tok := mergedA(t)
	for n := 1; n <= 2*shortWord; n++ {
		word := strings.Repeat("a", n)
		want := slowMerge(tok, word)
		if got := tok.Encode(word); !slices.Equal(got, want) {
			t.Errorf("Encode of %d letters a = %v, want %v", n, got, want)
		}
	}
}

// TestLongWord takes some 50 ms; a quadratic encoder would need minutes.
func TestLongWord(t *testing.T) {
	start := time.Now()
	ids := mergedA(t).Encode(strings.Repeat("a", 1<<20))
	if want := 1 << 20 / 64; len(ids) != want {
		t.Errorf("1 MiB of the letter a gives %d ids, want %d", len(ids), want)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("encoding a word of 1 MiB took %v", took)
	}
}

func TestNoSpecialFromText(t *testing.T) {
	tok := trained(t)
	for _, text := range []string{endOfText, "a" + endOfText + "b", strings.Repeat(endOfText, 100), " " + endOfText + "\n"} {
		ids := tok.Encode(text)
		if slices.Contains(ids, tok.EndOfText()) {
			t.Errorf("Encode(%q) = %v has the special id %d", text, ids, tok.EndOfText())
		}
		if got := tok.Decode(ids); got != text {
			t.Errorf("Decode(Encode(%q)) = %q", text, got)
		}
	}
}

func TestDecode(t *testing.T) {
	tok := trained(t)
	ids := []int32{tok.EndOfText(), trainedByte + 'a', -1, int32(tok.VocabSize()), trainedByte + 0xff}
	if got, want := tok.Decode(ids), "a\xff"; got != want {
		t.Errorf("Decode(%v) = %q, want %q: special and unknown ids give nothing", ids, got, want)
	}
	for id := range int32(tok.VocabSize()) {
		if got, want := string(tok.AppendDecode([]byte("x"), id)), "x"+tok.Decode([]int32{id}); got != want {
			t.Errorf("AppendDecode of %d = %q, Decode says %q", id, got, want)
		}
	}
}

func FuzzRoundTrip(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	tok := trained(f)
	f.Fuzz(func(t *testing.T, s string) {
		ids := tok.Encode(s)
		if got := tok.Decode(ids); got != s {
			t.Errorf("Decode(Encode(%q)) = %q", s, got)
		}
		if slices.Contains(ids, tok.EndOfText()) {
			t.Errorf("Encode(%q) = %v has the special id", s, ids)
		}
		var want []int32
		for _, w := range words(s) {
			want = append(want, slowMerge(tok, w)...)
		}
		if !slices.Equal(ids, want) {
			t.Errorf("Encode(%q) = %v, want %v", s, ids, want)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	tok := trained(b)
	text := strings.Repeat(string(readFile(b, "testdata/corpus.txt")), 50)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		tok.Encode(text)
	}
}
