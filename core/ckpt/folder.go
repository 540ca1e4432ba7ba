package ckpt

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"

	"dpolab/core/model"
	"dpolab/core/token"
)

// ReadModel reads a model from its config.json and model.safetensors. The file's
// tensors must be exactly those of the config's table, with its shapes and finite
// numbers; the error names each that is not. Memory for the weights is taken only
// when all of them are there.
func ReadModel(configJSON, safetensors []byte) (*model.Model, error) {
	c, err := ReadConfig(configJSON)
	if err != nil {
		return nil, err
	}
	f, err := Read(safetensors)
	if err != nil {
		return nil, err
	}
	table := c.Tensors()
	stored, err := match(table, f)
	if err != nil {
		return nil, err
	}
	m, err := model.New(c)
	if err != nil {
		return nil, err
	}
	for i, row := range table {
		w := m.Weights[row.Off : row.Off+row.Len]
		if err := stored[i].Float32s(w); err != nil {
			return nil, fmt.Errorf("model: %w", err)
		}
		if err := finite(row.Name, w); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// match finds the file's tensor for each row of the table.
func match(table []model.Tensor, f *File) ([]Tensor, error) {
	left := make(map[string]Tensor, len(f.Tensors))
	for _, t := range f.Tensors {
		left[t.Name] = t
	}
	var wrong problems
	stored := make([]Tensor, len(table))
	for i, row := range table {
		t, ok := left[row.Name]
		delete(left, row.Name)
		switch {
		case !ok:
			wrong.add("tensor %q is missing: config.json implies it with shape %v", row.Name, row.Shape)
		case !slices.Equal(t.Shape, row.Shape):
			wrong.add("tensor %q has shape %s, config.json implies %v", row.Name, shortShape(t.Shape), row.Shape)
		}
		stored[i] = t
	}
	for _, name := range sortedKeys(left) {
		if name == "lm_head.weight" {
			wrong.add("tensor %q is stored although tie_word_embeddings says that it is the embedding", name)
			continue
		}
		wrong.add("tensor %s belongs to nothing that config.json names", short(name))
	}
	return stored, wrong.join()
}

// problems gathers errors, of which it words only the first few.
type problems struct {
	errs []error
	more int
}

func (p *problems) add(format string, args ...any) {
	const most = 20
	if len(p.errs) == most {
		p.more++
		return
	}
	p.errs = append(p.errs, fmt.Errorf("model: "+format, args...))
}

func (p *problems) join() error {
	if p.more > 0 {
		return errors.Join(append(p.errs, fmt.Errorf("model: and %d more such tensors", p.more))...)
	}
	return errors.Join(p.errs...)
}

// finite refuses infinities and NaN.
func finite(name string, x []float32) error {
	for i, v := range x {
		if v-v != 0 {
			return fmt.Errorf("model: tensor %q: element %d is %g, not a finite number", name, i, v)
		}
	}
	return nil
}

// WriteModel is the model as a safetensors file, every number rounded to dtype. A
// number that is not finite, or too large for dtype, is an error.
func WriteModel(m *model.Model, dtype DType) (*File, error) {
	f := new(File)
	for _, row := range m.Tensors() {
		w := m.Weights[row.Off : row.Off+row.Len]
		if err := finite(row.Name, w); err != nil {
			return nil, err
		}
		t, err := FromFloat32(row.Name, dtype, row.Shape, w)
		if err != nil {
			return nil, fmt.Errorf("model: %w", err)
		}
		f.Tensors = append(f.Tensors, t)
	}
	return f, nil
}

// NamedFile is one file of a folder.
type NamedFile struct {
	Name string
	Data []byte
}

// Folder is a model as transformers stores it and loads it with AutoModelForCausalLM
// and AutoTokenizer, in this order: config.json, generation_config.json,
// model.safetensors, tokenizer.json, tokenizer_config.json. Model and tokenizer
// must have the same vocabulary size.
func Folder(m *model.Model, tok *token.Tokenizer, dtype DType) ([]NamedFile, error) {
	if m.Vocab != tok.VocabSize() {
		return nil, fmt.Errorf("model folder: the model has %d tokens, the tokenizer %d: they do not belong together", m.Vocab, tok.VocabSize())
	}
	if m.Hidden%m.Heads != 0 {
		return nil, fmt.Errorf("model folder: hidden_size %d is not a multiple of num_attention_heads %d, which transformers requires", m.Hidden, m.Heads)
	}
	f, err := WriteModel(m, dtype)
	if err != nil {
		return nil, err
	}
	var weights bytes.Buffer
	if err := Write(&weights, f); err != nil {
		return nil, err
	}
	eos := tok.EndOfText()
	return []NamedFile{
		{"config.json", ConfigJSON(m.Config, eos)},
		{"generation_config.json", generationJSON(eos)},
		{"model.safetensors", weights.Bytes()},
		{"tokenizer.json", tok.JSON()},
		{"tokenizer_config.json", tok.ConfigJSON(m.Context)},
	}, nil
}

// sortedKeys makes the order of a map's names the same in every run.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
