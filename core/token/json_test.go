package token

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// change returns the file of a small tokenizer with old, which must be in it
// once, replaced by new.
func change(t *testing.T, old, new string) []byte {
	t.Helper()
	tok, err := Train([]string{"ab", "abc", "abc"}, minVocab+2)
	if err != nil {
		t.Fatal(err)
	}
	file := string(tok.JSON())
	if strings.Count(file, old) != 1 {
		t.Fatalf("%q occurs %d times in %s", old, strings.Count(file, old), file)
	}
	return []byte(strings.Replace(file, old, new, 1))
}

func TestReadJSONAccepts(t *testing.T) {
	want := change(t, `"1.0"`, `"1.0"`)
	for _, c := range []struct{ name, old, new string }{
		{"white space", `"version":"1.0",`, "\n  \"version\" : \"1.0\" ,\n"},
		{"no post-processor", `"post_processor":` + byteLevel, `"post_processor":null`},
		{"decoder of other settings", `"decoder":` + byteLevel, `"decoder":{"type":"ByteLevel","add_prefix_space":true,"use_regex":true}`},
		{"missing optional fields", `"truncation":null,"padding":null,`, ``},
		{"key order", `"type":"Sequence","pretokenizers":[`, `"type":"Sequence",  "pretokenizers":[`},
		{"older model options", `"fuse_unk":false,"byte_fallback":false,"ignore_merges":false,`, `"fuse_unk":false,`},
		{"empty affixes", `"continuing_subword_prefix":null,"end_of_word_suffix":null`, `"continuing_subword_prefix":"","end_of_word_suffix":""`},
		{"old merges", `"merges":[["a","b"],["ab","c"]]`, `"merges":["a b","ab c"]`},
		{"model keys in another order", modelOptions + `,`, strings.Replace(modelOptions, `"type":"BPE",`, ``, 1) + `,"type":"BPE",`},
		{"escapes", `"<|endoftext|>":0`, `"\u003c|endoftext|\u003e":0`},
	} {
		tok, err := ReadJSON(change(t, c.old, c.new))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := tok.JSON(); !bytes.Equal(got, want) {
			t.Errorf("%s: read as %s", c.name, got)
		}
	}
}

func TestReadJSONRefuses(t *testing.T) {
	special := `{"id":0,"content":"<|endoftext|>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}`
	for _, c := range []struct{ name, old, new, want string }{
		{"version", `"1.0"`, `"2.0"`, `/version (before byte 16): value is "2.0", can only read "1.0"`},
		{"missing version", `"version":"1.0",`, ``, `field "version" is missing`},
		{"unknown field", `"version":"1.0",`, `"version":"1.0","extra":1,`, `/extra (before byte 24): unknown field`},
		{"field twice", `"version":"1.0",`, `"version":"1.0","version":"1.0",`, `duplicate object member name "version"`},
		{"truncation", `"truncation":null`, `"truncation":{"max_length":5}`, `/truncation`},
		{"normalizer", `"normalizer":null`, `"normalizer":{"type":"NFKC"}`, `/normalizer (before byte 214): normalizer is {"type":"NFKC"}, can only read null`},
		{"other regex", `\\p{N}|`, `\\p{N}{1,2}|`, `/pre_tokenizer`},
		{"other behaviour", `"behavior":"Isolated"`, `"behavior":"Removed"`, `Split with behavior "Removed"`},
		{"inverted split", `"invert":false`, `"invert":true`, `invert true`},
		{"unknown pre-tokenizer", `"type":"Sequence","pretokenizers":[`, `"type":"Sequence","pretokenizers":[{"type":"Whitespace"},`, `pre-tokenizer "Whitespace" cannot be read`},
		{"ByteLevel not last", `"type":"Sequence","pretokenizers":[`, `"type":"Sequence","pretokenizers":[` + byteLevel + `,`, `pre-tokenizer Split after ByteLevel`},
		{"no ByteLevel", `,"behavior":"Isolated","invert":false},` + byteLevel, `,"behavior":"Isolated","invert":false}`, `no ByteLevel at the end`},
		{"field of another kind", `"invert":false`, `"invert":false,"individual_digits":true`, `fields that are not its own`},
		{"post-processor", `"post_processor":` + byteLevel, `"post_processor":{"type":"BertProcessing"}`, `/post_processor`},
		{"another decoder", `"decoder":` + byteLevel, `"decoder":{"type":"Fuse"}`, `/decoder/type`},
		{"no decoder", `"decoder":` + byteLevel, `"decoder":null`, `/decoder`},
		{"no added token", special, ``, `/added_tokens: want the added token <|endoftext|>`},
		{"two added tokens", special, special + `,` + special, `/added_tokens/1: "<|endoftext|>" is there a second time`},
		{"another added token", `"content":"<|endoftext|>"`, `"content":"</s>"`, `/added_tokens/0: "</s>" has the id 0, but it is not in the vocabulary, and the next id behind that is 259`},
		{"no special token", `"special":true`, `"special":false`, `with special true`},
		{"whole words only", `"single_word":false`, `"single_word":true`, `/added_tokens/0/single_word`},
		{"special byte", special, special + `,` + strings.Replace(strings.Replace(special, "<|endoftext|>", "a", 1), `"id":0`, `"id":66`, 1), `"a"`},
		{"special id", `"added_tokens":[{"id":0`, `"added_tokens":[{"id":5`, `"<|endoftext|>" has the id 5, but in the vocabulary it has the id 0`},
		{"model type", `"type":"BPE"`, `"type":"WordLevel"`, `/model/type (before byte`},
		{"dropout", `"dropout":null`, `"dropout":0.1`, `/model/dropout`},
		{"unknown token", `"unk_token":null`, `"unk_token":"<unk>"`, `/model/unk_token`},
		{"byte fallback", `"byte_fallback":false`, `"byte_fallback":true`, `/model/byte_fallback`},
		{"ignored merges", `"ignore_merges":false`, `"ignore_merges":1`, `/model/ignore_merges`},
		{"same id twice", `"abc":258`, `"abc":257`, `/model/vocab/abc (before byte`},
		{"hole", `"abc":258`, `"abc":259`, `no token has id 258, but there is an id 259`},
		{"negative id", `"abc":258`, `"abc":-1`, `id is -1, want a whole number from 0 to 262143`},
		{"fraction", `"abc":258`, `"abc":258.5`, `id is 258.5`},
		{"huge id", `"abc":258`, `"abc":99999999999999999999`, `id is 99999999999999999999`},
		{"string as id", `"abc":258`, `"abc":"258"`, `want an id, got string`},
		{"token twice", `"abc":258`, `"abc":258,"abc":258`, `duplicate object member name "abc"`},
		{"space in a token", `"abc":258`, `"abc":258," b":259`, `token " b" has the character ' ', which is not in the byte alphabet`},
		{"word token", `"abc":258`, `"abc":258,"猫":259`, `token "猫" has the character '猫'`},
		{"empty token", `"abc":258`, `"abc":258,"":259`, `token is empty`},
		{"missing byte", `"ÿ":256`, `"ab!":256`, `token 'ÿ' for the byte 0xff is missing`},
		{"special token missing", `"<|endoftext|>":0`, `"bc":0`, `/added_tokens/0: "<|endoftext|>" has the id 0, but it is not in`},
		{"missing part", `["ab","c"]`, `["ab","cc"]`, `/model/merges/1: merge of "ab" and "cc": token "cc" is not in the vocabulary`},
		{"missing product", `["ab","c"]`, `["ab","d"]`, `/model/merges/1: merge of "ab" and "d": token "abd" is not`},
		{"merge of the special token", `["ab","c"]`, `["<|endoftext|>","c"]`, `/model/merges/1`},
		{"merge twice", `["ab","c"]`, `["a","b"]`, `/model/merges/1: merge of "a" and "b" stands already at 0`},
		{"merge of three", `["ab","c"]`, `["a","b","c"]`, `/model/merges/1 (before byte`},
		{"merge of one", `["ab","c"]`, `["abc"]`, `merge has 1 tokens, want 2`},
		{"merge of numbers", `["ab","c"]`, `[1,2]`, `/model/merges/1/0 (before byte`},
		{"old merge without a space", `["ab","c"]`, `"abc"`, `merge "abc" has no space`},
		{"old merge of three", `["ab","c"]`, `"a b c"`, `token "b c" is not in the vocabulary`},
		{"merges as an object", `[["a","b"],["ab","c"]]`, `{}`, `/model/merges (before byte`},
		{"not closed", `["ab","c"]]}}`, `["ab","c"]`, `EOF`},
		{"text behind", `["ab","c"]]}}`, `["ab","c"]]}} {}`, `a second value follows`},
		{"not JSON", `{"version"`, `{version`, `invalid character 'v'`},
		{"not UTF-8", `"abc":258`, "\"ab\xff\":258", `invalid UTF-8`},
	} {
		tok, err := ReadJSON(change(t, c.old, c.new))
		if err == nil {
			t.Errorf("%s: read as a tokenizer of %d tokens, want an error", c.name, tok.VocabSize())
			continue
		}
		if got := err.Error(); !strings.Contains(got, c.want) || !strings.HasPrefix(got, "token: tokenizer.json: ") {
			t.Errorf("%s: error is\n%s\nwant it to say\n%s", c.name, got, c.want)
		}
	}
}

// TestNFC needs what the host gives.
func TestNFC(t *testing.T) {
	file := change(t, `"normalizer":null`, `"normalizer":{"type":"NFC"}`)
	defer SetNFC(nfc)
	SetNFC(nil)
	if _, err := ReadJSON(file); err == nil || !strings.Contains(err.Error(), "normalizer NFC: this program has no") {
		t.Errorf("without a normalizer the error is %v", err)
	}
	SetNFC(func(s string) string { return strings.ReplaceAll(s, "B", "b") })
	tok, err := ReadJSON(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := tok.Decode(tok.Encode("aBc")); got != "abc" || !bytes.Equal(tok.JSON(), file) {
		t.Errorf("the host's normalizer makes %q of aBc, and the file is written as %s", got, tok.JSON())
	}
}

func TestReadJSONSize(t *testing.T) {
	if _, err := ReadJSON(make([]byte, maxJSON+1)); err == nil || !strings.Contains(err.Error(), "33554433 bytes") {
		t.Errorf("error is %v, want the size", err)
	}
	if _, err := ReadJSON(nil); err == nil {
		t.Error("an empty file is read, want an error")
	}
}

// TestSpecialElsewhere reads a file whose ids are not in our order.
func TestSpecialElsewhere(t *testing.T) {
	file := string(change(t, `"added_tokens":[{"id":0`, `"added_tokens":[{"id":258`))
	file = strings.Replace(file, `"<|endoftext|>":0`, `"abc":0`, 1)
	file = strings.Replace(file, `"abc":258`, `"<|endoftext|>":258`, 1)
	tok, err := ReadJSON([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	if ids := tok.Encode("abc"); tok.EndOfText() != 258 || len(ids) != 1 || ids[0] != 0 {
		t.Errorf("end of text is %d, Encode(abc) = %v; want 258 and [0]", tok.EndOfText(), ids)
	}
	if got := tok.JSON(); !strings.Contains(string(got), `"vocab":{"abc":0,`) {
		t.Errorf("written as %s, want the ids kept", got)
	}
}

func TestConfigJSON(t *testing.T) {
	want := `{"tokenizer_class":"PreTrainedTokenizerFast","bos_token":"<|endoftext|>","eos_token":"<|endoftext|>","model_max_length":128,"clean_up_tokenization_spaces":false}` + "\n"
	if got := string(trained(t).ConfigJSON(128)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAlphabet(t *testing.T) {
	for raw, want := range map[string]string{"a b\n": "aĠbĊ", "\x00\xad\xff~!": "ĀŃÿ~!", "\x7f\xa0\xa1": "ġł¡"} {
		if got := toAlphabet(raw); got != want {
			t.Errorf("%q is written %q, want %q", raw, got, want)
		}
		if got, err := fromAlphabet(want); got != raw || err != nil {
			t.Errorf("%q is read as %q, %v, want %q", want, got, err, raw)
		}
	}
}

func FuzzReadJSON(f *testing.F) {
	tok, err := Train([]string{"ab", "abc", "abc"}, minVocab+2)
	if err != nil {
		f.Fatal(err)
	}
	file := string(tok.JSON())
	f.Add([]byte(file))
	for _, old := range []string{`"1.0"`, `null`, `0`, `[`, `{`, `]`, `}`, `258`, `"a"`, `,`, `:`, `"merges"`} {
		f.Add([]byte(strings.Replace(file, old, "", 1)))
		f.Add([]byte(strings.Replace(file, old, `{"a":[-1e999]}`, 1)))
	}
	f.Add([]byte(strings.Repeat("[", 11000)))
	f.Fuzz(func(t *testing.T, data []byte) {
		tok, err := ReadJSON(data)
		if err != nil {
			return
		}
		written := tok.JSON()
		again, err := ReadJSON(written)
		if err != nil {
			t.Fatalf("cannot read what was written: %v", err)
		}
		if !bytes.Equal(again.JSON(), written) {
			t.Error("reading and writing changes the tokenizer")
		}
		if tok.form != nil || len(tok.added) > 1 || slices.ContainsFunc(tok.stages, func(s stage) bool { return s.prefix }) {
			return // text may change
		}
		for _, s := range seeds {
			if got := tok.Decode(tok.Encode(s)); got != s {
				t.Errorf("Decode(Encode(%q)) = %q", s, got)
			}
		}
	})
}
