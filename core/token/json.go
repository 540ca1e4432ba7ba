package token

import (
	"encoding/json/jsontext"
	"strconv"
)

// Parts of tokenizer.json that are the same in every file written.
const (
	byteLevel    = `{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":false,"use_regex":false}`
	nfcJSON      = `{"type":"NFC"}`
	modelOptions = `"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":null,"end_of_word_suffix":null,"fuse_unk":false,"byte_fallback":false`
)

// JSON returns the tokenizer as a tokenizer.json of version 1.0: compact UTF-8,
// the vocabulary in the order of its ids, merges in the order of their rank.
// The same tokenizer always gives the same bytes, and ReadJSON reads them.
func (t *Tokenizer) JSON() []byte {
	names := make([]string, len(t.tokens)) // quoted
	for id, raw := range t.tokens {
		names[id] = quote(toAlphabet(raw))
	}
	for _, a := range t.added {
		names[a.id] = quote(a.content)
	}

	b := []byte(`{"version":"1.0","truncation":null,"padding":null,"added_tokens":[`)
	for i, a := range t.added {
		b = appendComma(b, i)
		b = append(b, `{"id":`...)
		b = strconv.AppendInt(b, int64(a.id), 10)
		b = append(b, `,"content":`+names[a.id]+`,"single_word":false,"lstrip":`+boolean(a.lstrip)+`,"rstrip":`+boolean(a.rstrip)+
			`,"normalized":`+boolean(a.normalized)+`,"special":`+boolean(a.special)+`}`...)
	}
	b = append(b, ']')
	normalizer := `null`
	if t.form != nil {
		normalizer = nfcJSON
	}
	b = append(b, `,"normalizer":`+normalizer+`,"pre_tokenizer":`...)
	b = append(b, stagesJSON(t.stages)...)
	b = append(b, `,"post_processor":`+t.post+`,"decoder":`+byteLevel+`,"model":{`+modelOptions+`,"ignore_merges":`+boolean(t.whole != nil)...)
	b = append(b, `,"vocab":{`...)
	for id, name := range names[:t.vocab] {
		b = appendComma(b, id)
		b = append(b, name...)
		b = append(b, ':')
		b = strconv.AppendInt(b, int64(id), 10)
	}
	b = append(b, `},"merges":[`...)
	for i, m := range t.merges {
		b = appendComma(b, i)
		b = append(b, '[')
		b = append(b, names[m.left()]...)
		b = append(b, ',')
		b = append(b, names[m.right()]...)
		b = append(b, ']')
	}
	return append(b, "]}}\n"...)
}

// ConfigJSON returns the tokenizer_config.json that goes with JSON, for a model
// that sees context tokens at once. With both files AutoTokenizer of
// transformers 5.23.0 gives the ids of Encode, also beside a Llama config.json.
func (t *Tokenizer) ConfigJSON(context int) []byte {
	name := quote(endOfText)
	for _, a := range t.added {
		if a.id == t.end {
			name = quote(a.content)
		}
	}
	b := []byte(`{"tokenizer_class":"PreTrainedTokenizerFast","bos_token":` + name + `,"eos_token":` + name + `,"model_max_length":`)
	b = strconv.AppendInt(b, int64(context), 10)
	return append(b, ",\"clean_up_tokenization_spaces\":false}\n"...)
}

func appendComma(b []byte, i int) []byte {
	if i > 0 {
		b = append(b, ',')
	}
	return b
}

// quote returns s, which must be valid UTF-8, as a JSON string.
func quote(s string) string {
	b, err := jsontext.AppendQuote(nil, s)
	if err != nil {
		panic("token: " + err.Error()) // only for invalid UTF-8
	}
	return string(b)
}
