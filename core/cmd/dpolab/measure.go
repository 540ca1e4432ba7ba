package main

import (
	"context"
	"io"
	"runtime"
	"sync"
	"time"

	"dpolab/core/eval"
)

// measureBatch is how many answers are sampled side by side; part of what decides
// them.
const measureBatch = 16

// measure works an evaluation off on every core; the result does not depend on how
// many there are. The error is that of ctx.
func measure(ctx context.Context, log io.Writer, what string, e *eval.Evaluation) (eval.Result, error) {
	bar := newProgress(log, what, 0)
	defer bar.end()
	cores := runtime.GOMAXPROCS(0)
	var mu sync.Mutex
	done := 0
	together(cores, func(i int) {
		work(ctx, e.Worker(i, cores), func(more int) {
			mu.Lock()
			defer mu.Unlock()
			if done += more; more > 0 {
				bar.at(done, e.Total(), "answers")
			}
		})
	})
	if done < e.Total() {
		return eval.Result{}, ctx.Err()
	}
	return e.Result(), nil
}

// work drives a worker to its end, or to where ctx ends, and tells how many more
// answers are finished. Ctx is asked every 50 ms and every few answers.
func work(ctx context.Context, w *eval.Worker, tell func(more int)) {
	told, asked := 0, time.Time{}
	for more := true; more; {
		if w.Done-told >= measureBatch || time.Since(asked) > 50*time.Millisecond {
			if ctx.Err() != nil {
				return
			}
			tell(w.Done - told)
			told, asked = w.Done, time.Now()
		}
		more = w.Next()
	}
	tell(w.Done - told)
}
