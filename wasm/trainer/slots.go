//go:build js && wasm

package main

import (
	"errors"
	"fmt"
	"syscall/js"

	"dpolab/wasm/bridge"
	"dpolab/wasm/trainer/engine"
)

// slots keeps runs in the origin's private file system, in two files by turns.
type slots struct{}

var slotNames = [2]string{"run-a.keep", "run-b.keep"}

// Keep writes the run over the older of the two slots.
func (slots) Keep(about bridge.KeptRun, run []byte) error {
	dir, err := directory()
	if err != nil {
		return err
	}
	headers := readHeaders(dir)
	older := 0
	if headers[0].Number > headers[1].Number {
		older = 1
	}
	about.SavedAt = self.Get("Date").Call("now").Float()
	header, err := engine.SlotHeader{Number: max(headers[0].Number, headers[1].Number) + 1, Length: len(run), About: about}.Encode()
	if err != nil {
		return err
	}
	return withFile(dir, slotNames[older], true, func(f js.Value) error {
		for _, part := range []struct {
			b  []byte
			at int
		}{{make([]byte, engine.HeaderLen), 0}, {run, engine.HeaderLen}, {header, 0}} {
			if n := f.Call("write", toJS(part.b), map[string]any{"at": part.at}).Int(); n != len(part.b) {
				return fmt.Errorf("%d of %d bytes were written: the browser's storage may be full", n, len(part.b))
			}
			f.Call("flush")
		}
		f.Call("truncate", engine.HeaderLen+len(run))
		return nil
	})
}

// Kept describes the newest run that is kept.
func (slots) Kept() (about bridge.KeptRun, run func() ([]byte, error), ok bool) {
	dir, err := directory()
	if err != nil {
		return about, nil, false
	}
	headers := readHeaders(dir)
	newest := 0
	if headers[1].Number > headers[0].Number {
		newest = 1
	}
	h := headers[newest]
	if h.Number == 0 {
		return about, nil, false
	}
	return h.About, func() (b []byte, err error) {
		err = withFile(dir, slotNames[newest], false, func(f js.Value) error {
			array := self.Get("Uint8Array").New(h.Length)
			if n := f.Call("read", array, map[string]any{"at": engine.HeaderLen}).Int(); n != h.Length {
				return fmt.Errorf("%d of its %d bytes are there", n, h.Length)
			}
			b = bytesOf(array)
			return nil
		})
		return b, err
	}, true
}

// Forget removes both slots.
func (slots) Forget() error {
	dir, err := directory()
	if err != nil {
		return err
	}
	for _, name := range slotNames {
		if _, err := await(dir.Call("removeEntry", name)); err != nil && readable(dir, name) {
			return err
		}
	}
	return nil
}

// readHeaders returns the headers of both slots; a slot without a good one has
// Number 0.
func readHeaders(dir js.Value) (h [2]engine.SlotHeader) {
	for i, name := range slotNames {
		_ = withFile(dir, name, false, func(f js.Value) error {
			array := self.Get("Uint8Array").New(engine.HeaderLen)
			f.Call("read", array, map[string]any{"at": 0})
			h[i], _ = engine.DecodeSlotHeader(bytesOf(array))
			return nil
		})
	}
	return h
}

func readable(dir js.Value, name string) bool {
	_, err := await(dir.Call("getFileHandle", name))
	return err == nil
}

func directory() (js.Value, error) {
	storage := self.Get("navigator").Get("storage")
	if !storage.Truthy() || !storage.Get("getDirectory").Truthy() {
		return js.Value{}, errors.New("this browser has no private file storage for the page")
	}
	return await(storage.Call("getDirectory"))
}

// withFile opens a file for f alone. JavaScript exceptions (storage full, the file
// held by another tab) come back as errors.
func withFile(dir js.Value, name string, create bool, f func(js.Value) error) (err error) {
	handle, err := await(dir.Call("getFileHandle", name, map[string]any{"create": create}))
	if err != nil {
		return err
	}
	access, err := await(handle.Call("createSyncAccessHandle"))
	if err != nil {
		return err
	}
	defer access.Call("close")
	defer func() {
		if r := recover(); r != nil {
			thrown, ok := r.(js.Error)
			if !ok {
				panic(r)
			}
			err = thrown
		}
	}()
	return f(access)
}
