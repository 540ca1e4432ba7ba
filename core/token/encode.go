package token

import "math"

// shortWord is the longest pre-token in bytes that is merged by looking at all
// of its pairs each time; above it a heap is the faster way.
const shortWord = 64

// noRank marks two neighbours that no merge joins.
const noRank = math.MaxInt32

// Encode returns the ids of text. It never returns a special token, whatever the
// text says, and takes time O(n log n) in the length of the text.
func (t *Tokenizer) Encode(text string) []int32 {
	return t.appendText(make([]int32, 0, len(text)/3+1), text)
}

// appendStages appends the ids of text after cutting it by stages, each of which
// cuts every piece of the one before by itself.
func (t *Tokenizer) appendStages(dst []int32, text string, stages []stage) []int32 {
	if len(stages) == 0 {
		return t.appendWord(dst, text)
	}
	s, rest := &stages[0], stages[1:]
	if s.prefix && text != "" && text[0] != ' ' {
		text = " " + text
	}
	if s.next == nil {
		return t.appendStages(dst, text, rest)
	}
	for len(text) > 0 {
		n := s.next(text)
		dst = t.appendStages(dst, text[:n], rest)
		text = text[n:]
	}
	return dst
}

// appendWord appends the ids of one pre-token.
func (t *Tokenizer) appendWord(dst []int32, word string) []int32 {
	if id, ok := t.whole[word]; ok {
		return append(dst, id)
	}
	switch {
	case word == "":
		return dst
	case len(word) <= shortWord:
		return t.appendShort(dst, word)
	}
	return t.appendLong(dst, word)
}

// rankOf returns the rank of the merge that joins left and right, or noRank.
func (t *Tokenizer) rankOf(left, right int32) int32 {
	if r, ok := t.rank[pairOf(left, right)]; ok {
		return r
	}
	return noRank
}

// appendShort appends the ids of one pre-token of at most shortWord bytes:
// again and again the merge of lowest rank, the leftmost of them first.
func (t *Tokenizer) appendShort(dst []int32, word string) []int32 {
	start := len(dst)
	for i := range len(word) {
		dst = append(dst, t.byteID[word[i]])
	}
	ids := dst[start:]
	var ranks [shortWord]int32 // ranks[i] belongs to ids[i], ids[i+1]
	for i := range len(ids) - 1 {
		ranks[i] = t.rankOf(ids[i], ids[i+1])
	}
	for len(ids) > 1 {
		best := 0
		for i, r := range ranks[:len(ids)-1] {
			if r < ranks[best] {
				best = i
			}
		}
		if ranks[best] == noRank {
			break
		}
		ids[best] = t.merges[ranks[best]].product
		copy(ranks[best:], ranks[best+1:len(ids)-1])
		ids = append(ids[:best+1], ids[best+2:]...)
		if best > 0 {
			ranks[best-1] = t.rankOf(ids[best-1], ids[best])
		}
		if best+1 < len(ids) {
			ranks[best] = t.rankOf(ids[best], ids[best+1])
		}
	}
	return dst[:start+len(ids)]
}

// chain is a word as a doubly linked list over the positions of its bytes: a
// token lives where its first byte was, and a merged right part is unlinked.
type chain struct {
	ids        []int32
	prev, next []int32 // -1 at the ends
	ranks      []int32 // of the token here and the next one; noRank if unlinked
	todo       heap[uint64]
}

// appendLong does what appendShort does in time O(n log n): pending merges wait
// in a heap as rank<<32|position, which is the order they are to be done in.
func (t *Tokenizer) appendLong(dst []int32, word string) []int32 {
	c := t.newChain(word)
	for len(c.todo.items) > 0 {
		top := c.todo.pop()
		rank, at := int32(top>>32), int32(top&0xffffffff)
		if c.ranks[at] != rank {
			continue // a neighbour was merged in the meantime
		}
		gone := c.next[at]
		c.ids[at] = t.merges[rank].product
		c.next[at] = c.next[gone]
		c.ranks[gone] = noRank
		if n := c.next[at]; n >= 0 {
			c.prev[n] = at
		}
		t.rerank(c, at)
		if p := c.prev[at]; p >= 0 {
			t.rerank(c, p)
		}
	}
	for i := int32(0); i >= 0; i = c.next[i] {
		dst = append(dst, c.ids[i])
	}
	return dst
}

// newChain links the bytes of word and queues all merges possible at first.
func (t *Tokenizer) newChain(word string) *chain {
	n := len(word)
	c := &chain{
		ids: make([]int32, n), prev: make([]int32, n), next: make([]int32, n), ranks: make([]int32, n),
		todo: heap[uint64]{before: func(a, b uint64) bool { return a < b }},
	}
	for i := range n {
		c.ids[i] = t.byteID[word[i]]
		c.prev[i], c.next[i] = int32(i-1), int32(i+1)
	}
	c.next[n-1] = -1
	for i := range n {
		t.rerank(c, int32(i))
	}
	return c
}

// rerank looks up the merge of the token at position i with the next one.
func (t *Tokenizer) rerank(c *chain, i int32) {
	c.ranks[i] = noRank
	n := c.next[i]
	if n < 0 {
		return
	}
	if r := t.rankOf(c.ids[i], c.ids[n]); r != noRank {
		c.ranks[i] = r
		c.todo.push(uint64(r)<<32 | uint64(i))
	}
}
