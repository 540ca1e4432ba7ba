// Command pack writes the compressed variants of the page's files beside them
// (x.br, x.zst, x.gz), so that the server never compresses while serving.
//
//	pack [-brotli 5] [-cache DIR] DIST    write the variants
//	pack -sizes DIST                      print what the programs weigh
//
// With a cache a file that was packed before is not packed again: its variants
// are kept under the SHA-256 of the file and the brotli level.
package main

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

func main() {
	level := flag.Int("brotli", 5, "brotli `level`, 0 to 11")
	cache := flag.String("cache", "", "`directory` for variants made before; none if empty")
	sizes := flag.Bool("sizes", false, "print what the programs weigh against their budgets")
	flag.Parse()
	if flag.NArg() != 1 || *level < 0 || *level > 11 {
		flag.Usage()
		os.Exit(2)
	}
	work := func(dist string) error { return packAll(dist, *cache, *level) }
	if *sizes {
		work = func(dist string) error { return report(os.Stdout, dist) }
	}
	if err := work(flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "pack:", err)
		os.Exit(1)
	}
}

// packAll packs every file below dist that is worth it.
func packAll(dist, cache string, level int) error {
	var names []string
	err := filepath.WalkDir(dist, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && packable(name) {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := pack(name, cache, level); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
