package token

import (
	"strings"
	"unicode"
)

// addedToken is a token that is looked for in text as a whole, before text is
// cut into pre-tokens. A special one is never found: user text has none.
type addedToken struct {
	id             int32
	content        string
	lstrip, rstrip bool // takes the whitespace before, behind it
	normalized     bool // looked for in normalized text, itself normalized
	special        bool
}

// trie finds added tokens; node 0 is the root.
type trie struct {
	next map[uint64]int32 // node<<8|byte to node
	ends []int32          // for each node the index of the token that ends there, or -1
}

func newTrie() *trie { return &trie{next: map[uint64]int32{}, ends: []int32{-1}} }

// add adds a token; of two with the same text the first stays.
func (t *trie) add(text string, index int) {
	node := int32(0)
	for i := range len(text) {
		key := uint64(node)<<8 | uint64(text[i])
		child, ok := t.next[key]
		if !ok {
			child = int32(len(t.ends))
			t.ends = append(t.ends, -1)
			t.next[key] = child
		}
		node = child
	}
	if node != 0 && t.ends[node] < 0 {
		t.ends[node] = int32(index)
	}
}

// longest returns the longest token at the start of s and its length, which is
// 0 if there is none.
func (t *trie) longest(s string) (index, length int) {
	node := int32(0)
	for i := range len(s) {
		child, ok := t.next[uint64(node)<<8|uint64(s[i])]
		if !ok {
			break
		}
		node = child
		if t.ends[node] >= 0 {
			index, length = int(t.ends[node]), i+1
		}
	}
	return index, length
}

// indexAdded makes the tries. One without a token that is not special is left
// out, since nothing would be found with it.
func (t *Tokenizer) indexAdded() {
	for _, normalized := range []bool{false, true} {
		tr, useful := newTrie(), false
		for i, a := range t.added {
			if a.normalized != normalized {
				continue
			}
			text := a.content
			if normalized {
				text = t.normalize(text)
			}
			tr.add(text, i)
			useful = useful || !a.special
		}
		if !useful {
			tr = nil
		}
		if normalized {
			t.inNormalized = tr
		} else {
			t.inText = tr
		}
	}
}

// appendText appends the ids of text: added tokens of the text as it is, then
// those of normalized text between them, then pre-tokens.
func (t *Tokenizer) appendText(dst []int32, text string) []int32 {
	return t.appendAdded(dst, text, t.inText, func(dst []int32, piece string) []int32 {
		return t.appendAdded(dst, t.normalize(piece), t.inNormalized, func(dst []int32, piece string) []int32 {
			return t.appendStages(dst, piece, t.stages)
		})
	})
}

// appendAdded appends the ids of the tokens that tr finds in text, leftmost
// first and of those the longest, and what between makes of the text between
// them. A special token is passed over as text, but what lies within it is not
// looked for. Whitespace that one token has taken may be part of the next one,
// as in the Hugging Face library.
func (t *Tokenizer) appendAdded(dst []int32, text string, tr *trie, between func([]int32, string) []int32) []int32 {
	if tr == nil {
		return between(dst, text)
	}
	done := 0
	for at := 0; at < len(text); {
		i, n := tr.longest(text[at:])
		if n == 0 {
			at++
			continue
		}
		a := &t.added[i]
		start, stop := at, at+n
		at = stop
		if a.special {
			continue
		}
		if a.lstrip && done < start {
			start = done + len(strings.TrimRightFunc(text[done:start], unicode.IsSpace))
		}
		if a.rstrip {
			rest := text[stop:]
			stop += len(rest) - len(strings.TrimLeftFunc(rest, unicode.IsSpace))
		}
		if done < start {
			dst = between(dst, text[done:start])
		}
		dst = append(dst, a.id)
		done = stop
	}
	if done < len(text) {
		dst = between(dst, text[done:])
	}
	return dst
}

// Special returns the id of the special token with this content, such as
// <|im_start|>, for templates; Encode never returns it.
func (t *Tokenizer) Special(content string) (id int32, ok bool) {
	for _, a := range t.added {
		if a.special && a.content == content {
			return a.id, true
		}
	}
	return 0, false
}

// decoded returns the bytes that the Hugging Face decoder makes of an added
// token: it takes content of the byte alphabet alone for bytes.
func (a *addedToken) decoded() string {
	if a.special {
		return ""
	}
	if raw, err := fromAlphabet(a.content); err == nil {
		return raw
	}
	return a.content
}

// normalize returns text in the form that the rules see.
func (t *Tokenizer) normalize(text string) string {
	if t.form == nil {
		return text
	}
	return t.form(text)
}
