package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"dpolab/core/world"
)

const modelsLine = "make the base model of every built-in world"

// models makes the checkpoints of assets/models.
func (a *app) models(ctx context.Context, args []string) error {
	fl := flag.NewFlagSet("models", flag.ContinueOnError)
	out := fl.String("out", "", "`folder` in which each world's model gets a folder of its name")
	force := fl.Bool("force", false, "make models again that are finished")
	if err := a.parse(fl, args, modelsLine); err != nil {
		return err
	}
	if *out == "" {
		return badf("--out is missing: name the folder to write")
	}
	for _, name := range world.Names() {
		w, err := world.ByName(name)
		if err != nil {
			return err
		}
		r := committed(w)
		r.out, r.log = filepath.Join(*out, name), a.err
		done, err := r.finished()
		if err != nil {
			return err
		}
		if done && !*force {
			fmt.Fprintf(a.err, "%s is finished: left as it is (--force makes it again)\n", r.out)
			continue
		}
		fmt.Fprintf(a.err, "making %s\n", r.out)
		if err := r.make(ctx); err != nil {
			return err
		}
	}
	return nil
}

// finished reports whether the folder holds the model of this very recipe: its card
// names the recipe, and no state of an unfinished one is left.
func (r *recipe) finished() (bool, error) {
	switch _, err := os.Stat(r.path(stateFile)); {
	case err == nil:
		return false, nil
	case !errors.Is(err, fs.ErrNotExist):
		return false, err
	}
	card, err := os.ReadFile(r.path(cardFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return bytes.Contains(card, []byte(r.command()+"\n")), err
}
