package main

import (
	"os"
	"path/filepath"

	"dpolab/core/ckpt"
	"dpolab/core/model"
	"dpolab/core/token"
	_ "dpolab/core/token/nfc" // models whose tokenizer asks for NFC
)

// replaceFile writes a file so that it is never seen half written.
func replaceFile(path string, b []byte) error {
	if err := os.WriteFile(path+".tmp", b, 0o644); err != nil {
		return err
	}
	return os.Rename(path+".tmp", path)
}

// readModel reads a model and its tokenizer from a folder as transformers keeps it.
func readModel(dir string) (*model.Model, *token.Tokenizer, error) {
	var data [3][]byte
	for i, name := range []string{"config.json", "tokenizer.json", "model.safetensors"} {
		var err error
		if data[i], err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			return nil, nil, badInput{err}
		}
	}
	tok, err := token.ReadJSON(data[1])
	if err != nil {
		return nil, nil, badf("%s: %w", filepath.Join(dir, "tokenizer.json"), err)
	}
	m, err := ckpt.ReadModel(data[0], data[2])
	if err != nil {
		return nil, nil, badf("%s: %w", dir, err)
	}
	if m.Vocab != tok.VocabSize() {
		return nil, nil, badf("%s: config.json has a vocabulary of %d tokens, tokenizer.json one of %d: they do not belong together", dir, m.Vocab, tok.VocabSize())
	}
	return m, tok, nil
}
