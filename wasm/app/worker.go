//go:build js && wasm

package main

import (
	"syscall/js"

	"dpolab/wasm/app/wire"
	"dpolab/wasm/bridge"
)

// worker is the dedicated worker that trains.
type worker struct {
	js     js.Value
	number int // of the worker: what an earlier one still says is not heard
}

// respawn ends the worker there is and starts a fresh one.
func (a *app) respawn() {
	if a.worker.js.Truthy() {
		a.worker.js.Call("terminate")
	}
	a.worker.number++
	number := a.worker.number
	w := window.Get("Worker").New("trainer-worker.js")
	a.worker.js = w
	mine := func(f func(event js.Value)) js.Func {
		return a.callback(func(args []js.Value) {
			if number == a.worker.number {
				f(args[0])
			}
		})
	}
	w.Set("onmessage", mine(func(event js.Value) { a.hear(event.Get("data")) }))
	w.Set("onerror", mine(func(event js.Value) {
		event.Call("preventDefault")
		a.page.Gone(str(event.Get("message")))
	}))
	w.Set("onmessageerror", mine(func(js.Value) { a.page.Gone("a message could not be read") }))
}

// hear takes one message of the worker: bytes of the bridge in b, or the glue's
// word that the program ended.
func (a *app) hear(data js.Value) {
	switch str(data.Get("type")) {
	case "exit", "crash":
		a.page.Gone(str(data.Get("error")))
		return
	}
	buffer := data.Get("b")
	if !buffer.Truthy() {
		return
	}
	array := window.Get("Uint8Array").New(buffer)
	message := make([]byte, array.Get("byteLength").Int())
	js.CopyBytesToGo(message, array)
	if err := wire.Hear(a.page, message, a.save); err != nil {
		a.page.Failed("message", err.Error())
	}
}

// str is a string of JavaScript, empty for anything else.
func str(v js.Value) string {
	if v.Type() == js.TypeString {
		return v.String()
	}
	return ""
}

// post sends the bytes of one message; their memory goes with them.
func (a *app) post(message []byte) {
	array := window.Get("Uint8Array").New(len(message))
	js.CopyBytesToJS(array, message)
	a.postBuffer(array.Get("buffer"))
}

func (a *app) postBuffer(buffer js.Value) {
	defer a.survive() // a browser that refuses must not end the page
	a.worker.js.Call("postMessage", map[string]any{"b": buffer}, []any{buffer})
}

// save stores a file where the browser keeps downloads.
func (a *app) save(f *bridge.File) {
	array := window.Get("Uint8Array").New(len(f.Data))
	js.CopyBytesToJS(array, f.Data)
	blob := window.Get("Blob").New([]any{array}, map[string]any{"type": f.Type})
	url := window.Get("URL").Call("createObjectURL", blob)
	link := document.Call("createElement", "a")
	link.Set("href", url)
	link.Set("download", f.Name)
	link.Call("click")
	var later js.Func
	later = js.FuncOf(func(js.Value, []js.Value) any {
		window.Get("URL").Call("revokeObjectURL", url)
		later.Release()
		return nil
	})
	window.Call("setTimeout", later, 60_000)
}
