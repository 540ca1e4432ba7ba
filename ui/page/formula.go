package page

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dpolab/core/dpo"
	"dpolab/ui/chart"
	"dpolab/ui/text"
)

// formulaReward and formulaLoss are the two formulas of the method (arXiv 2305.18290,
// equations 5 and 7), in the notation of dpo.Losses.
const (
	formulaReward = "r(y) = β(log π_θ(y|x) − log π_ref(y|x))"
	formulaLoss   = "loss = −log σ(r(y_chosen) − r(y_rejected))"
)

// symbol is a letter that formulas use, and what it stands for.
type symbol struct{ letter, is string }

// symbols in the order in which they are explained: what one is made of follows it.
var symbols = []symbol{
	{"z", "z = βΔ"},
	{"Δ", "Δ = s_w − s_l"},
	{"s_w", "s_w = s(a)"},
	{"s_l", "s_l = s(b)"},
	{"a", "a = log π_θ(y_w|x) − log π_ref(y_w|x)"},
	{"b", "b = log π_θ(y_l|x) − log π_ref(y_l|x)"},
	{"|", "|y| = tokens of y"},
}

// plain is symbols where the divergence is the paper's: s(u) is u.
var plain = map[string]string{"Δ": "Δ = a − b", "s_w": "s_w = a", "s_l": "s_l = b"}

// Formula is the loss of a run, or one term of it, as markup.
type Formula struct {
	Title, Loss string
	Where       []string // what its letters stand for
}

// Formulas are the terms of the loss that is in force.
func (p *Page) Formulas() []Formula {
	var out []Formula
	c := &p.settings.config
	for _, t := range c.Terms() {
		f := Formula{Title: t.Title, Loss: mathML(t.Formula)}
		used := letters(t.Formula)
		for _, s := range symbols {
			if !slices.Contains(used, s.letter) {
				continue
			}
			is := s.is
			if simple, ok := plain[s.letter]; ok && c.Divergence == dpo.ReverseKLName {
				is = simple
			}
			f.Where = append(f.Where, mathML(is))
			if s.letter != "a" && s.letter != "b" { // their bars are conditions, not lengths
				used = append(used, letters(is)...)
			}
		}
		out = append(out, f)
	}
	return out
}

// coin reports whether the loss begins at ln 2 whatever the pairs say: policy and
// reference are one model, the margin is 0, and the loss is −log σ of it.
func (s *settings) coin() bool {
	return !s.config.ReferenceFree && slices.Contains([]string{"sigmoid", "robust", "sigmoid_norm", "dpop", "aot", "aot_unpaired"}, s.config.Loss)
}

// letters cuts a formula into its parts: words, letters with what stands under them,
// numbers and signs. White space only separates.
func letters(formula string) []string {
	var out []string
	for s := formula; s != ""; {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case unicode.IsSpace(r):
			s = s[n:]
			continue
		case r < utf8.RuneSelf && unicode.IsLetter(r):
			n = run(s, func(r rune) bool { return r < utf8.RuneSelf && unicode.IsLetter(r) })
		case unicode.IsDigit(r) && r < utf8.RuneSelf:
			n = run(s, func(r rune) bool { return r == '.' || r < utf8.RuneSelf && unicode.IsDigit(r) })
		}
		if strings.HasPrefix(s[n:], "_") {
			n++
			_, m := utf8.DecodeRuneInString(s[n:])
			n += max(m, run(s[n:], func(r rune) bool { return r < utf8.RuneSelf && unicode.IsLetter(r) }))
		}
		out, s = append(out, s[:n]), s[n:]
	}
	return out
}

// run is how many bytes at the start of s are of a kind.
func run(s string, is func(rune) bool) int {
	if n := strings.IndexFunc(s, func(r rune) bool { return !is(r) }); n >= 0 {
		return n
	}
	return len(s)
}

// colours of the letters that have a meaning all over the page.
var colours = map[string]string{
	"y_w": "chosen", "s_w": "chosen", "a": "chosen", "y_l": "rejected", "s_l": "rejected", "b": "rejected",
	"y_chosen": "chosen", "y_rejected": "rejected", "π": "policy", "π_θ": "policy", "π_ref": "reference",
}

// mathML writes a formula as markup.
func mathML(formula string) string {
	var b strings.Builder
	b.WriteString(`<math display="block"><mrow>`)
	parts := letters(formula)
	for i := 0; i < len(parts); i++ {
		part := parts[i]
		if part == "^" && i+1 < len(parts) && parts[i+1] == "(" { // of e: to the matching bracket
			end := i + slices.Index(parts[i:], ")")
			b.WriteString(`<msup><mrow/><mrow>`)
			for j := i + 2; j < end; j++ {
				element(&b, parts[j], j == i+2)
			}
			b.WriteString(`</mrow></msup>`)
			i = end
			continue
		}
		element(&b, part, i == 0 || strings.Contains("([,=+−log max|", parts[i-1]))
	}
	b.WriteString(`</mrow></math>`)
	return b.String()
}

// element writes one part; a sign is a prefix where nothing stands before it.
func element(b *strings.Builder, part string, first bool) {
	class := ""
	if c := colours[part]; c != "" {
		class = ` class="` + c + `"`
	}
	base, sub, under := strings.Cut(part, "_")
	r, _ := utf8.DecodeRuneInString(part)
	switch {
	case under:
		tag := "mi"
		if len(sub) > 1 && sub[0] < utf8.RuneSelf {
			tag = "mtext"
		}
		b.WriteString(`<msub` + class + `><mi>` + base + `</mi><` + tag + `>` + sub + `</` + tag + `></msub>`)
	case slices.Contains([]string{"by", "rank", "tokens", "of"}, part):
		b.WriteString(`<mtext>&#160;` + part + `&#160;</mtext>`)
	case part == "log" || part == "max":
		b.WriteString(`<mi>` + part + `</mi><mspace width=".17em"/>`)
	case unicode.IsLetter(r):
		b.WriteString(`<mi` + class + `>` + part + `</mi>`)
	case unicode.IsDigit(r) || r == '½' || r == '²':
		b.WriteString(`<mn>` + part + `</mn>`)
	case first && (part == "−" || part == "+"):
		b.WriteString(`<mo form="prefix">` + part + `</mo>`)
	case part == ",":
		b.WriteString(`<mo separator="true">,</mo><mspace width=".6em"/>`)
	case part == "|":
		b.WriteString(`<mo stretchy="false" lspace="0" rspace="0">|</mo>`)
	default:
		b.WriteString(`<mo stretchy="false">` + chart.Escape(part) + `</mo>`)
	}
}

// showFormulas writes the formulas of the loss that is in force.
func (p *Page) showFormulas() {
	key := p.settings.config.Loss + " " + p.settings.config.Divergence
	if key == p.settings.formulas {
		return
	}
	p.settings.formulas = key
	var b strings.Builder
	for _, f := range p.Formulas() {
		b.WriteString(`<div class="formula"><h3>` + chart.Escape(f.Title) + `</h3>` + f.Loss + `</div>`)
		if len(f.Where) > 0 {
			b.WriteString(`<div class="where"><p>` + chart.Escape(text.Where) + `</p><div>` + strings.Join(f.Where, "") + `</div></div>`)
		}
	}
	p.Board.Set("formulas", b.String())
}
