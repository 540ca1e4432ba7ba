//go:build js && wasm

package main

import (
	"errors"
	"fmt"
	"syscall/js"

	"dpolab/wasm/bridge"
)

// host lends the engine the worker's clock, event loop, network and storage.
type host struct {
	performance js.Value
	wake        chan struct{}
	turn        chan struct{} // one turn of the event loop is over
	port        js.Value      // posting to it asks for a turn
	slots
}

func newHost() *host {
	h := &host{performance: self.Get("performance"), wake: make(chan struct{}, 1), turn: make(chan struct{}, 1)}
	channel := self.Get("MessageChannel").New()
	h.port = channel.Get("port2")
	channel.Get("port1").Set("onmessage", js.FuncOf(func(js.Value, []js.Value) any {
		h.turn <- struct{}{}
		return nil
	}))
	return h
}

// Post sends a message; its memory goes with it.
func (h *host) Post(m bridge.Message) {
	buffer := toJS(bridge.Encode(m)).Get("buffer")
	self.Call("postMessage", map[string]any{"b": buffer}, []any{buffer})
}

// Now is the worker's clock in milliseconds.
func (h *host) Now() float64 { return h.performance.Call("now").Float() }

// Yield lets the event loop run one turn. A MessageChannel of one's own is the only
// way that is fast and lets messages through in every browser.
func (h *host) Yield() {
	h.port.Call("postMessage", js.Null())
	<-h.turn
}

// Wait returns once a message came in.
func (h *host) Wait() { <-h.wake }

func (h *host) woken() {
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// Fetch gets files from the server, all at once.
func (h *host) Fetch(paths []string) ([][]byte, error) {
	pending := make([]js.Value, len(paths))
	for i, p := range paths {
		pending[i] = self.Call("fetch", p)
	}
	out := make([][]byte, len(paths))
	for i, p := range pending {
		response, err := await(p)
		if err != nil {
			return nil, fmt.Errorf("%s cannot be fetched: %w: is the server still running?", paths[i], err)
		}
		if !response.Get("ok").Bool() {
			return nil, fmt.Errorf("%s cannot be fetched: the server answers %d", paths[i], response.Get("status").Int())
		}
		buffer, err := await(response.Call("arrayBuffer"))
		if err != nil {
			return nil, fmt.Errorf("%s broke off: %w: reload the page", paths[i], err)
		}
		out[i] = bytesOf(self.Get("Uint8Array").New(buffer))
	}
	return out, nil
}

// await blocks this goroutine until a promise is settled.
func await(promise js.Value) (js.Value, error) {
	type result struct {
		value js.Value
		err   error
	}
	done := make(chan result, 1)
	ok := js.FuncOf(func(_ js.Value, args []js.Value) any {
		v := js.Undefined()
		if len(args) > 0 {
			v = args[0]
		}
		done <- result{value: v}
		return nil
	})
	bad := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- result{err: errors.New(args[0].Call("toString").String())}
		return nil
	})
	defer ok.Release()
	defer bad.Release()
	promise.Call("then", ok, bad)
	r := <-done
	return r.value, r.err
}

func bytesOf(array js.Value) []byte {
	b := make([]byte, array.Get("byteLength").Int())
	js.CopyBytesToGo(b, array)
	return b
}

func toJS(b []byte) js.Value {
	array := self.Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(array, b)
	return array
}
