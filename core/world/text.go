package world

import "strings"

// unknown is the id of a word that the grammar does not hold, or of a word
// that stands wrongly (a double space, "a" before a vowel).
const unknown = -1

// piece is a word or a punctuation mark as it stands in a text.
type piece struct {
	text string
	glue bool // no space stands before it
	bad  bool // what stands before it is neither nothing nor one space
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '\'' || c == '-' || c >= 0x80
}

// split cuts a text into words and punctuation marks. A word is a run of
// letters, digits, apostrophes and hyphens; every other byte but white space
// is a mark of its own.
func split(text string) []piece {
	var out []piece
	for i := 0; i < len(text); {
		start := i
		for i < len(text) && isSpace(text[i]) {
			i++
		}
		if i == len(text) {
			break
		}
		gap := text[start:i]
		start = i
		for i < len(text) && isWordByte(text[i]) {
			i++
		}
		if i == start {
			i++
		}
		out = append(out, piece{text: text[start:i], glue: gap == "", bad: gap != "" && gap != " "})
	}
	return out
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// isMark says whether a piece is punctuation, which follows its word without a space.
func isMark(s string) bool { return len(s) == 1 && !isWordByte(s[0]) }

// isStop says whether a piece ends a sentence.
func isStop(s string) bool { return s == "." || s == "!" || s == "?" }

// join renders pieces as text: one space before a word, none before a mark,
// and "an" for "a" where the next word asks for it.
func join(words []string) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 && !isMark(w) {
			b.WriteByte(' ')
		}
		b.WriteString(w)
		if (w == "a" || w == "A") && i+1 < len(words) && wantsAn(words[i+1]) {
			b.WriteByte('n')
		}
	}
	return b.String()
}

// wantsAn says whether the article before word is "an". It knows the words of
// our worlds, not all of English.
func wantsAn(word string) bool {
	w := strings.ToLower(word)
	for _, p := range [...]string{"hour", "honest", "heir"} {
		if strings.HasPrefix(w, p) {
			return true
		}
	}
	for _, p := range [...]string{"one", "uni", "use", "usu", "eu"} {
		if strings.HasPrefix(w, p) {
			return false
		}
	}
	return w != "" && strings.IndexByte("aeiou", w[0]) >= 0
}

// upperFirst capitalises the first letter (ASCII).
func upperFirst(s string) string {
	if s != "" && s[0] >= 'a' && s[0] <= 'z' {
		return string(s[0]-'a'+'A') + s[1:]
	}
	return s
}

// lowerFirst is the inverse of upperFirst.
func lowerFirst(s string) string {
	if s != "" && s[0] >= 'A' && s[0] <= 'Z' {
		return string(s[0]-'A'+'a') + s[1:]
	}
	return s
}

// idsOf appends the word ids of a sentence. With capital, the first word must
// begin with one. What stands wrongly is unknown: a word without exactly one
// space before it, a mark with one, an article that does not fit its noun.
func (g *grammar) idsOf(dst []int, text []piece, capital bool) []int {
	for i, p := range text {
		word := p.text
		fits := !p.bad && p.glue == isMark(word)
		if i == 0 {
			fits = !isMark(word)
			if capital {
				fits = fits && upperFirst(word) == word
				if low := lowerFirst(word); low == "an" || g.has(low) {
					word = low
				}
			}
		}
		if word == "a" || word == "an" {
			fits = fits && i+1 < len(text) && wantsAn(text[i+1].text) == (word == "an")
			word = "a"
		}
		id, ok := g.ids[word]
		if !ok || !fits {
			id = unknown
		}
		dst = append(dst, id)
	}
	return dst
}

func (g *grammar) has(word string) bool {
	_, ok := g.ids[word]
	return ok
}
