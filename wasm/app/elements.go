//go:build js && wasm

package main

import (
	"syscall/js"

	"dpolab/ui/live"
)

// elements are the live board's nodes in the document. Each is made once and put
// back into its host whenever Vugu shows the host with something else in it.
type elements struct {
	app    *app
	made   map[string]js.Value
	charts []string
	resize js.Value // a ResizeObserver
}

func newElements(a *app) *elements {
	e := &elements{app: a, made: map[string]js.Value{}}
	onResize := a.callback(func([]js.Value) { e.measure() })
	e.resize = window.Get("ResizeObserver").New(onResize)
	return e
}

// mount puts the element of id into host. Vugu calls it at every render.
func (e *elements) mount(id string, host js.Value) {
	el, ok := e.made[id]
	if !ok {
		el = e.create(id)
	}
	if first := host.Get("firstChild"); !first.Equal(el) {
		host.Call("replaceChildren", el)
	}
}

// create makes the element of a node with all that was set so far.
func (e *elements) create(id string) js.Value {
	n := e.app.page.Board.Node(id)
	el := document.Call("createElement", n.Tag)
	e.made[id] = el
	write(el, n, n.Attrs, true)
	for _, a := range n.Attrs {
		if a.Name == "data-chart" {
			e.charts = append(e.charts, a.Value)
			e.resize.Call("observe", el)
			e.app.watchChart(a.Value, el)
		}
	}
	if id == "import" {
		e.app.watchInput(el)
	}
	return el
}

func write(el js.Value, n *live.Node, attrs []live.Attr, content bool) {
	for _, a := range attrs {
		el.Call("setAttribute", a.Name, a.Value)
	}
	if !content {
		return
	}
	switch n.Kind {
	case live.Text:
		el.Set("textContent", n.Content)
	case live.Markup:
		el.Set("innerHTML", n.Content)
	}
}

// measure tells the page how large its charts are.
func (e *elements) measure() {
	for _, id := range e.charts {
		el := e.made["chart-"+id]
		e.app.page.Resize(id, el.Get("clientWidth").Float(), el.Get("clientHeight").Float())
	}
}

// flush writes what changed since the last frame.
func (e *elements) flush() {
	e.app.page.Frame()
	e.app.page.Board.Flush(func(n *live.Node, attrs []live.Attr, content bool) {
		if el, ok := e.made[n.ID]; ok {
			write(el, n, attrs, content)
		}
	})
}
