package pref

import "encoding/json/jsontext"

// AppendJSONL appends pairs to dst as JSON Lines that Read reads back: one
// {"prompt":…,"chosen":…,"rejected":…} and a line feed each. Bytes that are not
// UTF-8 become U+FFFD.
func AppendJSONL(dst []byte, pairs []Pair) []byte {
	for _, p := range pairs {
		dst = appendField(dst, `{"prompt":`, p.Prompt)
		dst = appendField(dst, `,"chosen":`, p.Chosen)
		dst = appendField(dst, `,"rejected":`, p.Rejected)
		dst = append(dst, "}\n"...)
	}
	return dst
}

// appendField appends name and the quoted value.
func appendField(dst []byte, name, value string) []byte {
	// The error reports only bytes that are not UTF-8, already replaced.
	dst, _ = jsontext.AppendQuote(append(dst, name...), value)
	return dst
}
