package preset

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dpolab/core/ckpt"
	"dpolab/core/pref"
	"dpolab/core/token"
)

func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range table {
		if seen[p.Name] || p.Title == "" || p.World == "" || p.Pairs == "" || !(p.Flip >= 0 && p.Flip <= 0.5) {
			t.Errorf("%+v", p)
		}
		seen[p.Name] = true
		if !strings.HasSuffix(p.Line, ".") || strings.Count(p.Line, ". ") > 0 {
			t.Errorf("%s: %q is not one sentence", p.Name, p.Line)
		}
		p.Config() // panics on a bad setting
	}
	for _, s := range sets {
		if !seen[s.world] {
			t.Errorf("the world %s has no preset of its name", s.world)
		}
	}
}

func TestByName(t *testing.T) {
	for _, want := range All {
		if p, err := ByName(want.Name); err != nil || p.Title != want.Title {
			t.Errorf("ByName(%q) = %v, %v", want.Name, p, err)
		}
	}
	if _, err := ByName("warp"); err == nil || !strings.Contains(err.Error(), All[0].Name) {
		t.Errorf("an unknown preset: %v", err)
	}
}

func TestSeconds(t *testing.T) {
	p, s := All[0], sets[0]
	if got := p.Seconds(1000, s.parameters); got != p.Tokens()/1000 || !(p.Tokens() > float64(s.pairs)*s.tokens) {
		t.Errorf("%v seconds for %v tokens", got, p.Tokens())
	}
	if got, want := p.Seconds(1000, 2*s.parameters), p.Tokens()/2000; got != want {
		t.Errorf("%v seconds where a model of twice the size was timed, want %v", got, want)
	}
	if p.Seconds(0, 1) != 0 || p.Seconds(math.NaN(), 1) != 0 {
		t.Error("a time out of no speed")
	}
}

// The rows of sets are what lies in assets/models, and every file has its row.
func TestSetsAreTheFiles(t *testing.T) {
	const models = "../../assets/models"
	known := map[[2]string]set{}
	for _, s := range sets {
		known[[2]string{s.world, s.file}] = s
	}
	for _, file := range []string{Pairs, Near, Longer} {
		paths, err := filepath.Glob(filepath.Join(models, "*", file))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			world := filepath.Base(filepath.Dir(path))
			got, want := measure(t, filepath.Dir(path), file), known[[2]string{world, file}]
			delete(known, [2]string{world, file})
			if want.pairs != got.pairs || want.heldout != got.heldout || want.parameters != got.parameters || math.Abs(want.tokens-got.tokens) > 1 {
				t.Errorf("%s: the row of sets is {%q, %q, %d, %.0f, %d, %d}, not %+v", path, world, file, got.pairs, got.tokens, got.heldout, got.parameters, want)
			}
		}
	}
	for k := range known {
		t.Errorf("sets has a row for %s/%s, and there is no such file", k[0], k[1])
	}
}

func measure(t *testing.T, dir, file string) (s set) {
	t.Helper()
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	m, err := ckpt.ReadModel(read("config.json"), read("model.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	tok, err := token.ReadJSON(read("tokenizer.json"))
	if err != nil {
		t.Fatal(err)
	}
	pairs := func(name string) []pref.Pair {
		set, err := pref.Read(read(name))
		if err != nil {
			t.Fatal(err)
		}
		return set.Pairs
	}
	training := pairs(file)
	for _, p := range training {
		e, problem := pref.Tokenize(tok, p, m.Context)
		if problem != nil {
			t.Errorf("%s/%s: %v", dir, file, problem)
		}
		s.tokens += float64(len(e.Prompt)+len(e.Chosen)+len(e.Rejected)-2) / float64(len(training)) // an answer's last token predicts nothing
	}
	s.pairs, s.heldout, s.parameters = len(training), len(pairs(Heldout)), m.Parameters()
	return s
}
