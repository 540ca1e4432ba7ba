//go:build js && wasm

// Command trainer runs in a dedicated worker: it trains and samples, and never
// draws. All it does is host the engine.
package main

import (
	"syscall/js"

	"dpolab/wasm/bridge"
	"dpolab/wasm/trainer/engine"
)

var self = js.Global()

func main() {
	h := newHost()
	e := engine.New(h)
	self.Set("onmessage", js.FuncOf(func(_ js.Value, args []js.Value) any {
		m, err := bridge.Decode(bytesOf(self.Get("Uint8Array").New(args[0].Get("data").Get("b"))))
		if err != nil {
			h.Post(&bridge.Failed{What: "message", Text: err.Error()})
			return nil
		}
		e.Deliver(m)
		h.woken()
		return nil
	}))
	e.Loop(func() bool { return false })
}
