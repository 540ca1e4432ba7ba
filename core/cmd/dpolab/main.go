// Command dpolab makes base models and trains them with preferences, on a laptop
// or in CI, with the engine that runs in the page.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// command is one thing dpolab can do.
type command struct {
	name, line string
	run        func(ctx context.Context, args []string) error
}

func commands() []command {
	return []command{
		{"pretrain", "make a base model and its preference pairs from a world", pretrain},
		{"train", "train a model with DPO (or SFT) on preference pairs", runTrain},
		{"generate", "answer prompts with a model", generate},
	}
}

// errUsage has been explained already.
var errUsage = errors.New("usage")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:]))
}

// run does what args ask for; 2 is bad input, 1 a failure, 130 an interruption.
func run(ctx context.Context, args []string) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		usage()
		if len(args) == 0 {
			return 2
		}
		return 0
	}
	for _, c := range commands() {
		if c.name != args[0] {
			continue
		}
		switch err := c.run(ctx, args[1:]); {
		case err == nil, errors.Is(err, flag.ErrHelp):
			return 0
		case errors.Is(err, errUsage):
			return 2
		case errors.Is(err, context.Canceled):
			fmt.Fprintln(os.Stderr, "stopped")
			return 130
		default:
			var bad badInput
			fmt.Fprintf(os.Stderr, "dpolab %s: %v\n", c.name, err)
			if errors.As(err, &bad) {
				return 2
			}
			return 1
		}
	}
	fmt.Fprintf(os.Stderr, "dpolab: there is no command %q\n\n", args[0])
	usage()
	return 2
}

func usage() {
	fmt.Fprintln(os.Stderr, "dpolab teaches small language models what you prefer.\n\nCommands:")
	for _, c := range commands() {
		fmt.Fprintf(os.Stderr, "  dpolab %-9s %s\n", c.name, c.line)
	}
	fmt.Fprintln(os.Stderr, "\ndpolab COMMAND --help lists a command's flags.")
}

// badInput marks an error that the user can mend: exit status 2.
type badInput struct{ error }

func (b badInput) Unwrap() error { return b.error }

// parse reads flags; what is left over is bad usage.
func parse(fs *flag.FlagSet, args []string, line string) error {
	fs.Usage = func() {
		fmt.Fprintf(os.Stderr, "dpolab %s: %s\n\n", fs.Name(), line)
		fs.PrintDefaults()
	}
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return errUsage
	}
	if fs.NArg() > 0 {
		return badInput{fmt.Errorf("%q is not a flag: see dpolab %s --help", fs.Arg(0), fs.Name())}
	}
	return nil
}
