// Package live holds what moves on the page while a run runs: numbers, charts,
// bars and streamed text. Vugu rewrites every node at each render, so these
// elements are made by hand and written directly, at most once a frame and only
// where they changed. The board is plain state; the page's program applies it.
// It draws nothing and knows no browser.
package live

// Kind says how an element's content is written.
type Kind uint8

const (
	Text   Kind = iota // as text
	Markup             // as markup that this program made
	None               // attributes only
)

// Attr is one attribute.
type Attr struct{ Name, Value string }

// Node is one element.
type Node struct {
	ID      string
	Tag     string // of HTML
	Kind    Kind
	Attrs   []Attr // in the order in which they were first set
	Content string

	changed []int // indices into Attrs
	content bool  // Content changed
	queued  bool
}

// Board is all live elements of the page, by ID.
type Board struct {
	nodes map[string]*Node
	queue []*Node
}

// NewBoard returns an empty board.
func NewBoard() *Board { return &Board{nodes: map[string]*Node{}} }

// Add declares an element with attributes that never change. Adding an ID twice
// is a mistake of the program and panics.
func (b *Board) Add(id, tag string, kind Kind, fixed ...Attr) {
	if b.nodes[id] != nil {
		panic("live: two nodes of the id " + id)
	}
	n := &Node{ID: id, Tag: tag, Kind: kind}
	b.nodes[id] = n
	for _, a := range fixed {
		b.Attr(id, a.Name, a.Value)
	}
}

// Node returns the element of an ID, nil if there is none.
func (b *Board) Node(id string) *Node { return b.nodes[id] }

// Set writes an element's content.
func (b *Board) Set(id, content string) {
	n := b.must(id)
	if n.Content == content {
		return
	}
	n.Content, n.content = content, true
	b.enqueue(n)
}

// Attr writes one attribute.
func (b *Board) Attr(id, name, value string) {
	n := b.must(id)
	for i, a := range n.Attrs {
		if a.Name != name {
			continue
		}
		if a.Value != value {
			n.Attrs[i].Value = value
			n.changed = append(n.changed, i)
			b.enqueue(n)
		}
		return
	}
	n.Attrs = append(n.Attrs, Attr{name, value})
	n.changed = append(n.changed, len(n.Attrs)-1)
	b.enqueue(n)
}

func (b *Board) must(id string) *Node {
	n := b.nodes[id]
	if n == nil {
		panic("live: no node of the id " + id)
	}
	return n
}

func (b *Board) enqueue(n *Node) {
	if !n.queued {
		n.queued = true
		b.queue = append(b.queue, n)
	}
}

// Stale reports whether anything waits to be written.
func (b *Board) Stale() bool { return len(b.queue) > 0 }

// Flush hands over every changed element with the attributes to write and
// whether its content is to be written, and forgets the changes.
func (b *Board) Flush(write func(n *Node, attrs []Attr, content bool)) {
	for _, n := range b.queue {
		attrs := make([]Attr, len(n.changed))
		for i, j := range n.changed {
			attrs[i] = n.Attrs[j]
		}
		content := n.content
		n.changed, n.content, n.queued = n.changed[:0], false, false
		write(n, attrs, content)
	}
	b.queue = b.queue[:0]
}
