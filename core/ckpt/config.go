package ckpt

import (
	"bytes"
	"encoding/json/jsontext"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dpolab/core/model"
)

// maxConfig bounds config.json, in bytes; real ones have about a thousand.
const maxConfig = 1 << 20

// settled are the settings of config.json with the values, as compact JSON, under
// which the model computes what core/model computes; a missing key is as good.
// Any other value changes the mathematics where it is heeded, and is refused. Keys that are not here
// and that ReadConfig does not use are harmless, or belong to an architecture that
// model_type already excludes.
var settled = []struct {
	key    string
	values []string
}{
	{"architectures", []string{`["LlamaForCausalLM"]`, `null`}},
	{"hidden_act", []string{`"silu"`}},
	{"attention_bias", []string{`false`}},
	{"mlp_bias", []string{`false`}},
	{"rope_scaling", []string{`null`}},
	{"partial_rotary_factor", []string{`1.0`, `1`, `null`}},
	{"rope_interleaved", []string{`false`}},
	{"sliding_window", []string{`null`}},
	{"use_sliding_window", []string{`false`}},
	{"attention_chunk_size", []string{`null`}},
	{"layer_types", []string{`null`}},
	{"no_rope_layers", []string{`null`}},
	{"alibi", []string{`false`}},
	{"use_qk_norm", []string{`false`}},
	{"qk_norm", []string{`false`}},
	{"qk_layernorm", []string{`false`}},
	{"attn_logit_softcapping", []string{`null`}},
	{"final_logit_softcapping", []string{`null`}},
	{"query_pre_attn_scalar", []string{`null`}},
	{"embedding_multiplier", []string{`1.0`, `1`}},
	{"residual_multiplier", []string{`1.0`, `1`}},
	{"attention_multiplier", []string{`null`}},
	{"logits_scaling", []string{`1.0`, `1`}},
	{"logit_scale", []string{`1.0`, `1`, `null`}},
	{"num_local_experts", []string{`null`, `0`}},
	{"num_experts", []string{`null`, `0`}},
	{"n_routed_experts", []string{`null`, `0`}},
	{"quantization_config", []string{`null`}},
	{"is_encoder_decoder", []string{`false`}},
	{"add_cross_attention", []string{`false`}},
}

// ReadConfig reads a config.json of the Llama architecture. Missing keys take the
// defaults of transformers' LlamaConfig, where it has any. The error joins all
// that is wrong, each by its key: a setting that changes the mathematics, a value
// that is no number, a size outside the limits of model.Config.
func ReadConfig(configJSON []byte) (model.Config, error) {
	if len(configJSON) > maxConfig {
		return model.Config{}, fmt.Errorf("config.json has %d bytes, the limit is %d", len(configJSON), maxConfig)
	}
	r := configReader{name: "config.json"}
	var err error
	if r.values, err = members(configJSON); err != nil {
		return model.Config{}, fmt.Errorf("config.json: %w", err)
	}
	r.require("model_type", `"llama"`)
	for _, s := range settled {
		if v, ok := r.values[s.key]; ok && !slices.Contains(s.values, v) {
			r.fail("%s is %s: only %s is computed here", s.key, shortJSON(v), strings.Join(s.values, " or "))
		}
	}
	c := r.sizes()
	c.NormEps = r.float("rms_norm_eps", 1e-6)
	c.RopeTheta = r.theta()
	c.TieEmbeddings = r.boolean("tie_word_embeddings", false)
	if err := errors.Join(r.errs...); err != nil {
		return model.Config{}, err
	}
	return c, c.Validate()
}

// maxValue is the longest value that is compared whole, bytes.
const maxValue = 1 << 10

// members takes an object apart: its values as compact JSON, by name.
func members(object []byte) (map[string]string, error) {
	r := headerReader{jsontext.NewDecoder(bytes.NewBuffer(object))}
	values := make(map[string]string)
	err := r.object(func(name string) error {
		from := r.InputOffset()
		if err := r.SkipValue(); err != nil {
			return wordJSON(err)
		}
		v := jsontext.Value(bytes.TrimLeft(object[from:r.InputOffset()], ": \t\r\n")).Clone()
		if len(v) > maxValue {
			v = v[:maxValue] // of no setting that is read; compacting would recurse into it
		} else if err := v.Compact(); err != nil {
			return wordJSON(err)
		}
		values[name] = string(v)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if rest := bytes.TrimLeft(object[r.InputOffset():], " \t\r\n"); len(rest) > 0 {
		return nil, fmt.Errorf("text follows the closing brace")
	}
	return values, nil
}

// configReader takes typed values out of an object and gathers what is wrong.
type configReader struct {
	name   string
	values map[string]string
	errs   []error
}

func (r *configReader) fail(format string, args ...any) {
	r.errs = append(r.errs, fmt.Errorf(r.name+": "+format, args...))
}

// sizes reads the whole numbers.
func (r *configReader) sizes() model.Config {
	var c model.Config
	c.Vocab = r.whole("vocab_size")
	c.Hidden = r.whole("hidden_size")
	c.FFN = r.whole("intermediate_size")
	c.Layers = r.whole("num_hidden_layers")
	c.Heads = r.whole("num_attention_heads")
	c.Context = r.whole("max_position_embeddings")
	c.KVHeads = c.Heads
	if r.has("num_key_value_heads") {
		c.KVHeads = r.whole("num_key_value_heads")
	}
	switch {
	case r.has("head_dim"):
		c.HeadDim = r.whole("head_dim")
	case c.Heads > 0 && c.Hidden%c.Heads == 0:
		c.HeadDim = c.Hidden / c.Heads
	case c.Heads > 0:
		r.fail("hidden_size %d is not a multiple of num_attention_heads %d, and head_dim is missing", c.Hidden, c.Heads)
	}
	return c
}

// theta reads the base of the rotary frequencies: rope_parameters of version 5 of
// transformers, rope_theta of earlier ones. A file that has both must agree with
// itself, as the version would decide else.
func (r *configReader) theta() float64 {
	top := r.float("rope_theta", 10000)
	if !r.has("rope_parameters") {
		return top
	}
	values, err := members([]byte(r.values["rope_parameters"]))
	if err != nil {
		r.fail("rope_parameters: %v", err)
		return 0
	}
	p := configReader{name: r.name + ": rope_parameters", values: values}
	p.require("rope_type", `"default"`)
	for _, key := range sortedKeys(values) {
		if key != "rope_type" && key != "rope_theta" {
			p.fail("%s is not computed here: want rope_type and rope_theta alone", short(key))
		}
	}
	theta := p.float("rope_theta", top)
	if r.has("rope_theta") && theta != top {
		p.fail("rope_theta is %g, but %g outside of rope_parameters: make them equal", theta, top)
	}
	r.errs = append(r.errs, p.errs...)
	return theta
}

// has reports whether a key is there with a value other than null.
func (r *configReader) has(key string) bool {
	v, ok := r.values[key]
	return ok && v != "null"
}

// require checks a key that must be there with that value, in compact JSON.
func (r *configReader) require(key, want string) {
	switch v, ok := r.values[key]; {
	case !ok:
		r.fail("%s is missing: want %s", key, want)
	case v != want:
		r.fail("%s is %s: only %s is computed here", key, shortJSON(v), want)
	}
}

func (r *configReader) whole(key string) int {
	v, ok := r.values[key]
	n, err := strconv.ParseInt(v, 10, 32)
	switch {
	case !ok:
		r.fail("%s is missing: want a whole number", key)
	case err != nil:
		r.fail("%s is %s, want a whole number", key, shortJSON(v))
	}
	return int(n)
}

func (r *configReader) float(key string, missing float64) float64 {
	v, ok := r.values[key]
	if !ok {
		return missing
	}
	x, err := strconv.ParseFloat(v, 64)
	if err != nil {
		r.fail("%s is %s, want a number", key, shortJSON(v))
	}
	return x
}

func (r *configReader) boolean(key string, missing bool) bool {
	v, ok := r.values[key]
	if ok && v != "true" && v != "false" {
		r.fail("%s is %s, want true or false", key, shortJSON(v))
	}
	return ok && v == "true" || !ok && missing
}

// shortJSON keeps a hostile value from filling the message.
func shortJSON(v string) string {
	const most = 80
	if len(v) > most {
		return v[:most] + "…"
	}
	return v
}
