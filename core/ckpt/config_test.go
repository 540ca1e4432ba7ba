package ckpt

import (
	"strings"
	"testing"

	"dpolab/core/model"
)

// tiny is a config with every size different.
var tiny = model.Config{
	Vocab: 300, Hidden: 8, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 6, FFN: 12, Context: 32,
	RopeTheta: 10000, NormEps: 1e-5, TieEmbeddings: true,
}

// TestConfigJSON holds the file byte for byte, as transformers is strict about it.
func TestConfigJSON(t *testing.T) {
	const want = `{
  "architectures": ["LlamaForCausalLM"],
  "model_type": "llama",
  "vocab_size": 300,
  "hidden_size": 8,
  "intermediate_size": 12,
  "num_hidden_layers": 2,
  "num_attention_heads": 4,
  "num_key_value_heads": 2,
  "head_dim": 6,
  "hidden_act": "silu",
  "max_position_embeddings": 32,
  "initializer_range": 0.02,
  "rms_norm_eps": 1e-05,
  "use_cache": true,
  "bos_token_id": 7,
  "eos_token_id": 7,
  "pad_token_id": null,
  "tie_word_embeddings": true,
  "attention_bias": false,
  "attention_dropout": 0.0,
  "mlp_bias": false,
  "rope_theta": 10000.0,
  "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0},
  "torch_dtype": "float32"
}
`
	got := ConfigJSON(tiny, 7)
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if c, err := ReadConfig(got); c != tiny || err != nil {
		t.Errorf("read back %+v, %v", c, err)
	}
}

func TestPythonFloat(t *testing.T) {
	for want, x := range map[string]float64{
		"10000.0": 1e4, "0.0": 0, "1e-05": 1e-5, "0.0001": 1e-4, "1.5e-07": 1.5e-7, "0.02": 0.02,
		"1e+16": 1e16, "1000000000000000.0": 1e15, "500000.0": 5e5, "0.1": 0.1,
	} {
		if got := pythonFloat(x); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// minimal is a config.json of the keys without a default.
const minimal = `{"model_type":"llama","vocab_size":300,"hidden_size":8,"intermediate_size":12,
	"num_hidden_layers":2,"num_attention_heads":4,"max_position_embeddings":32`

func TestReadConfigDefaults(t *testing.T) {
	want := model.Config{Vocab: 300, Hidden: 8, Layers: 2, Heads: 4, KVHeads: 4, HeadDim: 2, FFN: 12, Context: 32, RopeTheta: 10000, NormEps: 1e-6}
	theta := want
	theta.RopeTheta = 5e5
	for _, tc := range []struct {
		name, more string
		want       model.Config
	}{
		{"nothing", "", want},
		{"null", `,"num_key_value_heads":null,"head_dim":null,"rope_scaling":null,"rope_parameters":null`, want},
		{"harmless", `,"use_cache":false,"pretraining_tp":2,"attention_dropout":0.1,"_name":{"a":[1]},"dtype":"bfloat16"`, want},
		{"version 4", `,"rope_theta":500000.0`, theta},
		{"version 5", `,"rope_parameters":{"rope_theta":500000,"rope_type":"default"}`, theta},
		{"both", `,"rope_theta":5e5,"rope_parameters":{"rope_type":"default"}`, theta},
	} {
		if c, err := ReadConfig([]byte(minimal + tc.more + "}\n")); c != tc.want || err != nil {
			t.Errorf("%s: %+v, %v, want %+v", tc.name, c, err, tc.want)
		}
	}
}

func TestReadConfigRefuses(t *testing.T) {
	for _, tc := range []struct{ name, json, want string }{
		{"empty", "", "it ends too early"},
		{"array", "[]", "an array at byte 1"},
		{"cut off", minimal, "it ends too early"},
		{"text behind", minimal + "}x", "text follows"},
		{"duplicate", minimal + `,"vocab_size":300}`, `the name "vocab_size" is there twice`},
		{"too long", minimal + strings.Repeat(" ", maxConfig) + "}", "the limit is 1048576"},
		{"GPT-2", strings.Replace(minimal, "llama", "gpt2", 1) + "}", `model_type is "gpt2": only "llama" is computed here`},
		{"no type", strings.Replace(minimal, "model_type", "type", 1) + "}", "model_type is missing"},
		{"architecture", minimal + `,"architectures":["LlamaModel"]}`, "architectures is"},
		{"activation", minimal + `,"hidden_act":"gelu"}`, `hidden_act is "gelu": only "silu" is computed here`},
		{"attention bias", minimal + `,"attention_bias":true}`, "attention_bias is true"},
		{"MLP bias", minimal + `,"mlp_bias":true}`, "mlp_bias is true"},
		{"rope scaling", minimal + `,"rope_scaling":{"type":"linear", "factor":2.0}}`, `rope_scaling is {"type":"linear","factor":2.0}: only null`},
		{"sliding window", minimal + `,"sliding_window":4096}`, "sliding_window is 4096"},
		{"quantized", minimal + `,"quantization_config":{}}`, "quantization_config is {}"},
		{"rope type", minimal + `,"rope_parameters":{"rope_type":"yarn","factor":4.0}}`, `rope_parameters: rope_type is "yarn"`},
		{"rope factor", minimal + `,"rope_parameters":{"rope_type":"default","factor":4.0}}`, `rope_parameters: "factor" is not computed here`},
		{"rope number", minimal + `,"rope_parameters":3}`, "rope_parameters: a number"},
		{"rope disagrees", minimal + `,"rope_theta":1e4,"rope_parameters":{"rope_type":"default","rope_theta":5e5}}`, "rope_theta is 500000, but 10000 outside"},
		{"rope below 1", minimal + `,"rope_theta":0.5}`, "rope_theta"},
		{"no vocabulary", strings.Replace(minimal, "vocab_size", "vocab", 1) + "}", "vocab_size is missing"},
		{"string size", strings.Replace(minimal, "300", `"300"`, 1) + "}", `vocab_size is "300", want a whole number`},
		{"float size", strings.Replace(minimal, "300", "300.0", 1) + "}", "vocab_size is 300.0, want a whole number"},
		{"null size", strings.Replace(minimal, "300", "null", 1) + "}", "vocab_size is null"},
		{"negative", strings.Replace(minimal, "300", "-300", 1) + "}", "vocab_size is -300"},
		{"huge", strings.Replace(minimal, "300", "99999999999999999999", 1) + "}", "vocab_size is 99999999999999999999"},
		{"large", strings.Replace(minimal, "300", "2000000000", 1) + "}", "vocab_size is 2000000000"},
		{"no heads", strings.Replace(minimal, `heads":4`, `heads":0`, 1) + "}", "num_attention_heads is 0"},
		{"head size", strings.Replace(minimal, `heads":4`, `heads":3`, 1) + "}", "hidden_size 8 is not a multiple of num_attention_heads 3"},
		{"odd head size", minimal + `,"head_dim":3}`, "head_dim is 3"},
		{"KV heads", minimal + `,"num_key_value_heads":3}`, "num_key_value_heads 3"},
		{"eps", minimal + `,"rms_norm_eps":"1e-5"}`, `rms_norm_eps is "1e-5", want a number`},
		{"eps 0", minimal + `,"rms_norm_eps":0.0}`, "rms_norm_eps"},
		{"tied", minimal + `,"tie_word_embeddings":1}`, "tie_word_embeddings is 1, want true or false"},
	} {
		c, err := ReadConfig([]byte(tc.json))
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %+v, error %v, want %q", tc.name, c, err, tc.want)
		}
	}
}

// TestReadConfigAll: all that is wrong is named at once.
func TestReadConfigAll(t *testing.T) {
	_, err := ReadConfig([]byte(`{"model_type":"llama","hidden_act":"relu","mlp_bias":true,"vocab_size":"x"}`))
	for _, key := range []string{"hidden_act", "mlp_bias", "vocab_size", "hidden_size", "max_position_embeddings"} {
		if err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%s is not named in %v", key, err)
		}
	}
}

// TestSettled: each refused key is refused for another value and taken for its own.
func TestSettled(t *testing.T) {
	for _, s := range settled {
		if _, err := ReadConfig([]byte(minimal + `,"` + s.key + `":"other"}`)); err == nil || !strings.Contains(err.Error(), s.key) {
			t.Errorf("%s: error %v, want its name", s.key, err)
		}
		for _, v := range s.values {
			if _, err := ReadConfig([]byte(minimal + `,"` + s.key + `": ` + v + "}")); err != nil {
				t.Errorf("%s is %s: %v", s.key, v, err)
			}
		}
	}
}

func FuzzReadConfig(f *testing.F) {
	f.Add([]byte(minimal + "}"))
	f.Add(ConfigJSON(tiny, 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := ReadConfig(b)
		if err != nil {
			return
		}
		if again, err := ReadConfig(ConfigJSON(c, 0)); again != c || err != nil {
			t.Fatalf("%+v became %+v, %v", c, again, err)
		}
	})
}

// The caller's bytes stay as they are: reading them twice gives the same.
func TestReadConfigLeavesItsInputAlone(t *testing.T) {
	in := []byte(`{ "model_type": "llama",  "vocab_size" : 300, "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 24, "max_position_embeddings": 32, "rope_parameters": { "rope_type" : "default", "rope_theta": 10000.0 } }`)
	was := string(in)
	_, first := ReadConfig(in)
	_, second := ReadConfig(in)
	if string(in) != was || first != nil || second != nil {
		t.Errorf("ReadConfig gives %v, then %v, and leaves %s", first, second, in)
	}
}

// A long value of a key that is not read is no reason to refuse, nor to recurse.
func TestReadConfigDeepNesting(t *testing.T) {
	deep := strings.Repeat("[", 9000) + strings.Repeat("]", 9000)
	base := `{"model_type":"llama","vocab_size":300,"hidden_size":16,"num_hidden_layers":1,"num_attention_heads":2,"intermediate_size":24,"max_position_embeddings":32,`
	if _, err := ReadConfig([]byte(base + `"notes":` + deep + `}`)); err != nil {
		t.Errorf("deep notes: %v", err)
	}
	if _, err := ReadConfig([]byte(base + `"rope_scaling":` + deep + `}`)); err == nil {
		t.Error("a deep rope_scaling is accepted")
	}
}
