package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"dpolab/core/train/config"
)

// parse reads a command's flags; line says what the command does. With --help it
// lists them and returns flag.ErrHelp; what is left over is bad input.
func (a *app) parse(fs *flag.FlagSet, args []string, line string) error {
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	switch err := fs.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		help(a.out, fs, line)
		return err
	case err != nil:
		return badf("%w; dpolab %s --help lists the flags", err, fs.Name())
	case fs.NArg() > 0:
		return badf("%q is not a flag; dpolab %s --help lists the flags", fs.Arg(0), fs.Name())
	}
	return nil
}

// help lists the flags by name, then those of the table of settings in its order.
func help(w io.Writer, fs *flag.FlagSet, line string) {
	fmt.Fprintf(w, "dpolab %s: %s\n\n", fs.Name(), line)
	var settings []*flag.Flag
	fs.VisitAll(func(f *flag.Flag) {
		if _, ok := f.Value.(*setting); !ok {
			helpFlag(w, f)
		}
	})
	for i := range config.Fields {
		if f := fs.Lookup(config.Fields[i].Name); f != nil {
			if _, ok := f.Value.(*setting); ok {
				settings = append(settings, f)
			}
		}
	}
	if len(settings) == 0 {
		return
	}
	fmt.Fprintln(w, "\nSettings of the run:")
	for _, f := range settings {
		helpFlag(w, f)
	}
}

func helpFlag(w io.Writer, f *flag.Flag) {
	kind, usage := flag.UnquoteUsage(f)
	if f.DefValue != "" && f.DefValue != "false" {
		usage += " (default " + f.DefValue + ")"
	}
	fmt.Fprintf(w, "  --%s\n        %s\n", strings.TrimSpace(f.Name+" "+kind), usage)
}

// settings are the flags made from config.Fields, as far as they were given.
type settings struct{ given [][2]string }

// define adds a flag for every row of the table.
func (s *settings) define(fs *flag.FlagSet) {
	for i := range config.Fields {
		f := &config.Fields[i]
		fs.Var(&setting{f, s}, f.Name, settingHelp(f))
	}
}

func settingHelp(f *config.Field) string {
	values := f.Range()
	if len(f.Choices) > 0 {
		values = strings.Join(f.Choices, " or ")
	}
	if f.Unit != "" {
		values += " " + f.Unit
	}
	text := f.Help + " Takes " + values + "."
	if f.When == config.AtReset {
		text += " A resumed run keeps its own."
	}
	return text
}

// setting is the flag of one row.
type setting struct {
	field *config.Field
	to    *settings
}

// String gives the default, which is what package flag asks for.
func (s *setting) String() string {
	d := config.Defaults()
	return s.field.Get(&d)
}

// Set checks the value and notes that it was given.
func (s *setting) Set(value string) error {
	c := config.Defaults()
	if err := s.field.Set(&c, value); err != nil {
		return err
	}
	s.to.given = append(s.to.given, [2]string{s.field.Name, value})
	return nil
}
