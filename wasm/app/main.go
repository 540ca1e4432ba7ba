//go:build js && wasm

// Command app is the page's program: it puts package ui into the document, the
// live board beside it, and a worker with the trainer behind it. It alone of the
// page knows the browser; it computes nothing.
package main

import (
	"syscall/js"

	"dpolab/ui"
	"dpolab/ui/page"
	"dpolab/wasm/app/wire"

	"github.com/vugu/vugu"
	"github.com/vugu/vugu/domrender"
	vjs "github.com/vugu/vugu/js"
)

var (
	window   = js.Global()
	document = window.Get("document")
)

// app is what the browser's callbacks share.
type app struct {
	page   *page.Page
	loop   *loop
	live   *elements
	worker worker
}

func main() {
	renderer, err := domrender.New("#app")
	if err != nil {
		panic(err)
	}
	window.Call("vuguGuard")
	build, err := vugu.NewBuildEnv(renderer.EventEnv())
	if err != nil {
		panic(err)
	}

	a := &app{}
	a.page = page.New(&wire.Commands{Post: a.post, Fresh: a.respawn}, now)
	a.live = newElements(a)
	root := &ui.Root{P: a.page, Mount: func(id string, host vjs.Value) { a.live.mount(id, js.Value(host)) }}
	a.loop = newLoop(a, renderer, build, root)

	a.page.Open()
	a.listen()
	a.takeFiles()
	a.expose()
	if err := a.loop.run(); err != nil {
		panic(err)
	}
}

func now() float64 { return window.Get("Date").Call("now").Float() }

// callback is a function for the browser that must not end the program: a panic
// in it is caught and shown. It asks for what became stale.
func (a *app) callback(f func(args []js.Value)) js.Func {
	return js.FuncOf(func(_ js.Value, args []js.Value) any {
		defer a.survive()
		f(args)
		a.loop.ask()
		return nil
	})
}

// survive shows a panic instead of ending the program with it. Defer it.
func (a *app) survive() {
	if r := recover(); r != nil {
		what := "?"
		switch r := r.(type) {
		case error:
			what = r.Error()
		case string:
			what = r
		}
		window.Get("console").Call("error", "DPO Lab: "+what)
		a.page.Survive(what)
		a.loop.ask()
	}
}

// expose gives the tests and the curious the run's numbers.
func (a *app) expose() {
	api := window.Get("Object").New()
	api.Set("metrics", js.FuncOf(func(js.Value, []js.Value) any {
		return window.Get("JSON").Call("parse", a.page.MetricsJSON())
	}))
	window.Set("dpolab", api)
}
