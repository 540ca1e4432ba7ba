package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"dpolab/core/eval"
	"dpolab/core/world"
)

// writeResult writes what was measured as tables for people.
func writeResult(out io.Writer, w world.World, res eval.Result) error {
	fmt.Fprintf(out, "%s, %d prompts; in brackets 95 %% intervals\n", w.Title(), res.Prompts)
	for _, c := range res.Temperatures {
		fmt.Fprintln(out)
		if err := writeComparison(out, c); err != nil {
			return err
		}
	}
	if len(res.BestOf) == 0 {
		return nil
	}
	who := "the model"
	if c := res.Temperatures[0]; c.Reference != nil {
		who = "the reference"
	}
	fmt.Fprintf(out, "\nbest of n answers of %s at temperature 1\n", who)
	return writeBestOf(out, res.BestOf)
}

// measures are the rows of a side.
var measures = []struct {
	name  string
	value func(eval.Side) string
}{
	{"true reward", func(s eval.Side) string { return interval(s.Reward, 3, 1) }},
	{"  its spread", func(s eval.Side) string { return fmt.Sprintf("%.3f", s.Spread) }},
	{"parse, %", func(s eval.Side) string { return interval(s.Parses, 1, 100) }},
	{"tokens", func(s eval.Side) string { return interval(s.Tokens, 1, 1) }},
	{"  cut off, %", func(s eval.Side) string { return fmt.Sprintf("%.1f", 100*s.Cut) }},
	{"distinct-2", func(s eval.Side) string { return fmt.Sprintf("%.3f", s.Distinct2) }},
	{"entropy, nats a token", func(s eval.Side) string { return interval(s.Entropy, 3, 1) }},
}

func writeComparison(out io.Writer, c eval.Comparison) error {
	t := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	head, sides := "policy", []eval.Side{c.Policy}
	if c.Reference != nil {
		head, sides = "policy\treference", append(sides, *c.Reference)
	}
	fmt.Fprintf(t, "temperature %v\t%s\n", c.Temperature, head)
	for _, m := range measures {
		fmt.Fprint(t, m.name)
		for _, s := range sides {
			fmt.Fprint(t, "\t", m.value(s))
		}
		fmt.Fprintln(t)
	}
	if c.WinRate != nil {
		fmt.Fprintf(t, "win rate, %%\t%s\n", interval(*c.WinRate, 1, 100))
	}
	if c.KL != nil {
		of := ""
		if c.Temperature != 1 {
			of = fmt.Sprintf(", both at temperature %v", c.Temperature)
		}
		fmt.Fprintf(t, "KL(π‖π_ref), nats\t%s%s\n", interval(*c.KL, 2, 1), of)
	}
	return t.Flush()
}

func writeBestOf(out io.Writer, best []eval.BestOf) error {
	t := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	head := "n\ttrue reward\tKL, nats, at most"
	if best[0].Lead != nil {
		head += "\tpolicy at temperature 1 above it"
	}
	fmt.Fprintln(t, head)
	for _, b := range best {
		fmt.Fprintf(t, "%d\t%s\t%.2f", b.N, interval(b.Reward, 3, 1), b.KL)
		if b.Lead != nil {
			fmt.Fprintf(t, "\t%s", interval(*b.Lead, 3, 1))
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}

// interval writes a mean with its interval, each times scale.
func interval(e eval.Estimate, decimals int, scale float64) string {
	return fmt.Sprintf("%.*f [%.*f, %.*f]", decimals, scale*e.Mean, decimals, scale*e.Lo, decimals, scale*e.Hi)
}
