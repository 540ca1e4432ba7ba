package page

import (
	"math"
	"sort"
	"strconv"
)

// rows are the run's numbers, one series for each name; names are in the order of
// arrival.
type rows struct {
	names  []string
	series map[string]*series
}

// series is one metric: X rises.
type series struct{ X, Y []float64 }

// put adds a value; a step that is there already is overwritten.
func (s *series) put(x, y float64) {
	i := sort.SearchFloat64s(s.X, x)
	if i < len(s.X) && s.X[i] == x {
		s.Y[i] = y
		return
	}
	s.X, s.Y = append(s.X, 0), append(s.Y, 0)
	copy(s.X[i+1:], s.X[i:])
	copy(s.Y[i+1:], s.Y[i:])
	s.X[i], s.Y[i] = x, y
}

// add takes the rows of a message. A name that the row lacks (NaN) is left out,
// except loss: a loss that is NaN is what the user must see.
func (r *rows) add(m Metrics) {
	if m.Clear || r.series == nil {
		*r = rows{series: map[string]*series{}}
	}
	for i, step := range m.Steps {
		for j, name := range m.Names {
			k := i*len(m.Names) + j
			if k >= len(m.Values) {
				return
			}
			v := m.Values[k]
			if math.IsNaN(v) && !(name == "loss" && rowOfTraining(m, i)) {
				continue
			}
			s := r.series[name]
			if s == nil {
				s = &series{}
				r.series[name] = s
				r.names = append(r.names, name)
			}
			s.put(float64(step), v)
		}
	}
}

// rowOfTraining tells an update's row from one of an evaluation, whose training
// values are absent: an update always has its learning rate.
func rowOfTraining(m Metrics, i int) bool {
	for j, name := range m.Names {
		if name == "learning_rate" {
			k := i*len(m.Names) + j
			return k < len(m.Values) && !math.IsNaN(m.Values[k])
		}
	}
	return false
}

// get returns a metric's series; one without values if there is none.
func (r *rows) get(name string) *series {
	if s := r.series[name]; s != nil {
		return s
	}
	return &series{}
}

// last returns the newest value and its step.
func (s *series) last() (step int, v float64, ok bool) {
	n := len(s.X)
	if n == 0 {
		return 0, 0, false
	}
	return int(s.X[n-1]), s.Y[n-1], true
}

// JSON lists every value as [[step, name, value], …] by name; a value that JSON
// cannot write is a string.
func (r *rows) JSON() string {
	b := []byte{'['}
	for _, name := range r.names {
		s := r.series[name]
		for i := range s.X {
			if len(b) > 1 {
				b = append(b, ',')
			}
			b = append(b, '[')
			b = strconv.AppendInt(b, int64(s.X[i]), 10)
			b = append(b, ',')
			b = strconv.AppendQuote(b, name)
			b = append(b, ',')
			if v := s.Y[i]; math.IsNaN(v) || math.IsInf(v, 0) {
				b = strconv.AppendQuote(b, strconv.FormatFloat(v, 'g', -1, 64))
			} else {
				b = strconv.AppendFloat(b, v, 'g', -1, 64)
			}
			b = append(b, ']')
		}
	}
	return string(append(b, ']'))
}

// MetricsJSON is every number of the run.
func (p *Page) MetricsJSON() string { return p.rows.JSON() }

// Metrics takes new rows. An evaluation asks for fresh answers.
func (p *Page) Metrics(m Metrics) {
	if p.phase == Loading { // of the run there was
		return
	}
	before := len(p.rows.get("eval_loss").X)
	p.rows.add(m)
	if m.Clear {
		before = 0
	}
	p.charts.dirty = true
	p.show()
	if len(p.rows.get("eval_loss").X) > before && p.phase == Training {
		p.sampleAgain()
		p.lookExactly()
	}
}
