// Package preset is the table of what one opens DPO Lab with: a world's base model,
// preference pairs sampled from it, settings, and a sentence on what there is to see.
// The four worlds come first, then the failures of preference training that have a
// name. It is a leaf: it knows names of files, and reads none, so that the page can
// list presets without the worlds' grammars.
package preset

import (
	"fmt"
	"slices"
	"strings"

	"dpolab/core/train/config"
)

// Preset is one row of the table.
type Preset struct {
	Name     string      // in links, saved runs and on the command line
	Title    string      // for people
	Line     string      // one sentence: what to look for
	World    string      // built-in world, and the folder of its base model in assets/models
	Pairs    string      // file of the folder with the training pairs; held-out ones are Heldout
	Flip     float64     // share of training labels turned round, by FlipSeed
	Settings [][2]string // on config.Defaults(), as Config.Apply takes them
}

// Files of a world's folder, besides those of the model.
const (
	Pairs   = "train.jsonl"
	Heldout = "heldout.jsonl"
	Near    = "near.jsonl"   // chosen and rejected differ in few words
	Longer  = "longer.jsonl" // the longer of two equally good answers is chosen
)

// FlipSeed decides which labels a preset turns round: the same in every run of it.
const FlipSeed = 1

// All are the presets whose files are in assets/models, in the order in which they
// are shown.
var All = shipped()

func shipped() (out []Preset) {
	for _, p := range table {
		if _, ok := p.set(); ok {
			out = append(out, p)
		}
	}
	return out
}

// ByName finds a preset; the error lists the names there are.
func ByName(name string) (Preset, error) {
	var names []string
	for _, p := range All {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return Preset{}, fmt.Errorf("preset: no preset %q; choose one of: %s", name, strings.Join(names, ", "))
}

// Config is the defaults with the preset's settings. A test applies every preset's,
// so a fault in them is a programming error.
func (p Preset) Config() config.Config {
	c := config.Defaults()
	if err := c.Apply(p.Settings); err != nil {
		panic("preset " + p.Name + ": " + err.Error())
	}
	return c
}

func (p Preset) set() (set, bool) {
	i := slices.IndexFunc(sets, func(s set) bool { return s.world == p.World && s.file == p.Pairs })
	if i < 0 {
		return set{}, false
	}
	return sets[i], true
}
