package config

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// When says when a changed setting takes hold.
type When uint8

const (
	Live    When = iota // with the next step
	AtReset             // only with a new run: it is part of how a run begins
)

// Field is one row of the table: how a setting is named, shown, bounded and reached.
type Field struct {
	Name    string // in flags, links, saved runs
	Label   string // beside its control
	Unit    string
	Help    string // one sentence: what it does
	When    When
	Lo, Hi  float64  // inclusive; OpenLo excludes Lo
	OpenLo  bool     //
	Choices []string // a text setting takes one of these
	Sum     bool     // or several of these with weights, as 0.8*one+0.2*other
	OfLoss  bool     // Used depends on the loss

	text   func(*Config) *string
	num    func(*Config) *float64
	count  func(*Config) *int
	seed   func(*Config) *uint64
	toggle func(*Config) *bool // Choices are off and on
	with   func(*Config) bool  // the setting matters only where this is so
}

// ByName returns the row of a setting.
func ByName(name string) (*Field, bool) {
	for i := range Fields {
		if Fields[i].Name == name {
			return &Fields[i], true
		}
	}
	return nil, false
}

// Get formats the field's value as Set reads it.
func (f *Field) Get(c *Config) string {
	switch {
	case f.text != nil:
		return *f.text(c)
	case f.toggle != nil:
		return onOff[b2i(*f.toggle(c))]
	case f.num != nil:
		return strconv.FormatFloat(*f.num(c), 'g', -1, 64)
	case f.count != nil:
		return strconv.Itoa(*f.count(c))
	}
	return strconv.FormatUint(*f.seed(c), 10)
}

// Set reads a value into c. A value that cannot be read or lies outside the
// field's range is an error, and c is left as it was.
func (f *Field) Set(c *Config, value string) error {
	next := *c
	var err error
	switch {
	case f.Sum:
		*f.text(&next), err = canonical(value)
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	case f.text != nil:
		*f.text(&next) = value
	case f.toggle != nil:
		if !slices.Contains(onOff, value) {
			return fmt.Errorf("%s: %q is not one of %q", f.Name, value, onOff)
		}
		*f.toggle(&next) = value == onOff[1]
	case f.num != nil:
		*f.num(&next), err = strconv.ParseFloat(value, 64)
	case f.count != nil:
		*f.count(&next), err = strconv.Atoi(value)
	default:
		*f.seed(&next), err = strconv.ParseUint(value, 10, 64)
	}
	if err != nil {
		return fmt.Errorf("%s: %q is not a %s", f.Name, value, f.kind())
	}
	if err := f.check(&next); err != nil {
		return err
	}
	*c = next
	return nil
}

func (f *Field) kind() string {
	if f.num != nil {
		return "number"
	}
	return "whole number"
}

// check holds one field of c against its row.
func (f *Field) check(c *Config) error {
	var v float64
	switch {
	case f.toggle != nil:
		return nil
	case f.Sum:
		if _, err := canonical(*f.text(c)); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		return nil
	case f.text != nil:
		if v := *f.text(c); !slices.Contains(f.Choices, v) {
			return fmt.Errorf("%s: %q is not one of %q", f.Name, v, f.Choices)
		}
		return nil
	case f.num != nil:
		v = *f.num(c)
	case f.count != nil:
		v = float64(*f.count(c))
	default:
		v = float64(*f.seed(c))
	}
	if math.IsNaN(v) || v < f.Lo || v > f.Hi || f.OpenLo && v == f.Lo {
		return fmt.Errorf("%s: %v is out of range, want %s", f.Name, f.Get(c), f.Range())
	}
	return nil
}

// Range says in words what values the field takes.
func (f *Field) Range() string {
	num := func(v float64) string {
		if f.num == nil {
			return strconv.FormatFloat(v, 'f', 0, 64)
		}
		return strconv.FormatFloat(v, 'g', 10, 64)
	}
	if f.OpenLo {
		return "more than " + num(f.Lo) + ", at most " + num(f.Hi)
	}
	return num(f.Lo) + " to " + num(f.Hi)
}

// onOff are the values of a setting that is one or the other.
var onOff = []string{"off", "on"}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
