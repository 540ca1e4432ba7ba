package token

// nfc is Unicode normalization form C; nil where the program has none.
var nfc func(string) string

// SetNFC gives the program the normalization form C that the tokenizer.json of
// some models asks for; without it such a file is refused. It is to be called
// before any tokenizer is read, as package token/nfc does: a browser has the
// form built in and need not carry its tables, some 50 KB. The function must
// leave bytes that are not UTF-8 as they are.
func SetNFC(form func(string) string) { nfc = form }
