package world

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestDialogueJudgeFindsWhatTheGeneratorMeant(t *testing.T) {
	d, w, r := compiledDialogue(), Dialogue(), source(1)
	const n = 3000
	sum, squares := 0.0, 0.0
	for range n {
		prompt := w.Prompt(r)
		rp := d.reply(r, prompt)
		got, want := w.Judge(prompt, rp.text), rp.aim.reward()
		if !got.Parses || math.Abs(got.Reward-want) > 1e-12 {
			t.Fatalf("Judge(%q,\n%q) = %+v, want reward %v and parses (%+v)", prompt, rp.text, got, want, rp.aim)
		}
		if words := len(strings.Fields(rp.text)); words < minReply || words > maxReply {
			t.Errorf("%q has %d words, want %d to %d", rp.text, words, minReply, maxReply)
		}
		if rp.text[0] != ' ' || strings.Contains(rp.text, "  ") {
			t.Errorf("%q does not begin with a space, or holds two in a row", rp.text)
		}
		sum += got.Reward
		squares += got.Reward * got.Reward
	}
	mean := sum / n
	deviation := math.Sqrt(squares/n - mean*mean)
	if mean < 0.4 || mean > 0.55 || deviation < 0.2 {
		t.Errorf("rewards have mean %.3f and deviation %.3f, want a mean in [0.40,0.55] and a deviation of at least 0.2", mean, deviation)
	}
	t.Logf("rewards have mean %.3f and deviation %.3f", mean, deviation)
}

// Neither the longer nor the likelier answer is the better one.
func TestDialogueLengthAndLikelihoodTellNothing(t *testing.T) {
	d, w, r := compiledDialogue(), Dialogue(), source(3)
	measures := map[string]func(reply) float64{
		"characters": func(a reply) float64 { return float64(len(a.text)) },
		"words":      func(a reply) float64 { return float64(len(strings.Fields(a.text))) },
		"sentences": func(a reply) float64 {
			return float64(strings.Count(a.text, ".") + strings.Count(a.text, "!") + strings.Count(a.text, "?"))
		},
		"surprisal": func(a reply) float64 { return a.nats },
	}
	more, decided := map[string]int{}, map[string]int{}
	for pairs := 0; pairs < 3000; {
		prompt := w.Prompt(r)
		better, worse := d.reply(r, prompt), d.reply(r, prompt)
		b, c := w.Judge(prompt, better.text).Reward, w.Judge(prompt, worse.text).Reward
		if b == c {
			continue
		}
		if b < c {
			better, worse = worse, better
		}
		pairs++
		for name, size := range measures {
			if x, y := size(better), size(worse); x != y {
				decided[name]++
				if x > y {
					more[name]++
				}
			}
		}
	}
	for name := range measures {
		share := float64(more[name]) / float64(decided[name])
		if share < 0.45 || share > 0.55 {
			t.Errorf("the answer with more %s is the better one in %.3f of pairs, want 0.45 to 0.55", name, share)
		}
		t.Logf("more %s: %.3f", name, share)
	}
}

// For a set in which the longer answer is preferred though it is not better,
// answers of one reward must differ in length.
func TestDialogueLengthsDifferAtOneReward(t *testing.T) {
	w, r := Dialogue(), source(4)
	lengths := map[float64][]int{}
	const n = 4000
	for range n {
		prompt := w.Prompt(r)
		answer := w.Answer(r, prompt)
		reward := math.Round(w.Judge(prompt, answer).Reward*20) / 20
		lengths[reward] = append(lengths[reward], len(strings.Fields(answer)))
	}
	for reward, l := range lengths {
		slices.Sort(l)
		if low, high := l[len(l)/10], l[len(l)*9/10]; len(l) > n/50 && high < low+14 {
			t.Errorf("answers of reward %v have %d to %d words (first to last tenth), want 14 apart", reward, low, high)
		}
	}
}

func TestDialoguePromptsAreManyAndShort(t *testing.T) {
	d, w, r := compiledDialogue(), Dialogue(), source(5)
	const n = 15000
	seen, topics := map[string]bool{}, map[string]int{}
	for range n {
		p := w.Prompt(r)
		seen[p] = true
		if words := len(strings.Fields(p)) - 2; words < 4 || words > 40 {
			t.Errorf("%q has %d words, want 4 to 40", p, words)
		}
		if !strings.HasPrefix(p, humanTurn) || !strings.HasSuffix(p, "?"+assistantTurn) && !strings.HasSuffix(p, "."+assistantTurn) {
			t.Errorf("%q is no turn of a chat", p)
		}
		q := d.read(p)
		if q.topic == nil || q.thing == none || q.goal == none || q.choices[1] == none {
			t.Fatalf("what %q asks is not understood: %+v", p, q)
		}
		topics[q.topic.name]++
	}
	// Draws from 100,000 equally likely prompts would repeat about 1,100 times.
	if repeated := n - len(seen); repeated > 800 {
		t.Errorf("%d of %d prompts were drawn before, want at most 800", repeated, n)
	}
	if len(topics) < 40 {
		t.Errorf("%d topics, want at least 40", len(topics))
	}
	t.Logf("%d of %d prompts differ, %d topics", len(seen), n, len(topics))
}

func TestDialogueVocabulary(t *testing.T) {
	words := map[string]bool{}
	for _, w := range compiledDialogue().g.words {
		if !isMark(w) {
			words[strings.ToLower(w)] = true
		}
	}
	if len(words) < 1500 || len(words) > 4000 {
		t.Errorf("the tables have %d distinct words, want 1,500 to 4,000", len(words))
	}
	t.Logf("%d words", len(words))
}

// What a sentence names is found by its words alone, so those must not stand
// elsewhere in the lists of their topic.
func TestDialogueNamesAreNamesOnly(t *testing.T) {
	d := compiledDialogue()
	for _, p := range d.topics {
		for _, list := range [...]string{"thing", "do", "step", "seek", "place", "last", "choice", "note"} {
			for i, alt := range d.g.rules[d.g.byName[list+"."+p.name]].alts {
				ids, with := []int{}, []int{} // without the thing, with one
				for _, s := range alt.syms {
					if s.isRule() {
						ids, with = append(ids, unknown), append(with, int(p.thing[0].syms[0]))
					} else {
						ids, with = append(ids, int(s)), append(with, int(s))
					}
				}
				if k := d.g.named(p.thing, ids); k != none && list != "thing" {
					t.Errorf("topic %s: %s %d holds thing %d", p.name, list, i, k)
				}
				if k := d.g.named(p.choice, ids, i); k != none && (list == "choice" || list == "note") {
					t.Errorf("topic %s: %s %d holds choice %d", p.name, list, i, k)
				}
				for k, own := range [which]string{"do", "seek", "last"} {
					except := none
					if list == own {
						except = i
					} else if list == "do" || list == "seek" || list == "last" {
						continue // no sentence has both
					}
					if j := d.g.named(p.goal[k], with, except); j != none {
						t.Errorf("topic %s: %s %d holds %s %d", p.name, list, i, own, j)
					}
				}
			}
		}
	}
}

// Things, choices, steps, places and notes belong to one topic each, so that an
// answer's topic can be told.
func TestDialogueTopicsAreApart(t *testing.T) {
	names, blocks, err := readTopics(dialogueTopics)
	if err != nil {
		t.Fatal(err)
	}
	owner := map[string]string{}
	for i, block := range blocks {
		for _, text := range block {
			key, list, _ := strings.Cut(text, " ")
			if key == "do" || key == "seek" || key == "last" || key == "time" {
				continue
			}
			for _, alt := range strings.Split(list, " | ") {
				if other, ok := owner[key+alt]; ok {
					t.Errorf("topics %s and %s have the same %s: %q", other, names[i], key, alt)
				}
				owner[key+alt] = names[i]
			}
		}
	}
}

func TestReadTopicsNamesTheFault(t *testing.T) {
	if _, _, err := readTopics("# heading\nthing cup"); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("error %v, want one that says line 2", err)
	}
}

func TestDialogueSameSeedSameText(t *testing.T) {
	w := Dialogue()
	a, b, c := source(6), source(6), source(7)
	differ := false
	for range 50 {
		pa, pb, pc := w.Prompt(a), w.Prompt(b), w.Prompt(c)
		aa, ab := w.Answer(a, pa), w.Answer(b, pb)
		if pa != pb || aa != ab {
			t.Fatalf("same seed: %q%q and %q%q", pa, aa, pb, ab)
		}
		w.Answer(c, pc)
		differ = differ || pa != pc
	}
	if !differ {
		t.Error("two seeds drew the same 50 prompts")
	}
}
