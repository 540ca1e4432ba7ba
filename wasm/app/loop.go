//go:build js && wasm

package main

import (
	"syscall/js"

	"github.com/vugu/vugu"
	"github.com/vugu/vugu/domrender"
)

// loop renders the page: at once for a DOM event that Vugu handles (it asks by
// itself), and at most once a frame for what comes from elsewhere. Live elements
// are written in the same frame, without a render.
type loop struct {
	app      *app
	renderer *domrender.JSRenderer
	build    *vugu.BuildEnv
	root     vugu.Builder
	asked    bool
	onFrame  js.Func
	onFocus  js.Func
	title    string
}

func newLoop(a *app, r *domrender.JSRenderer, b *vugu.BuildEnv, root vugu.Builder) *loop {
	l := &loop{app: a, renderer: r, build: b, root: root}
	l.onFrame = js.FuncOf(l.frame)
	l.onFocus = js.FuncOf(l.focus)
	return l
}

// ask wants a frame if anything is stale; it never blocks.
func (l *loop) ask() {
	if !l.asked && (l.app.page.Stale() || l.app.page.Restless()) {
		l.asked = true
		window.Call("requestAnimationFrame", l.onFrame)
	}
}

func (l *loop) frame(js.Value, []js.Value) any {
	defer l.app.survive()
	l.asked = false
	if l.app.page.TakeStale() {
		go func() { // a callback must not block; a goroutine may
			env := l.renderer.EventEnv()
			env.Lock()
			env.UnlockRender()
		}()
	}
	l.app.live.flush()
	l.name()
	return nil
}

// run renders until the browser is gone.
func (l *loop) run() error {
	for ok := true; ok; ok = l.renderer.EventWait() {
		l.app.page.TakeStale() // this render shows it
		if err := l.renderer.Render(l.build.RunBuild(l.root)); err != nil {
			return err
		}
		l.app.live.measure()
		l.app.live.flush()
		l.name()
		if id := l.app.page.TakeFocus(); id != "" {
			// Later: a focus within a render would fire events inside it.
			window.Call("setTimeout", l.onFocus, 0, id)
		}
	}
	return nil
}

// name writes the title of the browser's tab.
func (l *loop) name() {
	if t := l.app.page.Title(); t != l.title {
		l.title = t
		document.Set("title", t)
	}
}

func (l *loop) focus(_ js.Value, args []js.Value) any {
	if el := document.Call("getElementById", args[0]); el.Truthy() {
		el.Call("focus")
	}
	return nil
}
