package world

import (
	"fmt"
	"strconv"
	"strings"
)

// A grammar is read from a table. A line that begins in the first column names
// a rule; the indented lines under it are its alternatives:
//
//	adj.acting+
//	  subtle | superb | first-rate
//	acting~
//	  3* the acting is <adj.acting~>
//	  nobody in the cast is <adj.acting!>
//	  @mystery the detective is <adj.acting~>
//
// " | " separates alternatives on one line, "_" is the empty alternative and
// "<name>" stands for a rule. Before the alternatives of a line may stand "n*",
// their weight each. Polarity: a rule named with "~" is written once and stands
// for two rules, one ending in "+" and one in "-"; inside it "~" means the same
// polarity and "!" the opposite. A rule may be named several times, its
// alternatives add up.
//
// Tags steer what is drawn and never what parses. "@tag" keeps a line for texts
// in which the tag is set, "@-tag" for texts in which it is not. "=tag" sets the
// tag where the alternative's words stand in the prompt; an answer then draws
// that alternative only. No rule may contain itself, so the language is finite.
type grammar struct {
	rules  []rule
	byName map[string]int
	words  []string       // word of an id
	ids    map[string]int // id of a word
}

// sym is a word id (>= 0) or a rule: rule r is the symbol -1-r.
type sym int32

func (s sym) isRule() bool { return s < 0 }
func (s sym) rule() int    { return int(-1 - s) }

type rule struct {
	name     string
	alts     []alternative
	root     *node  // the alternatives as a trie
	first    bitset // words a text of this rule can begin with
	nullable bool
	done     bool // root, first and nullable are made
}

type alternative struct {
	syms   []sym
	weight int
	id     int    // shared by the two polarities of one written alternative
	need   string // "@tag"; empty: none
	bar    string // "@-tag"
	set    string // "=tag"
}

// parseGrammar reads a table. A fault in the table names its line.
func parseGrammar(table string) (*grammar, error) {
	g := &grammar{byName: map[string]int{}, ids: map[string]int{}}
	var names []string // the rules of the current header
	serial := 0
	for n, line := range strings.Split(table, "\n") {
		text := strings.TrimSpace(line)
		switch {
		case text == "" || text[0] == '#':
		case line[0] != ' ':
			names = polarities(text)
			for _, name := range names {
				g.ruleID(name)
			}
		case names == nil:
			return nil, fmt.Errorf("world: table line %d: alternative %q stands before any rule; name its rule in the first column above it", n+1, text)
		default:
			guide, body, err := cutGuide(text)
			if err != nil {
				return nil, fmt.Errorf("world: table line %d: %w", n+1, err)
			}
			for _, text := range strings.Split(body, " | ") {
				serial++
				guide.id = serial
				if strings.Count(text, "<") != strings.Count(text, ">") || strings.Contains(text, "<>") {
					return nil, fmt.Errorf("world: table line %d: %q has a slot without a name or without its end; write <name>", n+1, text)
				}
				g.add(names, text, guide)
			}
		}
	}
	return g, g.compile()
}

// polarities gives the one or two rules that a header names.
func polarities(header string) []string {
	if base, ok := strings.CutSuffix(header, "~"); ok {
		return []string{base + "+", base + "-"}
	}
	return []string{header}
}

// ruleID finds or makes the rule of that name.
func (g *grammar) ruleID(name string) int {
	id, ok := g.byName[name]
	if !ok {
		id = len(g.rules)
		g.byName[name] = id
		g.rules = append(g.rules, rule{name: name})
	}
	return id
}

// wordID finds or makes the id of a word.
func (g *grammar) wordID(word string) int {
	id, ok := g.ids[word]
	if !ok {
		id = len(g.words)
		g.ids[word] = id
		g.words = append(g.words, word)
	}
	return id
}

// cutGuide reads the weight and the tags that stand before the alternatives
// of a line.
func cutGuide(text string) (guide alternative, body string, err error) {
	guide.weight = 1
	for {
		head, rest, ok := strings.Cut(text, " ")
		switch {
		case ok && strings.HasSuffix(head, "*"):
			guide.weight, err = strconv.Atoi(head[:len(head)-1])
			if err != nil || guide.weight < 1 {
				return guide, "", fmt.Errorf("weight %q is not a whole number above 0", head)
			}
		case ok && strings.HasPrefix(head, "@-"):
			guide.bar = head[2:]
		case ok && head[0] == '@':
			guide.need = head[1:]
		case ok && head[0] == '=':
			guide.set = head[1:]
		default:
			return guide, text, nil
		}
		text = rest
	}
}

// add appends one written alternative to the rules of those names.
func (g *grammar) add(names []string, text string, alt alternative) {
	for _, name := range names {
		alt.syms = g.symbols(text, name)
		id := g.ruleID(name)
		g.rules[id].alts = append(g.rules[id].alts, alt)
	}
}

// symbols turns written words, marks and "<rules>" into symbols.
func (g *grammar) symbols(text, owner string) []sym {
	var out []sym
	if text == "_" {
		return out
	}
	for {
		before, rest, found := strings.Cut(text, "<")
		for _, p := range split(before) {
			if p.text == "an" {
				p.text = "a" // join and idsOf know which is right
			}
			out = append(out, sym(g.wordID(p.text)))
		}
		if !found {
			return out
		}
		name, after, _ := strings.Cut(rest, ">")
		out = append(out, sym(-1-g.ruleID(resolve(name, owner))))
		text = after
	}
}

// resolve replaces "~" and "!" at the end of a rule's name by the owner's
// polarity and its opposite.
func resolve(name, owner string) string {
	own := owner[len(owner)-1]
	base := name[:len(name)-1]
	switch name[len(name)-1] {
	case '~':
		return base + string(own)
	case '!':
		if own == '+' {
			return base + "-"
		}
		return base + "+"
	}
	return name
}
