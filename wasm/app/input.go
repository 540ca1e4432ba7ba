//go:build js && wasm

package main

import (
	"syscall/js"
)

// tickEvery is how often the page looks at the clock, in milliseconds.
const tickEvery = 250

// listen takes keys, and the clock that pings the trainer.
func (a *app) listen() {
	document.Call("addEventListener", "keydown", a.callback(func(args []js.Value) { a.key(args[0]) }))
	window.Call("setInterval", a.callback(func([]js.Value) {
		a.page.Tick(document.Get("visibilityState").String() == "visible")
	}), tickEvery)
}

// key runs a shortcut. Letters count only where nobody is writing.
func (a *app) key(event js.Value) {
	if event.Get("defaultPrevented").Bool() || event.Get("altKey").Bool() || event.Get("isComposing").Bool() {
		return
	}
	name := event.Get("key").String()
	with := event.Get("ctrlKey").Bool() || event.Get("metaKey").Bool()
	target := event.Get("target")
	if a.page.Shortcut(name, with, writes(target), str(target.Get("id"))) {
		event.Call("preventDefault")
	}
}

// writes reports whether an element takes what is typed.
func writes(el js.Value) bool {
	switch str(el.Get("tagName")) {
	case "TEXTAREA", "SELECT":
		return true
	case "INPUT":
		return str(el.Get("type")) != "checkbox"
	}
	return false
}

// watchChart moves the cursor of all charts with the pointer and the arrow keys.
func (a *app) watchChart(id string, el js.Value) {
	on := func(event string, f func(event js.Value)) {
		el.Call("addEventListener", event, a.callback(func(args []js.Value) { f(args[0]) }))
	}
	on("pointermove", func(event js.Value) { a.page.Hover(id, event.Get("offsetX").Float()) })
	on("pointerdown", func(event js.Value) { a.page.Hover(id, event.Get("offsetX").Float()) })
	on("pointerleave", func(js.Value) { a.page.Leave() })
	on("blur", func(js.Value) { a.page.Leave() })
	on("keydown", func(event js.Value) {
		by := map[string]float64{"ArrowLeft": -1, "ArrowRight": 1, "PageUp": -10, "PageDown": 10}[event.Get("key").String()]
		if by != 0 {
			event.Call("preventDefault")
			a.page.Nudge(by)
		}
	})
}
