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
// A review's true reward is found so:
//
//   - The text is cut into sentences after every ".", "!" and "?". What is left
//     over at the end counts as a sentence that does not parse.
//   - A sentence that the grammar derives has the sentiment v of its rule:
//     1 praise, 1/2 guarded praise (a hedge, or praise that wins over a
//     concession), 0 neutral, -1/2 guarded blame, -1 blame. The whole sentence
//     is parsed, negation and contrast included; no word counts by itself.
//   - Any other sentence has v = -1/2, because a reader who stumbles is not won over,
//     as has one that was said before and one that is missing from the first two.
//   - Reward = 1/2 + 1/2 (sum of v) / max(number of sentences, 2).
//   - Parses is true for 2 to 4 sentences, each derived by the grammar, none
//     said twice.
//
// So an empty answer and gibberish have 0.25, and a lone sentence of praise 0.625. Where the prompt stops
// inside a sentence, the answer's first sentence must go on from there.
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

// Surprisal implements Entropic.
func (sentimentWorld) Surprisal(r *rand.Rand, prompt string) (answer string, nats float64) {
	rv := compiledSentiment().review(r, prompt)
	return rv.text, rv.nats
}
