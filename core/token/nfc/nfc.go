// Package nfc gives package token the normalization form C of
// golang.org/x/text; import it for this effect in programs that are not
// downloaded. In WebAssembly it costs 50 KB (brotli), and a browser
// has the form built in.
package nfc

import (
	"dpolab/core/token"
	"golang.org/x/text/unicode/norm"
)

func init() { token.SetNFC(norm.NFC.String) }
