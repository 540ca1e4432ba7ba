package token

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// slowTrain is the definition of Train: it counts all pairs anew before each
// merge. It returns at most n merges, as the bytes of both parts.
func slowTrain(texts []string, n int) (merges [][2]string) {
	var list [][]string
	for _, text := range texts {
		for _, w := range words(text) {
			list = append(list, strings.Split(w, ""))
		}
	}
	id := map[string]int{} // in order of creation, bytes first
	for b := range 256 {
		id[string([]byte{byte(b)})] = b
	}
	for len(merges) < n {
		counts := map[[2]string]int{}
		for _, w := range list {
			for i := 1; i < len(w); i++ {
				counts[[2]string{w[i-1], w[i]}]++
			}
		}
		var best [2]string
		most := 1
		for p, c := range counts {
			_, made := id[p[0]+p[1]]
			if made || len(p[0]+p[1]) > maxToken || c < most || c < 2 {
				continue
			}
			if c > most || id[p[0]] < id[best[0]] || p[0] == best[0] && id[p[1]] < id[best[1]] {
				best, most = p, c
			}
		}
		if most == 1 {
			return merges
		}
		merges = append(merges, best)
		id[best[0]+best[1]] = len(id)
		for k, w := range list {
			for i := 1; i < len(w); i++ {
				if w[i-1] == best[0] && w[i] == best[1] {
					w[i-1] += w[i]
					w = slices.Delete(w, i, i+1)
				}
			}
			list[k] = w
		}
	}
	return merges
}

// partsOf returns the merges of t as the bytes of both parts.
func partsOf(t *Tokenizer) [][2]string {
	var out [][2]string
	for _, m := range t.merges {
		out = append(out, [2]string{t.tokens[m.left()], t.tokens[m.right()]})
	}
	return out
}

// randomTexts uses few letters, so that ties, overlaps and different merges
// with the same product are frequent.
func randomTexts(r *rand.Rand) []string {
	texts := make([]string, 1+r.IntN(4))
	for i := range texts {
		b := make([]byte, r.IntN(120))
		for j := range b {
			b[j] = "aaabbbcd 1"[r.IntN(10)]
		}
		texts[i] = string(b)
	}
	return texts
}

func TestTrainAgainstDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		texts := randomTexts(r)
		want := slowTrain(texts, 40)
		tok, err := Train(texts, minVocab+len(want))
		if err != nil {
			t.Fatalf("%q: %v", texts, err)
		}
		if got := partsOf(tok); !slices.Equal(got, want) {
			t.Fatalf("%q: merges are\n%q, want\n%q", texts, got, want)
		}
	}
}

func TestTrainTies(t *testing.T) {
	// "ab" and "cd" occur twice each: the lower left id wins. So do "xy" and
	// "xz": the lower right id wins.
	for _, c := range []struct {
		text string
		want [][2]string
	}{
		{"cd\nab\ncd\nab", [][2]string{{"a", "b"}, {"c", "d"}}},
		{"xz\nxy\nxz\nxy", [][2]string{{"x", "y"}, {"x", "z"}}},
		{"aaaa", [][2]string{{"a", "a"}}},
	} {
		tok, err := Train([]string{c.text}, minVocab+len(c.want))
		if err != nil {
			t.Fatal(err)
		}
		if got := partsOf(tok); !slices.Equal(got, c.want) {
			t.Errorf("merges of %q are %q, want %q", c.text, got, c.want)
		}
	}
}

func TestTrainIgnoresOrder(t *testing.T) {
	lines := strings.SplitAfter(string(readFile(t, "testdata/corpus.txt")), "\n")
	first, err := Train(lines, 400)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(lines)
	second, err := Train(lines, 400)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.JSON(), second.JSON()) {
		t.Error("the order of the texts changes the tokenizer")
	}
}

func TestTrainLayout(t *testing.T) {
	tok, err := Train(nil, minVocab)
	if err != nil {
		t.Fatal(err)
	}
	if tok.VocabSize() != 257 || tok.EndOfText() != 0 {
		t.Errorf("vocabulary of %d with end %d, want 257 with 0", tok.VocabSize(), tok.EndOfText())
	}
	if got, want := tok.Encode("\x00ab\xff"), []int32{1, 98, 99, 256}; !slices.Equal(got, want) {
		t.Errorf("bytes are %v, want %v", got, want)
	}
}

func TestTrainErrors(t *testing.T) {
	for _, vocab := range []int{-1, 0, 256, maxVocab + 1} {
		if tok, err := Train([]string{"aaaa"}, vocab); err == nil {
			t.Errorf("vocab %d gives a tokenizer of %d, want an error", vocab, tok.VocabSize())
		}
	}
	texts := []string{"ab ab", "once only"}
	_, err := Train(texts, 300)
	var short *VocabError
	if !errors.As(err, &short) || short.Want != 300 {
		t.Fatalf("error is %v, want a VocabError for 300", err)
	}
	if _, err := Train(texts, short.Possible); err != nil {
		t.Errorf("the vocabulary called possible fails: %v", err)
	}
	if _, err := Train(texts, short.Possible+1); err == nil {
		t.Errorf("a vocabulary of %d works although only %d was called possible", short.Possible+1, short.Possible)
	}
}

// BenchmarkTrain learns 2048 tokens from 10 MB in which each word is new: the
// case that grouping equal words does not help.
func BenchmarkTrain(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 6))
	var text []byte
	for len(text) < 10_000_000 {
		text = append(text, ' ')
		for range 4 + r.IntN(8) {
			text = append(text, byte('a'+min(r.IntN(26), r.IntN(26))))
		}
	}
	texts := []string{string(text)}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := Train(texts, 2048); err != nil {
			b.Fatal(err)
		}
	}
}
