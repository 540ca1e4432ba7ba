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
	head := "beta\tstep\tKL(π‖π_ref), nats\ttrue reward\tparse, %\ttokens"
	if f.sums != nil {
		head += "\texact KL\texact reward\tmost at that KL"
	}
	fmt.Fprintln(t, head)
	for _, run := range f.runs {
		for _, p := range run {
			fmt.Fprintf(t, "%v\t%d\t%s\t%s\t%.1f\t%.1f%s\n", p.Beta, p.Step, interval(p.KL, 2, 1), interval(p.Reward, 3, 1), 100*p.Parses.Mean, p.Tokens.Mean, p.Exact)
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if f.sums != nil {
		fmt.Fprintf(a.out, "\nExact: sums over all answers to %d prompts, any other text counting as one answer, which can only lower the KL.\n", len(f.sums.prompts))
	}
	if len(f.sampled) == 0 {
		return nil
	}
	fmt.Fprintln(a.out, "\nbest of n answers of the base model")
	if err := writeBestOf(a.out, f.sampled); err != nil {
		return err
	}
	_, err := fmt.Fprintln(a.out)
	return err
}

// String is the columns of the table, each behind its tab; none of what is nil.
func (q *exactPoint) String() string {
	if q == nil {
		return ""
	}
	return fmt.Sprintf("\t%.3f\t%.4f\t%.4f", q.KL, q.Reward, q.Best)
}

// rows are the measurements, a row of JSON a line: those of the runs by β and step,
// best-of-n, and the exact frontier.
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
	if f.sums == nil {
		return b.Bytes()
	}
	for _, x := range f.sums.frontier[1:] { // the first is the reference, at an infinite β
		_ = e.Encode(struct {
			Optimum exactRow `json:"optimum"`
		}{exactRow(x)})
	}
	return b.Bytes()
}

// exactRow is exact.Point as the measurements name it.
type exactRow struct {
	Beta   float64 `json:"beta"`
	KL     float64 `json:"kl"`
	Reward float64 `json:"reward"`
}

// plot draws true reward over KL: of a finite world the exact values, with the
// frontier that nothing lies above; else the sampled ones with their intervals.
func (f *frontier) plot() *chart.Plot {
	p := &chart.Plot{W: 860, H: 480, Title: f.judge.Title() + ": true reward and distance from the reference",
		Desc: fmt.Sprintf("True reward over KL of policies trained with several β, a point every %d of %d updates, with best-of-n sampling of the base model. %s",
			f.every, f.steps, f.source()),
		XName: "KL(π‖π_ref), nats", YName: "true reward"}
	for i, run := range f.runs {
		s := chart.Series{Name: fmt.Sprintf("β = %v", f.beta[i]), Line: true, Color: chart.Colors[i%len(chart.Colors)], Marker: chart.Markers[i%len(chart.Markers)]}
		for _, q := range run {
			place(&s, q.KL.Mean, q.Reward, q.Exact)
		}
		p.Series = append(p.Series, s)
	}
	if len(f.sampled) > 0 {
		s := chart.Series{Name: "best of n, base model", Color: "#111111", Marker: chart.Cross}
		for _, b := range f.sampled {
			var q *exactPoint
			if f.sums != nil {
				q = f.sums.bestOf(b.N)
			}
			place(&s, b.KL, b.Reward, q)
			s.Labels = append(s.Labels, fmt.Sprintf("n = %d", b.N))
		}
		p.Series = append(p.Series, s)
	}
	if f.sums != nil {
		p.Series = append(p.Series, f.optimum())
	}
	for _, s := range p.Series {
		for _, x := range s.X {
			p.Root = p.Root || x > 25 // beyond it what lies near 0 could not be told apart
		}
	}
	if p.Root {
		p.XName += " (spaced by square roots)"
	}
	return p
}

func (f *frontier) source() string {
	if f.sums == nil {
		return "Vertical bars are 95 % intervals."
	}
	return fmt.Sprintf("Exact, by sums over all answers to %d prompts; the dashed curve is the optimum of equation 4 at every β.", len(f.sums.prompts))
}

// place adds a point: the exact one, or the sampled one with its interval.
func place(s *chart.Series, kl float64, reward eval.Estimate, q *exactPoint) {
	if q != nil {
		s.X, s.Y = append(s.X, q.KL), append(s.Y, q.Reward)
		return
	}
	s.X, s.Y = append(s.X, kl), append(s.Y, reward.Mean)
	s.Lo, s.Hi = append(s.Lo, reward.Lo), append(s.Hi, reward.Hi)
}

// optimum is the exact frontier, as far as the runs have come and a little further.
func (f *frontier) optimum() chart.Series {
	s := chart.Series{Name: "optimum (eq. 4)", Color: "#111111", Line: true, Dashed: true}
	far := 0.0
	for _, run := range f.runs {
		for _, q := range run {
			far = max(far, q.Exact.KL)
		}
	}
	for _, b := range f.sampled {
		far = max(far, f.sums.bestOf(b.N).KL)
	}
	for _, x := range f.sums.frontier {
		if x.KL <= 1.1*far {
			s.X, s.Y = append(s.X, x.KL), append(s.Y, x.Reward)
		}
	}
	return s
}
