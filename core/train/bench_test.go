package train

import (
	"math/rand/v2"
	"testing"

	"dpolab/core/model"
	"dpolab/core/pref"
	"dpolab/core/train/config"
)

// shipped is the shape of the models in assets/models.
var shipped = model.Config{Vocab: 2048, Hidden: 128, Layers: 4, Heads: 4, KVHeads: 2, HeadDim: 32, FFN: 384, Context: 256,
	RopeTheta: 10000, NormEps: 1e-5, TieEmbeddings: true}

func shippedModel(b *testing.B) *model.Model {
	b.Helper()
	m, err := model.New(shipped)
	if err != nil {
		b.Fatal(err)
	}
	m.Init(1)
	return m
}

// ids draws n tokens.
func ids(r *rand.Rand, n int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = int32(r.IntN(shipped.Vocab))
	}
	return out
}

// benchItems is 16 pairs as long as a review is: a prompt of 17 tokens, answers of
// 20 to 30.
func benchItems() []*item {
	r := rand.New(rand.NewPCG(1, 1))
	var out []*item
	for range 16 {
		out = append(out, &item{example: pref.Example{Prompt: ids(r, 17), Chosen: ids(r, 20+r.IntN(11)), Rejected: ids(r, 20+r.IntN(11))}})
	}
	return out
}

// forwardFlops counts the products of one forward pass over the batch, a
// multiplication and an addition being two: every matrix of the blocks on every
// packed token, the head on the rows that predict, and in attention query·key and
// weight·value for every position a row sees. Norms, softmax, rotations and the
// optimizer are not counted.
func forwardFlops(c model.Config, b *model.Batch) float64 {
	matrices, head := 0, 2*c.Vocab*c.Hidden
	for _, t := range c.Tensors() {
		if len(t.Shape) == 2 {
			matrices += 2 * t.Len
		}
	}
	blocks := matrices - head // the embedding is the head, and looking up is free
	seen := 0
	for _, k := range b.Layout.Blocks {
		seen += k.Len*k.PrefixLen + k.Len*(k.Len+1)/2
	}
	return float64(blocks)*float64(len(b.Tokens)) + float64(head)*float64(len(b.Rows)) +
		4*float64(c.Layers*c.Heads*c.HeadDim)*float64(seen)
}

// BenchmarkStep is one DPO update of the shipped model on 16 pairs, micro-batches of
// 4, the reference's scores being known, as in every epoch but the first. Tokens are
// packed ones: a pair's prompt once, an answer's last token not. The backward pass
// counts as two forward passes; what aot and kto compute besides is not counted.
func BenchmarkStep(b *testing.B) {
	for _, loss := range []string{"sigmoid", "aot", "kto"} {
		b.Run(loss, func(b *testing.B) { benchmarkStep(b, loss) })
	}
}

func benchmarkStep(b *testing.B, loss string) {
	m := shippedModel(b)
	cfg := config.Defaults()
	cfg.Loss = loss
	cfg.Epochs, cfg.BatchSize, cfg.MicroBatch = 1000, 16, 4
	t := &Trainer{Policy: m.Clone(), Reference: m, Config: cfg, opt: newOptim(m), grads: make([]float32, len(m.Weights)), train: benchItems()}
	if err := t.scoreReference(t.train); err != nil {
		b.Fatal(err)
	}
	t.pack(t.train)
	flops, tokens := 3*forwardFlops(shipped, &t.batch), len(t.batch.Tokens)
	b.ReportAllocs()
	for b.Loop() {
		if t.Done() {
			t.epoch = 0
		}
		if _, err := t.Step(); err != nil {
			b.Fatal(err)
		}
	}
	perSecond := float64(b.N) / b.Elapsed().Seconds()
	b.ReportMetric(perSecond*float64(tokens), "tokens/s")
	b.ReportMetric(perSecond*flops/1e9, "GFLOP/s")
}

// BenchmarkGenerate draws answers of 32 tokens to prompts of 17, one, sixteen and 64 at
// once. Tokens are those drawn; reading the prompts and packing the weights are part
// of the time.
func BenchmarkGenerate(b *testing.B) {
	m := shippedModel(b)
	for _, batch := range []struct {
		name string
		n    int
	}{{"batch=1", 1}, {"batch=16", 16}, {"batch=64", 64}} {
		b.Run(batch.name, func(b *testing.B) {
			r := rand.New(rand.NewPCG(2, 2))
			var prompts [][]int32
			for range batch.n {
				prompts = append(prompts, ids(r, 17))
			}
			s := model.Sampling{Temperature: 1, TopP: 1, MaxTokens: 32, EndOfText: -1} // none ends early
			for b.Loop() {
				g, err := m.NewGenerator(prompts, s, 1)
				if err != nil {
					b.Fatal(err)
				}
				for g.Next() {
				}
			}
			b.ReportMetric(float64(b.N)*float64(batch.n*s.MaxTokens)/b.Elapsed().Seconds(), "tokens/s")
		})
	}
}
