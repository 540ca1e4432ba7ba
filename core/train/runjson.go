package train

import (
	"bytes"
	"encoding/json/jsontext"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
)

// progress is the numbers of a run that are neither weights nor pairs: run.json.
type progress struct {
	format   string
	name     string // of the data
	world    string
	settings [][2]string
	counts   map[string]int
	numbers  map[string]float64
	digests  map[string]string // SHA-256 of every other file
}

// numberShift is BCO's shift among the numbers.
const numberShift = "bco_shift"

// runFormat names what is written; a reader that does not know it refuses.
const runFormat = "dpolab run 1"

func (p *progress) json() []byte {
	var b bytes.Buffer
	e := jsontext.NewEncoder(&b, jsontext.Multiline(true))
	str := func(s string) { e.WriteToken(jsontext.String(s)) }
	e.WriteToken(jsontext.BeginObject)
	str("format")
	str(p.format)
	str("data")
	str(p.name)
	str("world")
	str(p.world)
	str("settings")
	e.WriteToken(jsontext.BeginObject)
	for _, s := range p.settings {
		str(s[0])
		str(s[1])
	}
	e.WriteToken(jsontext.EndObject)
	str("counts")
	e.WriteToken(jsontext.BeginObject)
	for _, name := range sortedKeys(p.counts) {
		str(name)
		e.WriteToken(jsontext.Int(int64(p.counts[name])))
	}
	e.WriteToken(jsontext.EndObject)
	str("numbers")
	e.WriteToken(jsontext.BeginObject)
	for _, name := range sortedKeys(p.numbers) {
		str(name)
		e.WriteToken(jsontext.Float(p.numbers[name]))
	}
	e.WriteToken(jsontext.EndObject)
	str("sha256")
	e.WriteToken(jsontext.BeginObject)
	for _, name := range sortedKeys(p.digests) {
		str(name)
		str(p.digests[name])
	}
	e.WriteToken(jsontext.EndObject)
	e.WriteToken(jsontext.EndObject)
	return b.Bytes()
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// readProgress reads run.json.
func readProgress(b []byte) (*progress, error) {
	p := &progress{counts: map[string]int{}, numbers: map[string]float64{}, digests: map[string]string{}}
	d := jsontext.NewDecoder(bytes.NewReader(b))
	err := object(d, func(key string) (err error) {
		switch key {
		case "format":
			p.format, err = text(d)
		case "data":
			p.name, err = text(d)
		case "world":
			p.world, err = text(d)
		case "settings":
			err = object(d, func(name string) error {
				v, err := text(d)
				p.settings = append(p.settings, [2]string{name, v})
				return err
			})
		case "counts":
			err = object(d, func(name string) error {
				v, err := number(d)
				if v != math.Trunc(v) || v < -1 || v > 1<<53 {
					return fmt.Errorf("%s is %v, want a count", name, v)
				}
				p.counts[name] = int(v)
				return err
			})
		case "numbers":
			err = object(d, func(name string) error {
				v, err := number(d)
				p.numbers[name] = v
				return err
			})
		case "sha256":
			err = object(d, func(name string) error {
				v, err := text(d)
				p.digests[name] = v
				return err
			})
		default:
			err = d.SkipValue()
		}
		return err
	})
	if err == nil && p.format != runFormat {
		err = fmt.Errorf("format is %q, this build reads %q", p.format, runFormat)
	}
	if err != nil {
		return nil, fmt.Errorf("run.json: %w", err)
	}
	return p, nil
}

// object reads an object; member reads the value of each key.
func object(d *jsontext.Decoder, member func(key string) error) error {
	if err := expect(d, '{'); err != nil {
		return err
	}
	for d.PeekKind() != '}' {
		key, err := text(d)
		if err != nil {
			return err
		}
		if err := member(key); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

func expect(d *jsontext.Decoder, kind jsontext.Kind) error {
	t, err := d.ReadToken()
	if err == nil && t.Kind() != kind {
		return fmt.Errorf("at byte %d: found %v, want %v", d.InputOffset(), t.Kind(), kind)
	}
	return err
}

func text(d *jsontext.Decoder) (string, error) {
	t, err := d.ReadToken()
	if err == nil && t.Kind() != '"' {
		err = fmt.Errorf("at byte %d: found %v, want a string", d.InputOffset(), t.Kind())
	}
	if err != nil {
		return "", err
	}
	return t.String(), nil
}

// number reads a number, or null as NaN.
func number(d *jsontext.Decoder) (float64, error) {
	t, err := d.ReadToken()
	switch {
	case err != nil:
		return 0, err
	case t.Kind() == 'n':
		return math.NaN(), nil
	case t.Kind() != '0':
		return 0, fmt.Errorf("at byte %d: found %v, want a number", d.InputOffset(), t.Kind())
	}
	return strconv.ParseFloat(t.String(), 64)
}

// AppendRow appends a row as one line of JSON under the metrics' names; values that
// were not measured are left out. It is the format of --metrics and of metrics.jsonl.
func AppendRow(dst []byte, r Row) []byte {
	dst = append(dst, `{"step":`...)
	dst = strconv.AppendInt(dst, int64(r.Step), 10)
	for i, v := range r.Values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			continue
		}
		dst = append(dst, `,"`...)
		dst = append(dst, Names[i]...)
		dst = append(dst, `":`...)
		dst = strconv.AppendFloat(dst, v, 'g', -1, 64)
	}
	return append(dst, '}', '\n')
}

// readRows reads what AppendRow wrote; metrics of other names are passed over.
func readRows(b []byte) ([]Row, error) {
	var rows []Row
	d := jsontext.NewDecoder(bytes.NewReader(b))
	for {
		r := newRow(0)
		err := object(d, func(key string) error {
			v, err := number(d)
			if i, ok := nameIndex[key]; ok {
				r.Values[i] = v
			} else if key == "step" {
				r.Step = int(v)
			}
			return err
		})
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, fmt.Errorf("metrics.jsonl: row %d: %w", len(rows)+1, err)
		}
		rows = append(rows, r)
	}
}
