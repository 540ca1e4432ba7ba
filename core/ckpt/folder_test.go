package ckpt

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"dpolab/core/model"
	"dpolab/core/token"
)

// small is an initialised model and its tokenizer.
func small(t *testing.T) (*model.Model, *token.Tokenizer) {
	t.Helper()
	tok, err := token.Train([]string{"ab ab ab abab abab"}, 259)
	if err != nil {
		t.Fatal(err)
	}
	c := tiny
	c.Vocab = tok.VocabSize()
	m, err := model.New(c)
	if err != nil {
		t.Fatal(err)
	}
	m.Init(1)
	return m, tok
}

// fileOf writes a model's tensors and hands them to change before they are packed.
func fileOf(t *testing.T, m *model.Model, dtype DType, change func(*File)) []byte {
	t.Helper()
	f, err := WriteModel(m, dtype)
	if err != nil {
		t.Fatal(err)
	}
	change(f)
	var b bytes.Buffer
	if err := Write(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestModel(t *testing.T) {
	m, _ := small(t)
	for _, tied := range []bool{true, false} {
		c := m.Config
		c.TieEmbeddings = tied
		m, err := model.New(c)
		if err != nil {
			t.Fatal(err)
		}
		m.Init(2)
		// F32 keeps every bit; the others round to 11 and 8 bits.
		for dtype, bits := range map[DType]int{F32: 60, F16: 11, BF16: 8} {
			back, err := ReadModel(ConfigJSON(c, 0), fileOf(t, m, dtype, func(*File) {}))
			if err != nil {
				t.Fatal(err)
			}
			if back.Config != c {
				t.Errorf("config %+v, want %+v", back.Config, c)
			}
			for i, w := range m.Weights {
				// 2^-25 is half a step of F16's subnormals.
				if d := math.Abs(float64(back.Weights[i] - w)); d > math.Ldexp(math.Abs(float64(w)), -bits)+math.Ldexp(1, -25) || dtype == F32 && d != 0 {
					t.Fatalf("%v, tied %t: weight %d is %g, want %g", dtype, tied, i, back.Weights[i], w)
				}
			}
		}
	}
}

func TestReadModelRefuses(t *testing.T) {
	m, _ := small(t)
	embed, norm := "model.embed_tokens.weight", "model.norm.weight"
	index := func(f *File, name string) int {
		return slices.IndexFunc(f.Tensors, func(x Tensor) bool { return x.Name == name })
	}
	for _, tc := range []struct {
		name   string
		change func(*File)
		want   []string
	}{
		{"missing", func(f *File) { f.Tensors = f.Tensors[2:] },
			[]string{`tensor "model.embed_tokens.weight" is missing: config.json implies it with shape [259 8]`,
				`tensor "model.layers.0.input_layernorm.weight" is missing`}},
		{"extra", func(f *File) {
			f.Tensors = append(f.Tensors, Tensor{Name: "b"}, Tensor{Name: "a"})
			for i := range 2 {
				f.Tensors[len(f.Tensors)-1-i].Shape = []int{0}
			}
		}, []string{`tensor "a" belongs to nothing`, `tensor "b" belongs to nothing`}},
		{"head of a tied model", func(f *File) {
			head := f.Tensors[index(f, embed)]
			head.Name = "lm_head.weight"
			f.Tensors = append(f.Tensors, head)
		}, []string{`tensor "lm_head.weight" is stored although tie_word_embeddings`}},
		{"transposed", func(f *File) { slices.Reverse(f.Tensors[index(f, embed)].Shape) },
			[]string{`"model.embed_tokens.weight" has shape [8 259], config.json implies [259 8]`}},
		{"one dimension more", func(f *File) { f.Tensors[index(f, norm)].Shape = []int{8, 1} },
			[]string{`"model.norm.weight" has shape [8 1], config.json implies [8]`}},
		{"NaN", func(f *File) { copy(f.Tensors[index(f, norm)].Data[4:], "\x00\x00\xc0\x7f") },
			[]string{`tensor "model.norm.weight": element 1 is NaN`}},
		{"infinite", func(f *File) { copy(f.Tensors[index(f, norm)].Data[28:], "\x00\x00\x80\xff") },
			[]string{`tensor "model.norm.weight": element 7 is -Inf`}},
		{"many extra", func(f *File) {
			for i := range 50 {
				f.Tensors = append(f.Tensors, Tensor{Name: fmt.Sprint("x", i), Shape: []int{0}})
			}
		}, []string{`"x0" belongs to nothing`, "and 30 more such tensors"}},
	} {
		_, err := ReadModel(ConfigJSON(m.Config, 0), fileOf(t, m, F32, tc.change))
		for _, want := range tc.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %v, want %q", tc.name, err, want)
			}
		}
	}
}

// TestConfigOfAnother: a config that names more than the file holds is refused
// before memory is taken for it.
func TestConfigOfAnother(t *testing.T) {
	m, _ := small(t)
	c := m.Config
	c.Vocab, c.Hidden = 1<<16, 1<<10
	_, err := ReadModel(ConfigJSON(c, 0), fileOf(t, m, F32, func(*File) {}))
	if err == nil || !strings.Contains(err.Error(), "config.json implies [65536 1024]") {
		t.Errorf("error %v, want the shape that the config implies", err)
	}
}

func TestWriteModelRefuses(t *testing.T) {
	m, _ := small(t)
	m.Weights[0] = 1e6
	if _, err := WriteModel(m, F16); err == nil || !strings.Contains(err.Error(), `"model.embed_tokens.weight": element 0 is 1e+06, too large for F16`) {
		t.Errorf("error %v for a number too large", err)
	}
	m.Weights[len(m.Weights)-1] = float32(math.NaN())
	if _, err := WriteModel(m, F32); err == nil || !strings.Contains(err.Error(), `"model.norm.weight": element 7 is NaN`) {
		t.Errorf("error %v for NaN", err)
	}
}

func TestFolder(t *testing.T) {
	m, tok := small(t)
	files, err := Folder(m, tok, F32)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	if want := []string{"config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"}; !slices.Equal(names, want) {
		t.Fatalf("files %v, want %v", names, want)
	}
	if got, want := string(files[1].Data), "{\n  \"bos_token_id\": 0,\n  \"eos_token_id\": 0\n}\n"; got != want {
		t.Errorf("%s is %s, want %s", files[1].Name, got, want)
	}
	back, err := ReadModel(files[0].Data, files[2].Data)
	if err != nil || !slices.Equal(back.Weights, m.Weights) || back.Config != m.Config {
		t.Errorf("the model is not what was written (%v)", err)
	}
	tok2, err := token.ReadJSON(files[3].Data)
	if err != nil || !slices.Equal(tok2.Encode("abab b"), tok.Encode("abab b")) {
		t.Errorf("the tokenizer is not what was written (%v)", err)
	}
	if !bytes.Contains(files[4].Data, []byte(`"model_max_length":32`)) {
		t.Errorf("%s: %s, want the context 32", files[4].Name, files[4].Data)
	}
}

func TestFolderRefuses(t *testing.T) {
	m, tok := small(t)
	m.Vocab++
	if _, err := Folder(m, tok, F32); err == nil || !strings.Contains(err.Error(), "the model has 260 tokens, the tokenizer 259") {
		t.Errorf("error %v for another vocabulary", err)
	}
	m.Vocab--
	m.Heads = 3
	if _, err := Folder(m, tok, F32); err == nil || !strings.Contains(err.Error(), "hidden_size 8 is not a multiple of num_attention_heads 3") {
		t.Errorf("error %v for heads that transformers refuses", err)
	}
}
