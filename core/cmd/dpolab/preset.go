package main

import (
	"flag"
	"fmt"
	"path/filepath"

	"dpolab/core/preset"
	"dpolab/core/train"
)

// presetChoice is the preset that a run begins with, if one is named.
type presetChoice struct {
	name, models string
	preset.Preset
}

func (c *presetChoice) define(fs *flag.FlagSet) {
	var names []string
	for _, p := range preset.All {
		names = append(names, p.Name)
	}
	fs.StringVar(&c.name, "preset", "", fmt.Sprintf("begin with a `preset`'s model, pairs and settings, as the page does; other flags change it; one of %q", names))
	fs.StringVar(&c.models, "models", filepath.Join("assets", "models"), "`folder` of the base models, for --preset")
}

// choose fills in what the named preset says and no flag does.
func (o *trainOptions) choose(given map[string]bool) error {
	c := &o.preset
	if c.name == "" {
		return nil
	}
	if o.resume != "" {
		return badf("--preset does not go with --resume: a saved run has its model, its pairs and its settings")
	}
	var err error
	if c.Preset, err = preset.ByName(c.name); err != nil {
		return badf("--preset: %w", err)
	}
	dir := filepath.Join(c.models, c.World)
	if !given["model"] {
		o.model = dir
	}
	if given["data"] {
		c.World, c.Flip = "", 0 // the user's pairs are no preset's
	} else {
		o.data = filepath.Join(dir, c.Pairs)
		if !given["heldout"] && !given["eval-fraction"] {
			o.heldout = filepath.Join(dir, preset.Heldout)
		}
	}
	o.settings.given = append(c.Settings[:len(c.Settings):len(c.Settings)], o.settings.given...)
	return nil
}

// finish turns the preset's share of labels round and notes its world, so that the
// page can open the run with its true reward.
func (c *presetChoice) finish(data *train.Data) {
	if c.World == "" {
		return
	}
	data.World = c.World
	if c.Flip > 0 {
		data.Train, _ = train.Flip(data.Train, c.Flip, preset.FlipSeed)
	}
}
