package token

import (
	"encoding/json/jsontext"
	"fmt"
	"strings"
)

// Bounds of what is read; Train stays far below them.
const (
	maxJSON   = 32 << 20 // bytes
	maxID     = 1 << 18  // Llama 3 has 128,256 ids, Qwen2 151,936
	maxMerges = 2 * maxID
)

// ReadJSON reads a tokenizer.json: what JSON writes, what the Hugging Face
// library saves for byte-level BPE with the pre-tokenizers of the package, added
// tokens and NFC (SetNFC), and merges in the old form "a b". Keys may come in any
// order, white space is free, and ids may be in any order without holes; settings
// that would change a single id and are not known are refused. An error names the
// place as a JSON pointer and the byte offset behind it.
func ReadJSON(tokenizerJSON []byte) (*Tokenizer, error) {
	if len(tokenizerJSON) > maxJSON {
		return nil, fmt.Errorf("token: tokenizer.json has %d bytes, the limit is %d", len(tokenizerJSON), maxJSON)
	}
	r := &reader{jsonReader: newJSONReader(tokenizerJSON), ids: map[string]int32{}, special: map[int32]bool{}, post: byteLevel}
	err := r.file()
	if err == nil {
		err = r.checkVocab()
	}
	var merges []merge
	if err == nil {
		merges, err = r.resolve()
	}
	if err != nil {
		return nil, fmt.Errorf("token: tokenizer.json: %w", err)
	}
	return r.tokenizer(merges), nil
}

// tokenizer puts together what was read and checked.
func (r *reader) tokenizer(merges []merge) *Tokenizer {
	t := newTokenizer(r.raw, r.end, merges)
	t.vocab, t.stages, t.post, t.added = len(r.ids), r.stages, r.post, r.added
	for b, c := range byteRune {
		t.byteID[b] = r.ids[string(c)] // not that of an added token of one byte
	}
	if r.ignoreMerges {
		t.whole = make(map[string]int32, t.vocab)
		for id, raw := range r.raw[:t.vocab] {
			if raw != "" {
				t.whole[raw] = int32(id)
			}
		}
	}
	t.form = r.form
	t.indexAdded()
	return t
}

// reader collects the parts of the file that vary.
type reader struct {
	jsonReader
	end    int32            // id of the special token that ends a text
	names  []string         // tokens by id, in the byte alphabet; "" where none was seen
	raw    []string         // their bytes; "" for special tokens
	ids    map[string]int32 // id of each name
	merges [][2]string      // names of both parts

	stages        []stage
	byteLevelSeen bool // among stages, as the last
	ignoreMerges  bool
	form          func(string) string
	post          string

	added   []addedToken
	special map[int32]bool // ids
	foreign []foreign
}

// foreign is a name in the vocabulary that is not written in the byte alphabet,
// which only an added token may be, and what is wrong with it otherwise.
type foreign struct {
	name string
	err  error
}

// file reads the whole file in the form of version 1.0.
func (r *reader) file() error {
	null := r.oneOf(`null`)
	err := r.object([]field{
		{name: "version", read: r.oneOf(`"1.0"`)},
		{name: "truncation", read: null, optional: true},
		{name: "padding", read: null, optional: true},
		{name: "added_tokens", read: r.addedTokens},
		{name: "normalizer", read: r.normalizer, optional: true},
		{name: "pre_tokenizer", read: r.preTokenizer},
		{name: "post_processor", read: r.postProcessor, optional: true},
		{name: "decoder", read: r.byteLevel},
		{name: "model", read: r.model},
	})
	if err != nil {
		return err
	}
	return r.atEnd()
}

// normalizer reads null, NFC, or a Sequence of NFC alone.
func (r *reader) normalizer() error {
	v, err := r.value()
	if err != nil {
		return err
	}
	switch got := string(canonical(v)); got {
	case `null`, `{"normalizers":[],"type":"Sequence"}`:
		return nil
	case nfcJSON, `{"normalizers":[` + nfcJSON + `],"type":"Sequence"}`:
		if r.form = nfc; nfc == nil {
			return r.fail("normalizer NFC: this program has no Unicode normalization (token.SetNFC)")
		}
		return nil
	default:
		return r.fail("normalizer is %.200s, can only read null or %s", got, nfcJSON)
	}
}

// byteLevel reads a ByteLevel of any settings: as a decoder it has no use for
// them, and as a post-processor it moves only offsets.
func (r *reader) byteLevel() error {
	either := r.oneOf(`false`, `true`)
	return r.object([]field{
		{name: "type", read: r.oneOf(`"ByteLevel"`)},
		{name: "add_prefix_space", read: either, optional: true},
		{name: "trim_offsets", read: either, optional: true},
		{name: "use_regex", read: either, optional: true},
	})
}

func (r *reader) model() error {
	null, no, none := r.oneOf(`null`), r.oneOf(`false`), r.oneOf(`null`, `""`)
	return r.object([]field{
		{name: "type", read: r.oneOf(`"BPE"`)},
		{name: "dropout", read: null, optional: true},
		{name: "unk_token", read: null, optional: true},
		{name: "continuing_subword_prefix", read: none, optional: true},
		{name: "end_of_word_suffix", read: none, optional: true},
		{name: "fuse_unk", read: no, optional: true},
		{name: "byte_fallback", read: no, optional: true},
		{name: "ignore_merges", read: func() (err error) { r.ignoreMerges, err = r.boolean(); return err }, optional: true},
		{name: "vocab", read: func() error { return r.members(r.vocabEntry) }},
		{name: "merges", read: func() error { return r.elements(r.mergeEntry) }},
	})
}

// vocabEntry reads the id of one token.
func (r *reader) vocabEntry(name string) error {
	raw, err := fromAlphabet(name)
	if err != nil {
		if name == "" {
			return r.fail("%v", err)
		}
		r.foreign = append(r.foreign, foreign{name, r.fail("%v", err)})
	}
	id, err := r.id()
	if err != nil {
		return err
	}
	for int(id) >= len(r.names) {
		r.names = append(r.names, "")
		r.raw = append(r.raw, "")
	}
	if r.names[id] != "" {
		return r.fail("id %d is already that of %q", id, r.names[id])
	}
	r.names[id], r.raw[id], r.ids[name] = name, raw, id
	return nil
}

// mergeEntry reads one merge, as ["a","b"] or "a b".
func (r *reader) mergeEntry() error {
	if len(r.merges) == maxMerges {
		return r.fail("more than %d merges", maxMerges)
	}
	if r.dec.PeekKind() == jsontext.KindString {
		s, err := r.text()
		if err != nil {
			return err
		}
		left, right, ok := strings.Cut(s, " ")
		if !ok {
			return r.fail("merge %q has no space between two tokens", s)
		}
		r.merges = append(r.merges, [2]string{left, right})
		return nil
	}
	var parts [2]string
	n := 0
	err := r.elements(func() error {
		s, err := r.text()
		if n < len(parts) {
			parts[n] = s
		}
		n++
		return err
	})
	if err == nil && n != len(parts) {
		err = r.fail("merge has %d tokens, want 2", n)
	}
	r.merges = append(r.merges, parts)
	return err
}

// checkVocab checks what can be seen only when the vocabulary is complete.
func (r *reader) checkVocab() error {
	for id, name := range r.names {
		if name == "" {
			return fmt.Errorf("/model/vocab: no token has id %d, but there is an id %d: ids must have no holes", id, len(r.names)-1)
		}
	}
	if err := r.checkAdded(); err != nil {
		return err
	}
	for b, c := range byteRune {
		id, ok := r.ids[string(c)]
		if !ok {
			return fmt.Errorf("/model/vocab: token %q for the byte 0x%02x is missing", c, b)
		}
		if r.special[id] {
			return fmt.Errorf("/added_tokens: %q is the token of the byte 0x%02x and cannot be special", c, b)
		}
	}
	return nil
}

// resolve looks the merges up in the vocabulary.
func (r *reader) resolve() ([]merge, error) {
	merges := make([]merge, len(r.merges))
	seen := make(map[pair]int, len(r.merges))
	for i, parts := range r.merges {
		var ids [3]int32
		for j, name := range []string{parts[0], parts[1], parts[0] + parts[1]} {
			id, ok := r.ids[name]
			if !ok || r.special[id] {
				return nil, fmt.Errorf("/model/merges/%d: merge of %q and %q: token %q is not in the vocabulary", i, parts[0], parts[1], name)
			}
			ids[j] = id
		}
		p := pairOf(ids[0], ids[1])
		if first, ok := seen[p]; ok {
			return nil, fmt.Errorf("/model/merges/%d: merge of %q and %q stands already at %d", i, parts[0], parts[1], first)
		}
		seen[p] = i
		merges[i] = merge{p, ids[2]}
	}
	return merges, nil
}
