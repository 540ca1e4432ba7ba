package nn

import "dpolab/core/kernel"

// headRows is how many predictions are worked on at once: logits are (headRows,V)
// and never (P,V).
const headRows = 64

// LogProbs is the output head fused with the log-probability of given targets:
// y[i] = log softmax(x[rows[i]]·wᵀ)[targets[i]]. x is (N,C), w is (V,C), rows and
// targets are (P); y is (P,1). A row may stand in rows more than once: the last
// token of a prompt predicts the first token of every completion. rows and targets
// must stay as they are until Backward. Stats tells more of each prediction.
func (t *Tape) LogProbs(x, w Tensor, rows, targets []int32) Tensor {
	y := t.alloc(len(rows), 1)
	if cap(t.stats) < len(rows) {
		t.stats = make([]kernel.RowStats, len(rows))
	}
	t.stats = t.stats[:len(rows)]
	n := node{back: logProbsBack, y: y, a: x, b: w, rows: rows, targets: targets}
	t.eachChunk(&n, func(c *chunk) {
		logp := t.Data(y)
		for i := range c.logits.Rows {
			logits := c.logits.Data[i*w.Rows : (i+1)*w.Rows]
			target := logits[targets[c.lo+i]]
			t.stats[c.lo+i] = kernel.VocabRow(logits, logits)
			logp[c.lo+i] = target - t.stats[c.lo+i].LogSumExp
		}
	})
	return t.record(n)
}

// Stats describes the predictions of the last LogProbs, one for each (row, target).
func (t *Tape) Stats() []kernel.RowStats { return t.stats }

// logProbsBack: dlogits = dy·(onehot(target) − softmax); dx[row] += dlogits·w;
// dw += dlogitsᵀ·x[row]. The logits are computed again.
func logProbsBack(t *Tape, n *node) {
	v, width := n.b.Rows, n.b.Cols
	t.eachChunk(n, func(c *chunk) {
		dy, dx := t.Grad(n.y), t.Grad(n.a)
		for i := range c.logits.Rows {
			row := c.logits.Data[i*v : (i+1)*v]
			kernel.VocabRow(row, row)
			kernel.Scale(row, -dy[c.lo+i])
			row[n.targets[c.lo+i]] += dy[c.lo+i]
		}
		kernel.MatMulAdd(t.gradMat(n.b), c.logits.T(), c.x, &t.mm)
		kernel.MatMul(c.x, c.logits, t.mat(n.b), &t.mm) // x has done its work: dx lands there
		for i := range c.x.Rows {
			r := int(n.rows[c.lo+i])
			kernel.AddTo(dx[r*width:(r+1)*width], c.x.Data[i*width:(i+1)*width])
		}
	})
}

// chunk is some predictions of a head: their rows gathered, and their logits.
type chunk struct {
	lo     int        // first prediction
	x      kernel.Mat // (R,C)
	logits kernel.Mat // (R,V)
}

func (t *Tape) eachChunk(n *node, f func(*chunk)) {
	v, width := n.b.Rows, n.b.Cols
	for lo := 0; lo < len(n.rows); lo += headRows {
		r := min(headRows, len(n.rows)-lo)
		tmp := t.temp(r * (width + v))
		c := &t.chunk
		*c = chunk{lo: lo, x: kernel.Dense(tmp[:r*width], r, width), logits: kernel.Dense(tmp[r*width:], r, v)}
		x := t.Data(n.a)
		for i := range r {
			copy(c.x.Data[i*width:(i+1)*width], x[int(n.rows[lo+i])*width:])
		}
		kernel.MatMul(c.logits, c.x, t.mat(n.b).T(), &t.mm)
		f(c)
		t.pause()
	}
}
