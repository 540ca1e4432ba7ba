//go:build js && wasm

package main

import (
	"syscall/js"

	"dpolab/ui/text"
	"dpolab/wasm/app/wire"
)

// takeFiles lets a file be dropped anywhere on the page.
func (a *app) takeFiles() {
	body := document.Get("body")
	body.Get("dataset").Set("drop", text.DropHere)
	mark := func(on bool) { body.Get("classList").Call("toggle", "dropping", on) }
	on := func(event string, f func(event js.Value)) {
		document.Call("addEventListener", event, a.callback(func(args []js.Value) { f(args[0]) }))
	}
	on("dragover", func(event js.Value) {
		if carriesFiles(event) {
			event.Call("preventDefault")
			mark(true)
		}
	})
	on("dragleave", func(event js.Value) {
		if event.Get("relatedTarget").IsNull() { // left the window
			mark(false)
		}
	})
	on("drop", func(event js.Value) {
		mark(false)
		if carriesFiles(event) {
			event.Call("preventDefault")
			a.read(event.Get("dataTransfer").Get("files").Index(0))
		}
	})
}

func carriesFiles(event js.Value) bool {
	transfer := event.Get("dataTransfer")
	return transfer.Truthy() && transfer.Get("types").Call("includes", "Files").Bool()
}

// watchInput reads the file that is chosen, also when it is the same again.
func (a *app) watchInput(input js.Value) {
	input.Call("addEventListener", "change", a.callback(func([]js.Value) {
		files := input.Get("files")
		if files.Length() > 0 {
			a.read(files.Index(0))
		}
		input.Set("value", "")
	}))
}

// read hands a file to the trainer, without copying it into Go's memory.
func (a *app) read(file js.Value) {
	if !file.Truthy() {
		return
	}
	name := file.Get("name").String()
	if !a.page.Choose(name, int64(file.Get("size").Float())) {
		return
	}
	var done, failed js.Func
	release := func() { done.Release(); failed.Release() }
	done = a.callback(func(args []js.Value) {
		defer release()
		content := window.Get("Uint8Array").New(args[0])
		head := wire.ImportHead(name, content.Length())
		message := window.Get("Uint8Array").New(len(head) + content.Length())
		js.CopyBytesToJS(message, head)
		message.Call("set", content, len(head))
		a.postBuffer(message.Get("buffer"))
	})
	failed = a.callback(func(args []js.Value) {
		defer release()
		a.page.Unreadable(name, args[0].Call("toString").String())
	})
	file.Call("arrayBuffer").Call("then", done, failed)
}
