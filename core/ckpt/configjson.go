package ckpt

import (
	"strconv"
	"strings"

	"dpolab/core/model"
)

// ConfigJSON is the config.json of c with end-of-text eos, in the order and number
// formats of transformers: version 5 is strict about them, 10000.0 must not be
// written 10000. The rotary base stands twice, as versions 4 and 5 look for it in
// different places. Weights are computed in float32, whatever they are stored in.
func ConfigJSON(c model.Config, eos int32) []byte {
	whole, float, end := strconv.Itoa, pythonFloat, strconv.Itoa(int(eos))
	return object([][2]string{
		{"architectures", `["LlamaForCausalLM"]`},
		{"model_type", `"llama"`},
		{"vocab_size", whole(c.Vocab)},
		{"hidden_size", whole(c.Hidden)},
		{"intermediate_size", whole(c.FFN)},
		{"num_hidden_layers", whole(c.Layers)},
		{"num_attention_heads", whole(c.Heads)},
		{"num_key_value_heads", whole(c.KVHeads)},
		{"head_dim", whole(c.HeadDim)},
		{"hidden_act", `"silu"`},
		{"max_position_embeddings", whole(c.Context)},
		{"initializer_range", "0.02"},
		{"rms_norm_eps", float(c.NormEps)},
		{"use_cache", "true"},
		{"bos_token_id", end},
		{"eos_token_id", end},
		{"pad_token_id", "null"},
		{"tie_word_embeddings", strconv.FormatBool(c.TieEmbeddings)},
		{"attention_bias", "false"},
		{"attention_dropout", "0.0"},
		{"mlp_bias", "false"},
		{"rope_theta", float(c.RopeTheta)},
		{"rope_parameters", `{"rope_type": "default", "rope_theta": ` + float(c.RopeTheta) + `}`},
		{"torch_dtype", `"float32"`},
	})
}

// generationJSON is the generation_config.json: what begins and ends a text.
func generationJSON(eos int32) []byte {
	end := strconv.Itoa(int(eos))
	return object([][2]string{{"bos_token_id", end}, {"eos_token_id", end}})
}

// object writes names and JSON values, one a line.
func object(members [][2]string) []byte {
	b := []byte("{\n")
	for i, m := range members {
		if i > 0 {
			b = append(b, ",\n"...)
		}
		b = append(b, `  "`+m[0]+`": `+m[1]...)
	}
	return append(b, "\n}\n"...)
}

// pythonFloat writes x as Python's repr does: always with a point or an exponent,
// the exponent below 1e-4 and from 1e16 on.
func pythonFloat(x float64) string {
	e := strconv.FormatFloat(x, 'e', -1, 64)
	_, exponent, _ := strings.Cut(e, "e")
	if n, _ := strconv.Atoi(exponent); n < -4 || n >= 16 {
		return e
	}
	s := strconv.FormatFloat(x, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}
