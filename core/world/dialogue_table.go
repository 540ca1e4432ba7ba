package world

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed dialogue.txt
var dialogueFrames string

//go:embed dialogue_topics.txt
var dialogueTopics string

// readTopics gives the blocks of the topic table, one a topic: a line "topic
// name" and, for each of its lists, lines of a key and its alternatives.
func readTopics(table string) (names []string, blocks [][]string, err error) {
	for n, line := range strings.Split(table, "\n") {
		key, _, _ := strings.Cut(line, " ")
		switch {
		case key == "" || key[0] == '#':
		case key == "topic":
			names = append(names, line[len("topic "):])
			blocks = append(blocks, nil)
		case len(blocks) == 0:
			return nil, nil, fmt.Errorf("world: topic table line %d: %q stands before any topic; begin with a line \"topic name\"", n+1, line)
		default:
			blocks[len(blocks)-1] = append(blocks[len(blocks)-1], line)
		}
	}
	return names, blocks, nil
}

// dialogueTable writes the grammar's table from the frames and the topics. The
// weights of a topic's list fall as Zipf's law has it, so that its first
// alternatives are common. What a question names (a thing, a goal, choices) has
// a tag each, so that an answer speaks of what was asked; <other> is the choice
// that is named beside <choice>, and <anything> the thing of the topic whose tag
// is set.
func dialogueTable(frames string, names []string, blocks [][]string) string {
	once, each, _ := strings.Cut(frames, "\nevery topic\n")
	var b strings.Builder
	b.WriteString(once)
	b.WriteString("\nanything\n")
	for _, name := range names {
		fmt.Fprintf(&b, "  @%s <thing.%s>\n", name, name)
	}
	for i, name := range names {
		block := each
		for _, text := range blocks[i] {
			key, list, _ := strings.Cut(text, " ")
			block += alternatives(key, list)
			if key == "choice" {
				block += alternatives("other", list)
			}
		}
		block = strings.ReplaceAll(block, "$", "<thing%>")
		b.WriteString(strings.ReplaceAll(block, "%", "."+name))
	}
	return b.String()
}

// alternatives writes one list of a topic.
func alternatives(key, list string) string {
	out := "\n" + key + "%\n"
	for i, text := range strings.Split(list, " | ") {
		tag := ""
		switch key {
		case "thing", "do", "seek", "last", "choice", "other":
			tag = fmt.Sprintf("=%s%%%d ", key, i)
		}
		out += fmt.Sprintf("  %d* %s%s\n", 20/(i+4), tag, text)
	}
	return out
}
