package world

import (
	_ "embed"
	"math/rand/v2"
	"sync"
)

//go:embed sentiment.txt
var sentimentTable string

// sentiment is the DPO paper's controlled sentiment task (Rafailov et al. 2023,
// section 6) on film reviews made here.
//
// Every sentence of the table stems from one of five start rules, and the rule
// is its true sentiment. Three families of them differ in where they begin: a
// "sentence" stands on its own, "opened" goes on where the prompt stopped
// inside a sentence, "completed" where it stopped after "is".
type sentiment struct {
	g      *grammar
	prompt int
	genre  int
	place  int
	about  int // what a prompt that ends in "is" asks about
	starts [modes][]start
}

// start is a start rule and the sentiment of what it derives.
type start struct {
	rule  int
	value float64
}

// mode says where an answer's first sentence begins.
type mode int

const (
	sentence  mode = iota // after a full stop, a question mark or a colon
	opened                // inside a sentence
	completed             // after "is"
	modes
)

// Sentiment is the world of short film reviews, in which praise is rewarded.
func Sentiment() World { return sentimentWorld{} }

// compiledSentiment is made when it is first needed. The table is part of the
// program and every test compiles it, so a fault in it is a programming error.
var compiledSentiment = sync.OnceValue(func() *sentiment {
	g, err := parseGrammar(sentimentTable)
	if err != nil {
		panic(err)
	}
	s := &sentiment{g: g, prompt: g.byName["prompt"], genre: g.byName["genre"], place: g.byName["place"], about: g.byName["subject"]}
	for m, family := range [modes]string{"sentence", "opened", "completed"} {
		for _, k := range [...]struct {
			name  string
			value float64
		}{{"neutral", 0}, {"mild+", 0.5}, {"mild-", -0.5}, {"strong+", 1}, {"strong-", -1}} {
			s.starts[m] = append(s.starts[m], start{g.byName[family+"."+k.name], k.value})
		}
	}
	return s
})

// modeAfter says how an answer to a prompt begins.
func modeAfter(prompt []piece) mode {
	if len(prompt) == 0 {
		return sentence
	}
	switch last := prompt[len(prompt)-1].text; {
	case last == "is":
		return completed
	case last == "," || !isMark(last):
		return opened
	}
	return sentence
}

type sentimentWorld struct{}

func (sentimentWorld) Name() string  { return "sentiment" }
func (sentimentWorld) Title() string { return "Film reviews" }
func (sentimentWorld) Description() string {
	return "Short reviews of films that were never made. The true reward is the review's sentiment: 1 is all praise, 0 is all blame."
}

// Prompt draws prompts until one has 8 to 16 words.
func (sentimentWorld) Prompt(r *rand.Rand) string {
	s := compiledSentiment()
	for {
		d := draft{g: s.g, r: r, free: true, tags: map[string]bool{}, used: map[int]bool{}}
		d.expand(s.prompt)
		if n := countWords(d.out); n >= minPrompt && n <= maxPrompt {
			return upperFirst(join(d.out))
		}
	}
}

func (sentimentWorld) Answer(r *rand.Rand, prompt string) string {
	return compiledSentiment().review(r, prompt).text
}
