package world

import (
	"strings"
	"testing"
)

func TestParseGrammarNamesTheFault(t *testing.T) {
	for _, c := range []struct{ name, table, want string }{
		{"no rule", "  alone", "line 1"},
		{"weight", "a\n  x*  word", "line 2"},
		{"recursion", "a\n  so <b>\nb\n  on <a>", "contains itself"},
		{"no alternative", "a\n  so <b>", `"b"`},
		{"nameless slot", "a\n  so <>", "line 2"},
		{"open slot", "a\n  so <b", "line 2"},
	} {
		_, err := parseGrammar(c.table)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one that says %q", c.name, err, c.want)
		}
	}
}

func TestPolarityAndEmpty(t *testing.T) {
	g, err := parseGrammar(`
say~
  it is <very> <adj~> | not <adj!>
very
  _ | very
adj+
  good
adj-
  bad
`)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text string
		plus bool
	}{{"it is good", true}, {"it is very good", true}, {"not bad", true}, {"it is bad", false}, {"not good", false}} {
		ids := g.idsOf(nil, split(c.text), false)
		plus, minus := g.derives(g.byName["say+"], ids), g.derives(g.byName["say-"], ids)
		if plus != c.plus || minus == c.plus {
			t.Errorf("%q: + %v, - %v; want + %v only", c.text, plus, minus, c.plus)
		}
	}
	for _, text := range []string{"", "it is", "it is good good", "it is very very good", "good"} {
		if g.derives(g.byName["say+"], g.idsOf(nil, split(text), false)) {
			t.Errorf("%q is derived, want it refused", text)
		}
	}
}

func TestJoinPutsArticlesAndMarks(t *testing.T) {
	for _, c := range []struct{ words, want string }{
		{"a old film , a young star .", "an old film, a young star."},
		{"A hour of a useful idea !", "An hour of a useful idea!"},
	} {
		if got := join(strings.Fields(c.words)); got != c.want {
			t.Errorf("join(%q) = %q, want %q", c.words, got, c.want)
		}
	}
}

func TestByName(t *testing.T) {
	for _, name := range Names() {
		w, err := ByName(name)
		if err != nil || w.Name() != name {
			t.Errorf("ByName(%q) = %v, %v", name, w, err)
		}
	}
	if _, err := ByName("nowhere"); err == nil || !strings.Contains(err.Error(), "sentiment") {
		t.Errorf("ByName(nowhere): error %v, want one that lists the worlds", err)
	}
}
