package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"text/tabwriter"

	"dpolab/core/eval"
	"dpolab/ui/chart"
)

const pictureFile = "frontier.svg"

// writeFrontier writes the table, and picture and measurements where they are wanted.
func (a *app) writeFrontier(f *frontier) error {
	if err := f.table(a); err != nil {
		return err
	}
	if f.metrics != "" {
		if err := replaceFile(f.metrics, f.rows()); err != nil {
			return err
		}
		fmt.Fprintf(a.out, "metrics   %s\n", f.metrics)
	}
	if f.out != "" {
		path := filepath.Join(f.out, pictureFile)
		if err := replaceFile(path, []byte(f.plot().SVG())); err != nil {
			return err
		}
		fmt.Fprintf(a.out, "picture   %s\n", path)
	}
	return nil
}

func (f *frontier) table(a *app) error {
	fmt.Fprintf(a.out, "%s, %d prompts at temperature 1; in brackets 95 %% intervals\n\n", f.judge.Title(), f.prompts)
	t := tabwriter.NewWriter(a.out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(t, "beta\tstep\tKL(π‖π_ref), nats\ttrue reward\tparse, %\ttokens")
	for _, run := range f.runs {
		for _, p := range run {
			fmt.Fprintf(t, "%v\t%d\t%s\t%s\t%.1f\t%.1f\n", p.Beta, p.Step, interval(p.KL, 2, 1), interval(p.Reward, 3, 1), 100*p.Parses.Mean, p.Tokens.Mean)
		}
	}
	if err := t.Flush(); err != nil || len(f.sampled) == 0 {
		return err
	}
	fmt.Fprintln(a.out, "\nbest of n answers of the base model")
	if err := writeBestOf(a.out, f.sampled); err != nil {
		return err
	}
	_, err := fmt.Fprintln(a.out)
	return err
}

// rows are the measurements, a row of JSON a line: those of the runs by β and step,
// then best-of-n.
func (f *frontier) rows() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	for _, run := range f.runs {
		for _, p := range run {
			_ = e.Encode(p) // numbers and a buffer: nothing can fail
		}
	}
	for _, x := range f.sampled {
		_ = e.Encode(struct {
			BestOf eval.BestOf `json:"best_of"`
		}{x})
	}
	return b.Bytes()
}

// plot draws true reward over KL.
func (f *frontier) plot() *chart.Plot {
	p := &chart.Plot{W: 860, H: 480, Title: f.judge.Title() + ": true reward and distance from the reference",
		Desc: fmt.Sprintf("True reward over KL of policies trained with several β, a point every %d of %d updates, vertical bars 95 %% intervals, with best-of-n sampling of the base model.",
			f.every, f.steps),
		XName: "KL(π‖π_ref), nats", YName: "true reward"}
	for i, run := range f.runs {
		s := chart.Series{Name: fmt.Sprintf("β = %v", f.beta[i]), Line: true, Color: chart.Colors[i%len(chart.Colors)], Marker: chart.Markers[i%len(chart.Markers)]}
		for _, q := range run {
			s.X, s.Y = append(s.X, q.KL.Mean), append(s.Y, q.Reward.Mean)
			s.Lo, s.Hi = append(s.Lo, q.Reward.Lo), append(s.Hi, q.Reward.Hi)
		}
		p.Series = append(p.Series, s)
	}
	if len(f.sampled) > 0 {
		s := chart.Series{Name: "best of n, base model", Color: "#111111", Marker: chart.Cross}
		for _, b := range f.sampled {
			s.X, s.Y, s.Labels = append(s.X, b.KL), append(s.Y, b.Reward.Mean), append(s.Labels, fmt.Sprintf("n = %d", b.N))
			s.Lo, s.Hi = append(s.Lo, b.Reward.Lo), append(s.Hi, b.Reward.Hi)
		}
		p.Series = append(p.Series, s)
	}
	return p
}
