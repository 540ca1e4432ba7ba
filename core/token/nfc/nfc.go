// Package nfc gives package token the normalization form C of
// golang.org/x/text; import it for this effect in programs that are not
// downloaded. In WebAssembly it costs 50 KB (brotli), and a browser
// has the form built in.
//
// It is that of Unicode 17. The tokenizers library 0.22.1 agrees on every
// character, alone and among combining marks, except 154 marks that later
// versions of Unicode added, which it does not put in order.
package nfc

import (
	"dpolab/core/token"
	"golang.org/x/text/unicode/norm"
)

func init() { token.SetNFC(norm.NFC.String) }
