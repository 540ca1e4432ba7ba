package token

import (
	"fmt"
	"math"
)

// Bounds of Train. Longer tokens would only remember whole passages of the
// text, and a vocabulary above the limit has no place in a browser.
const (
	maxToken = 64      // bytes
	maxVocab = 1 << 16 // ids
	minCount = 2       // a pair seen once is no pattern
)

// A VocabError says that a text cannot fill the vocabulary asked for.
type VocabError struct {
	Want     int // ids asked for
	Possible int // ids that the same text can fill
}

func (e *VocabError) Error() string {
	return fmt.Sprintf("token: Train: the text fills a vocabulary of %d tokens, not of %d: ask for at most %d or give more text",
		e.Possible, e.Want, e.Possible)
}

// Train learns a tokenizer with vocab ids: <|endoftext|> is 0, the bytes are
// 1 … 256 in byte order, the tokens made by merges follow in the order in which
// they were learned. Each step merges the pair of neighbours that occurs most
// often inside the pre-tokens of texts; among equally frequent ones the pair
// with the lower left id, then with the lower right id. A pair is left alone if
// it occurs only once, if it would make more than 64 bytes, or if another merge
// already makes the same bytes, so each token has one merge. The result depends
// on the words and their counts only, not on the order of texts.
//
// vocab must be 257 … 65536. The error is a *VocabError if texts run out of
// pairs before that.
func Train(texts []string, vocab int) (*Tokenizer, error) {
	if vocab < minVocab || vocab > maxVocab {
		return nil, fmt.Errorf("token: Train: vocab is %d, want %d to %d (256 bytes, <|endoftext|> and the merges)", vocab, minVocab, maxVocab)
	}
	words, counts := countWords(texts)
	total := 0
	for _, w := range words {
		total += len(w)
	}
	if total > math.MaxInt32 {
		return nil, fmt.Errorf("token: Train: the different words of the text have %d bytes, the limit is %d: give less text", total, math.MaxInt32)
	}
	t := newTrainer(words, counts, total)
	for len(t.tokens) < vocab {
		p, made, ok := t.best()
		if !ok {
			return nil, &VocabError{Want: vocab, Possible: len(t.tokens)}
		}
		t.merge(p, made)
	}
	return newTokenizer(t.tokens, trainedEnd, t.merges), nil
}

// countWords returns the different pre-tokens of texts in order of appearance
// and how often each occurs.
func countWords(texts []string) (words []string, counts []int64) {
	index := map[string]int{}
	for _, text := range texts {
		for len(text) > 0 {
			n := nextWord(text)
			word := text[:n]
			text = text[n:]
			i, ok := index[word]
			if !ok {
				i = len(words)
				index[word] = i
				words = append(words, word)
				counts = append(counts, 0)
			}
			counts[i]++
		}
	}
	return words, counts
}

// trainer holds all different words one behind the other as a linked list of
// symbols, so that a merge touches only the places where its pair occurs.
type trainer struct {
	tokens []string
	made   map[string]bool // the bytes of tokens
	merges []merge

	sym        []int32 // id at each place, -1 where a right part was merged away
	prev, next []int32 // neighbouring places in the same word, -1 at its ends
	word       []int32 // index into counts
	counts     []int64 // occurrences of each word

	pairs map[pair]*places
	queue heap[candidate]
}

// places is how often a pair occurs, always exact, and the places where it was
// seen, ascending, also those where a merge has replaced it since.
type places struct {
	count int64
	at    []int32
}

// candidate is a pair with the count it had when queued; it can only fall.
type candidate struct {
	count int64
	pair  pair
}

func (a candidate) before(b candidate) bool {
	return a.count > b.count || a.count == b.count && a.pair < b.pair
}

// newTrainer lays out words, which have total bytes, and counts their pairs.
func newTrainer(words []string, counts []int64, total int) *trainer {
	t := &trainer{
		tokens: make([]string, 1, minVocab), made: make(map[string]bool),
		sym: make([]int32, 0, total), prev: make([]int32, 0, total), next: make([]int32, 0, total), word: make([]int32, 0, total),
		counts: counts, pairs: map[pair]*places{},
		queue: heap[candidate]{before: candidate.before},
	}
	for b := range 256 {
		t.addToken(string([]byte{byte(b)}))
	}
	for w, word := range words {
		t.addWord(word, int32(w))
	}
	var seen []pair
	for i, n := range t.next {
		if n >= 0 {
			seen = t.count(int32(i), seen)
		}
	}
	t.enqueue(seen)
	return t
}

func (t *trainer) addToken(s string) int32 {
	t.tokens = append(t.tokens, s)
	t.made[s] = true
	return int32(len(t.tokens) - 1)
}

// addWord appends the bytes of the word with the given index as linked symbols.
func (t *trainer) addWord(word string, index int32) {
	first := int32(len(t.sym))
	for i := range int32(len(word)) {
		t.sym = append(t.sym, trainedByte+int32(word[i]))
		t.prev, t.next = append(t.prev, first+i-1), append(t.next, first+i+1)
		t.word = append(t.word, index)
	}
	t.prev[first] = -1
	t.next[len(t.next)-1] = -1
}

// pairAt is the pair that begins at place i, which must have a next place.
func (t *trainer) pairAt(i int32) pair { return pairOf(t.sym[i], t.sym[t.next[i]]) }

// count adds the pair that begins at place i to the counts, and to fresh if it
// was never seen before.
func (t *trainer) count(i int32, fresh []pair) []pair {
	p := t.pairAt(i)
	e := t.pairs[p]
	if e == nil {
		e = &places{}
		t.pairs[p] = e
		fresh = append(fresh, p)
	}
	e.count += t.counts[t.word[i]]
	e.at = append(e.at, i)
	return fresh
}

// uncount takes the pair that begins at place i out of the counts. Its
// candidate is corrected when it comes up in the queue.
func (t *trainer) uncount(i int32) { t.pairs[t.pairAt(i)].count -= t.counts[t.word[i]] }

// enqueue queues those pairs that may be merged one day.
func (t *trainer) enqueue(fresh []pair) {
	for _, p := range fresh {
		size := len(t.tokens[p.left()]) + len(t.tokens[p.right()])
		if c := t.pairs[p].count; c >= minCount && size <= maxToken {
			t.queue.push(candidate{c, p})
		}
	}
}

// best returns the pair to merge next and the bytes it makes, or false if there
// is none. A pair that lost occurrences since it was queued is queued again.
func (t *trainer) best() (p pair, made string, ok bool) {
	for len(t.queue.items) > 0 {
		c := t.queue.pop()
		if now := t.pairs[c.pair].count; now < c.count {
			if now >= minCount {
				t.queue.push(candidate{now, c.pair})
			}
			continue
		}
		made = t.tokens[c.pair.left()] + t.tokens[c.pair.right()]
		if !t.made[made] {
			return c.pair, made, true
		}
	}
	return 0, "", false
}

// merge replaces p by the token made wherever it occurs, from left to right in
// each word.
func (t *trainer) merge(p pair, made string) {
	id := t.addToken(made)
	t.merges = append(t.merges, merge{p, id})
	var fresh []pair
	for _, i := range t.pairs[p].at {
		if j := t.next[i]; t.sym[i] == p.left() && j >= 0 && t.sym[j] == p.right() {
			fresh = t.mergeAt(i, j, id, fresh)
		}
	}
	t.pairs[p].at = nil
	t.enqueue(fresh)
}

// mergeAt puts id in the place of the neighbours i and j, keeps the counts of
// all pairs exact, and appends the pairs it creates to fresh.
func (t *trainer) mergeAt(i, j, id int32, fresh []pair) []pair {
	before, after := t.prev[i], t.next[j]
	t.uncount(i)
	if before >= 0 {
		t.uncount(before)
	}
	if after >= 0 {
		t.uncount(j)
		t.prev[after] = i
	}
	t.sym[i], t.sym[j] = id, -1
	t.next[i] = after
	if before >= 0 {
		fresh = t.count(before, fresh)
	}
	if after >= 0 {
		fresh = t.count(i, fresh)
	}
	return fresh
}
