package token

import (
	"bytes"
	"encoding/json/jsontext"
	"fmt"
	"slices"
)

// maxAdded bounds the added tokens; Llama 3 has 256, Phi and Pythia some dozens.
const maxAdded = 4096

// endNames are the special tokens that may end a text, the best first.
var endNames = []string{endOfText, "<|end_of_text|>"}

// addedTokens reads the list of added tokens.
func (r *reader) addedTokens() error {
	return r.elements(func() error {
		if len(r.added) == maxAdded {
			return r.fail("more than %d added tokens", maxAdded)
		}
		var a addedToken
		flag := func(to *bool) func() error {
			return func() (err error) { *to, err = r.boolean(); return err }
		}
		err := r.object([]field{
			{name: "id", read: func() (err error) { a.id, err = r.id(); return err }},
			{name: "content", read: func() (err error) { a.content, err = r.text(); return err }},
			{name: "single_word", read: r.oneOf(`false`)},
			{name: "lstrip", read: flag(&a.lstrip)},
			{name: "rstrip", read: flag(&a.rstrip)},
			{name: "normalized", read: flag(&a.normalized)},
			{name: "special", read: flag(&a.special)},
		})
		if err == nil && a.content == "" {
			err = r.fail("added token is empty")
		}
		r.added = append(r.added, a)
		return err
	})
}

// checkAdded holds the added tokens against the vocabulary and gives those that
// are not in it their ids, which must follow the vocabulary: the Hugging Face
// library gives them these ids whatever the file says.
func (r *reader) checkAdded() error {
	special := map[string]bool{}
	for i := range r.added {
		a := &r.added[i]
		if _, ok := special[a.content]; ok {
			return fmt.Errorf("/added_tokens/%d: %q is there a second time", i, a.content)
		}
		special[a.content] = a.special
		id, ok := r.ids[a.content]
		if !ok {
			id = int32(len(r.names))
			r.names = append(r.names, a.content)
			r.raw = append(r.raw, "")
		}
		if id != a.id {
			where := "in the vocabulary it has the id"
			if !ok {
				where = "it is not in the vocabulary, and the next id behind that is"
			}
			return fmt.Errorf("/added_tokens/%d: %q has the id %d, but %s %d", i, a.content, a.id, where, id)
		}
		r.raw[id] = a.decoded()
		if a.special {
			r.special[id] = true
		}
	}
	for _, p := range r.foreign {
		if _, ok := special[p.name]; !ok {
			return p.err
		}
	}
	for _, name := range endNames {
		if special[name] {
			i := slices.IndexFunc(r.added, func(a addedToken) bool { return a.content == name })
			r.end = r.added[i].id
			return nil
		}
	}
	return fmt.Errorf("/added_tokens: want the added token %s or %s, with special true", endNames[0], endNames[1])
}

// postProcessor reads a post-processor. ByteLevel moves only offsets;
// TemplateProcessing puts special tokens around a text, which Encode never does
// (the host asks for them by name), so it is only kept for writing.
func (r *reader) postProcessor() error {
	v, err := r.value()
	if err != nil {
		return err
	}
	switch in := (&reader{jsonReader: newJSONReader(v)}); in.dec.PeekKind() {
	case jsontext.KindNull:
		return nil
	default:
		if in.byteLevel() == nil {
			return nil
		}
	}
	if err := checkPost(v, 0); err != nil {
		return r.fail("%v", err)
	}
	kept := jsontext.Value(bytes.TrimSpace(v))
	if err := kept.Compact(); err != nil {
		return r.fail("%v", err)
	}
	r.post = string(kept)
	return nil
}

// checkPost allows ByteLevel, TemplateProcessing and a Sequence of them.
func checkPost(v jsontext.Value, depth int) error {
	in := newJSONReader(v)
	kind := ""
	var inner []jsontext.Value
	err := in.members(func(name string) (err error) {
		switch name {
		case "type":
			kind, err = in.text()
		case "processors":
			err = in.elements(func() error {
				v, err := in.value()
				inner = append(inner, v)
				return err
			})
		default:
			_, err = in.value()
		}
		return err
	})
	if err != nil {
		return err
	}
	switch {
	case kind == "ByteLevel" || kind == "TemplateProcessing":
		return nil
	case kind != "Sequence" || depth > 2:
		return fmt.Errorf("post-processor %q cannot be read, only Sequence, ByteLevel and TemplateProcessing", kind)
	}
	for _, v := range inner {
		if err := checkPost(v, depth+1); err != nil {
			return err
		}
	}
	return nil
}
