package model

import (
	"errors"
	"fmt"
	"math"
)

// Config is the shape of a Llama-family Transformer: RMSNorm, rotary positions in
// the rotate-half form, grouped-query attention, SwiGLU (Touvron et al. 2023,
// arXiv 2302.13971). The names in config.json are in core/ckpt.
type Config struct {
	Vocab   int // V, tokens
	Hidden  int // C, channels
	Layers  int // L
	Heads   int // H
	KVHeads int // K, divides H
	HeadDim int // D, even
	FFN     int // F
	Context int // longest sequence, tokens

	RopeTheta     float64 // base of the rotary frequencies
	NormEps       float64 // added to the mean square by RMSNorm
	TieEmbeddings bool    // the head is the embedding, stored once
}

// Limits keep a hostile or mistaken config.json from asking for memory that no
// tab has; they are far above what trains in a browser.
const (
	maxVocab   = 1 << 18
	maxContext = 1 << 15
	maxWidth   = 1 << 14
	maxLayers  = 1 << 8
	// MaxParameters bounds a model; at 4 bytes each the weights alone are 1 GiB.
	MaxParameters = 1 << 28
)

// Validate reports every field that cannot be used, joined.
func (c Config) Validate() error {
	var errs []error
	within := func(name string, v, lo, hi int) {
		if v < lo || v > hi {
			errs = append(errs, fmt.Errorf("model config: %s is %d, want %d to %d", name, v, lo, hi))
		}
	}
	within("vocab_size", c.Vocab, 2, maxVocab)
	within("hidden_size", c.Hidden, 1, maxWidth)
	within("num_hidden_layers", c.Layers, 1, maxLayers)
	within("num_attention_heads", c.Heads, 1, maxWidth)
	within("num_key_value_heads", c.KVHeads, 1, maxWidth)
	within("head_dim", c.HeadDim, 2, maxWidth)
	within("intermediate_size", c.FFN, 1, 8*maxWidth)
	within("max_position_embeddings", c.Context, 2, maxContext)
	if c.HeadDim%2 != 0 {
		errs = append(errs, fmt.Errorf("model config: head_dim is %d, rotary positions need an even one", c.HeadDim))
	}
	if c.KVHeads > 0 && c.Heads%c.KVHeads != 0 {
		errs = append(errs, fmt.Errorf("model config: num_attention_heads %d is not a multiple of num_key_value_heads %d", c.Heads, c.KVHeads))
	}
	if !(c.RopeTheta >= 1) || math.IsInf(c.RopeTheta, 0) {
		errs = append(errs, fmt.Errorf("model config: rope_theta is %v, want a finite number of 1 or more", c.RopeTheta))
	}
	if !(c.NormEps > 0 && c.NormEps < 1) {
		errs = append(errs, fmt.Errorf("model config: rms_norm_eps is %v, want a number between 0 and 1", c.NormEps))
	}
	if len(errs) == 0 && c.Parameters() > MaxParameters {
		errs = append(errs, fmt.Errorf("model config: %d parameters, at most %d fit", c.Parameters(), MaxParameters))
	}
	return errors.Join(errs...)
}

// Parameters counts the numbers of the model, a tied head once.
func (c Config) Parameters() int {
	perLayer := 2*c.Hidden + 2*c.Hidden*c.Heads*c.HeadDim + 2*c.Hidden*c.KVHeads*c.HeadDim + 3*c.Hidden*c.FFN
	n := c.Vocab*c.Hidden + c.Layers*perLayer + c.Hidden
	if !c.TieEmbeddings {
		n += c.Vocab * c.Hidden
	}
	return n
}
