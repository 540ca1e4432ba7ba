package main

import (
	"fmt"
	"os"

	"dpolab/core/pref"
	"dpolab/core/token"
	"dpolab/core/train"
)

// readPairs reads the preference pairs of a file that a model with this tokenizer
// and context can be trained on. Rows that cannot be used are told by line.
func (a *app) readPairs(path string, tok *token.Tokenizer, context int) ([]pref.Pair, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, badInput{err}
	}
	set, err := pref.Read(b)
	if err != nil {
		return nil, badf("%s: %w", path, err)
	}
	usable, problems := train.Usable(tok, set, context)
	a.tell(path, problems)
	if len(problems) > 0 {
		fmt.Fprintf(a.err, "%s: %d of %d rows are used\n", path, len(usable), set.Rows)
	}
	if len(usable) == 0 {
		return nil, badf("%s: none of its %d rows can be used", path, set.Rows)
	}
	return usable, nil
}

// tell lists the first problems of a file and counts the others.
func (a *app) tell(path string, problems []pref.Problem) {
	const most = 20
	for i, p := range problems {
		if i == most {
			fmt.Fprintf(a.err, "%s: and %d more\n", path, len(problems)-most)
			return
		}
		fmt.Fprintf(a.err, "%s: %v\n", path, p)
	}
}
