package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// budgets are the most bytes that a program may have on the wire (brotli 11).
var budgets = []struct {
	program string
	bytes   int64
}{
	{"app.wasm", 950_000},
	{"trainer.wasm", 900_000},
}

// modelBudget is the most bytes that a base checkpoint's weights may have.
const modelBudget = 4_000_000

// report prints a table of what lies in dist; the error names what is too big.
func report(w io.Writer, dist string) error {
	var tooBig []error
	fmt.Fprintf(w, "%-44s %10s %10s %10s\n", "", "raw", "brotli", "budget")
	line := func(name, sent string, budget int64) error {
		raw, err := os.Stat(filepath.Join(dist, name))
		if err != nil {
			return err
		}
		wire, err := os.Stat(filepath.Join(dist, sent))
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%-44s %10d %10d %10d\n", name, raw.Size(), wire.Size(), budget)
		if wire.Size() > budget {
			tooBig = append(tooBig, fmt.Errorf("%s is %d bytes over its budget", name, wire.Size()-budget))
		}
		return nil
	}
	for _, b := range budgets {
		if err := line(b.program, b.program+".br", b.bytes); err != nil {
			return err
		}
	}
	weights, err := filepath.Glob(filepath.Join(dist, "checkpoints", "*", "model.safetensors"))
	if err != nil {
		return err
	}
	for _, path := range weights {
		name, err := filepath.Rel(dist, path)
		if err != nil {
			return err
		}
		if err := line(name, name, modelBudget); err != nil {
			return err
		}
	}
	return errors.Join(tooBig...)
}
