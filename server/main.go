// Command server serves DPO Lab: the page, its WebAssembly programs and the
// base checkpoints. Everything it serves is inside the program; it reads and
// writes no file, and keeps nothing about its visitors.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"dpolab/assets"
	"dpolab/server/internal/site"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

const usage = `Serves DPO Lab.

Usage: server [--addr HOST:PORT]

`

// run serves until ctx is done and returns the exit code: 0 after a stop that
// was asked for, 1 after a failure, 2 for wrong arguments.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("server", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	addr := flags.String("addr", "localhost:8080", "`address` to serve on; port 0 takes a free one")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case flags.NArg() > 0:
		fmt.Fprintf(stderr, "server: unexpected argument %q; see --help\n", flags.Arg(0))
		return 2
	}
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		fmt.Fprintln(stderr, "server:", explain(*addr, err))
		return 1
	}
	// The name as it was given: localhost and 127.0.0.1 are two origins to a
	// browser, and what the page keeps belongs to one of them.
	host, _, _ := net.SplitHostPort(*addr)
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	fmt.Fprintf(stdout, "DPO Lab: http://%s/ (stop with Ctrl-C)\n", net.JoinHostPort(host, port))
	if err := serve(ctx, listener, stderr); err != nil {
		fmt.Fprintln(stderr, "server:", err)
		return 1
	}
	return 0
}

// explain says what to do about an address that cannot be listened on.
func explain(addr string, err error) string {
	_, port, splitErr := net.SplitHostPort(addr)
	switch {
	case splitErr != nil:
		return fmt.Sprintf("address %q is not HOST:PORT; write for example localhost:8081", addr)
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Sprintf("port %s is taken: something already listens on %s. Stop it, or choose another port: make run ADDR=localhost:8081", port, addr)
	case errors.Is(err, syscall.EACCES):
		return fmt.Sprintf("this user may not listen on port %s. Choose one above 1023: make run ADDR=localhost:8080", port)
	}
	return fmt.Sprintf("cannot listen on %s: %v. Choose another address: make run ADDR=localhost:8081", addr, err)
}

// drain is how long a stop waits for the responses that are under way.
const drain = 5 * time.Second

// serve answers on listener until ctx is done, then lets the responses that
// are under way finish.
func serve(ctx context.Context, listener net.Listener, stderr io.Writer) error {
	files, err := site.New(assets.Site())
	if err != nil {
		return err
	}
	logger := log.New(stderr, "", log.LstdFlags)
	server := &http.Server{
		Handler:           site.Guard(files, logger),
		ErrorLog:          logger,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second, // no request here has a body worth waiting for
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	if !assets.Built {
		fmt.Fprintln(stderr, "server: this program was built without the page; `make run` builds and serves it")
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	stopCtx, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	if err := server.Shutdown(stopCtx); err != nil {
		return errors.Join(fmt.Errorf("responses were still under way after %v and were cut off", drain), server.Close())
	}
	return nil
}
