// Command dpolab makes base models and trains them with preferences, on a laptop
// or in CI, with the engine that runs in the page. Results go to standard output,
// progress and complaints to standard error.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// app is where a command reads and writes.
type app struct {
	in       io.Reader
	out, err io.Writer
}

// command is one thing dpolab can do.
type command struct {
	name, line string
	run        func(ctx context.Context, args []string) error
}

func (a *app) commands() []command {
	return []command{
		{"pretrain", pretrainLine, a.pretrain},
		{"pairs", pairsLine, a.makePairs},
		{"models", modelsLine, a.models},
		{"train", trainLine, a.train},
		{"loss", lossLine, a.loss},
		{"generate", generateLine, a.generate},
		{"eval", evalLine, a.eval},
		{"frontier", frontierLine, a.frontier},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	a := &app{in: os.Stdin, out: os.Stdout, err: os.Stderr}
	os.Exit(a.run(ctx, os.Args[1:]))
}

// Exit statuses, besides 0.
const (
	exitFailure     = 1   // nothing the user wrote is at fault
	exitBadInput    = 2   // flags or files that the user can mend
	exitInterrupted = 130 // as a shell says it of Ctrl-C
)

// run does what args ask for and returns the exit status.
func (a *app) run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		a.usage(a.err)
		return exitBadInput
	}
	switch args[0] {
	case "help", "--help", "-help", "-h":
		a.usage(a.out)
		return 0
	}
	for _, c := range a.commands() {
		if c.name == args[0] {
			return a.explain(c.name, c.run(ctx, args[1:]))
		}
	}
	fmt.Fprintf(a.err, "dpolab: there is no command %q\n\n", args[0])
	a.usage(a.err)
	return exitBadInput
}

// explain says how a command ended and returns the exit status.
func (a *app) explain(name string, err error) int {
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return 0
	}
	fmt.Fprintf(a.err, "dpolab %s: %v\n", name, err)
	var bad badInput
	switch {
	case errors.As(err, &bad):
		return exitBadInput
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	return exitFailure
}

func (a *app) usage(w io.Writer) {
	fmt.Fprintln(w, "dpolab teaches small language models what you prefer.\n\nCommands:")
	for _, c := range a.commands() {
		fmt.Fprintf(w, "  dpolab %-9s %s\n", c.name, c.line)
	}
	fmt.Fprintln(w, "\ndpolab COMMAND --help lists a command's flags.")
}

// badInput marks an error that the user can mend.
type badInput struct{ error }

func (b badInput) Unwrap() error { return b.error }

// badf is a badInput in the words of fmt.Errorf.
func badf(format string, args ...any) error { return badInput{fmt.Errorf(format, args...)} }

// stopped is an interruption after which everything is safe; it says how to go on.
type stopped struct{ how string }

func (s stopped) Error() string { return "stopped: " + s.how }

func (s stopped) Unwrap() error { return context.Canceled }
