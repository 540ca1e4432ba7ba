// Package token is a byte-level BPE tokenizer: it learns one from text,
// encodes and decodes with it, and reads and writes it as the tokenizer.json
// of the Hugging Face tokenizers library.
//
// Text is cut into pre-tokens by the rule of Qwen2, or by that of the file (those
// of GPT-2 and Llama 3, Digits, and sequences: split.go, pretoken.go); the bytes of
// each pre-token are then merged pair by pair in the order in which the merges
// were learned (Sennrich et al., arXiv:1508.07909, on bytes as in GPT-2). Every
// byte has a token of its own, so there is no unknown token and
// Decode(Encode(s)) == s for every string, also one that is not UTF-8, unless a
// file asks for a space at the start, normalization or tokens that take spaces.
//
// What it refuses: user text never becomes a special token, so
// Encode("<|endoftext|>") gives ordinary tokens (the Hugging Face library would
// give the special id there). No token is added at either end. Files with a
// normalizer other than NFC, another pre-tokenizer, added tokens of whole words
// only, dropout or byte fallback are errors and never read as something near to
// them.
package token

import "strings"

// endOfText is the content of the one special token in files.
const endOfText = "<|endoftext|>"

// Ids of a trained tokenizer: the special token, then the 256 bytes, then what
// the merges make. A tokenizer read from a file keeps the ids of the file.
const (
	trainedEnd  = 0
	trainedByte = 1
	minVocab    = trainedByte + 256
)

// A Tokenizer turns text into token ids and back. It does not change once made
// and may be used from several goroutines.
type Tokenizer struct {
	tokens []string       // bytes of each id; "" for special tokens
	end    int32          // id of the special token
	byteID [256]int32     // id of each single byte
	merges []merge        // in the order of their rank
	rank   map[pair]int32 // index into merges

	vocab  int                 // ids below it are in the vocabulary of the model, others only added
	form   func(string) string // normalizer NFC, or nil
	stages []stage             // how text is cut into pre-tokens, in order
	whole  map[string]int32    // ignore_merges: id of every token, which a pre-token like it becomes whatever the merges say; else nil
	post   string              // post_processor as written to files

	added                []addedToken // in the order of the file
	inText, inNormalized *trie        // of added; nil if there is nothing to find
}

// merge joins the two tokens of pair into product.
type merge struct {
	pair
	product int32
}

// pair is two neighbouring ids in one word. As numbers, pairs are ordered by
// the left id, then by the right id.
type pair uint64

func pairOf(left, right int32) pair { return pair(uint32(left))<<32 | pair(uint32(right)) }

func (p pair) left() int32  { return int32(p >> 32) }
func (p pair) right() int32 { return int32(p & 0xffffffff) }

// newTokenizer indexes tokens and merges, which must be complete: every byte
// among the tokens, every pair at most once among the merges.
func newTokenizer(tokens []string, end int32, merges []merge) *Tokenizer {
	t := &Tokenizer{tokens: tokens, end: end, merges: merges, rank: make(map[pair]int32, len(merges)),
		vocab: len(tokens), stages: qwen2Stages(), post: byteLevel,
		added: []addedToken{{id: end, content: endOfText, special: true}}}
	for id, s := range tokens {
		if len(s) == 1 {
			t.byteID[s[0]] = int32(id)
		}
	}
	for i, m := range merges {
		t.rank[m.pair] = int32(i)
	}
	return t
}

// VocabSize returns the number of ids, the special token included: ids are
// 0 … VocabSize()-1.
func (t *Tokenizer) VocabSize() int { return len(t.tokens) }

// EndOfText returns the id of the special token that ends a text: <|endoftext|>,
// with the id 0, in a trained tokenizer; <|end_of_text|> in a file that has no
// <|endoftext|>. Encode never returns it.
func (t *Tokenizer) EndOfText() int32 { return t.end }

// AppendDecode appends the bytes of one token to dst. They may be part of a
// character only. Special tokens and an id outside the vocabulary append
// nothing.
func (t *Tokenizer) AppendDecode(dst []byte, id int32) []byte {
	if id < 0 || int(id) >= len(t.tokens) {
		return dst
	}
	return append(dst, t.tokens[id]...)
}

// Decode joins the bytes of ids. The result is valid UTF-8 only if the tokens
// complete each other's characters.
func (t *Tokenizer) Decode(ids []int32) string {
	var b strings.Builder
	for _, id := range ids {
		if id >= 0 && int(id) < len(t.tokens) {
			b.WriteString(t.tokens[id])
		}
	}
	return b.String()
}
