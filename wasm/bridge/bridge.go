// Package bridge is what the page and the trainer say to each other: plain Go
// types and their bytes. It knows neither syscall/js nor the trainer, so that it
// is tested natively. It does not version messages: page and worker are built and
// served together.
package bridge

import (
	"fmt"
	"reflect"
)

// Message is one thing said. The zero value of each type can be decoded into.
type Message interface {
	code(*coder)
}

// messages is the one list of kinds; a message's number is its place in it.
var messages = []func() Message{
	// page to trainer
	func() Message { return new(Start) },
	func() Message { return new(Import) },
	func() Message { return new(SetPairs) },
	func() Message { return new(Configure) },
	func() Message { return new(Control) },
	func() Message { return new(Sample) },
	func() Message { return new(StopSample) },
	func() Message { return new(Judge) },
	func() Message { return new(MakePairs) },
	func() Message { return new(AskExact) },
	func() Message { return new(Save) },
	func() Message { return new(Kept) },
	func() Message { return new(Ping) },
	// trainer to page
	func() Message { return new(Ready) },
	func() Message { return new(Pairs) },
	func() Message { return new(Settings) },
	func() Message { return new(State) },
	func() Message { return new(Metrics) },
	func() Message { return new(Token) },
	func() Message { return new(Judged) },
	func() Message { return new(Made) },
	func() Message { return new(ExactTable) },
	func() Message { return new(Speed) },
	func() Message { return new(File) },
	func() Message { return new(KeptRun) },
	func() Message { return new(Failed) },
	func() Message { return new(Pong) },
}

// Encode returns the bytes of m: its number, then its fields.
func Encode(m Message) []byte {
	c := coder{buf: []byte{number(m)}}
	m.code(&c)
	return c.buf
}

// numbers is the place of each message in the list, by its type.
var numbers = func() map[reflect.Type]byte {
	m := map[reflect.Type]byte{}
	for i, f := range messages {
		m[reflect.TypeOf(f())] = byte(i)
	}
	return m
}()

func number(m Message) byte {
	n, ok := numbers[reflect.TypeOf(m)]
	if !ok {
		panic(fmt.Sprintf("bridge: %T is not in the list of messages", m))
	}
	return n
}

// Decode reads what Encode wrote. Bytes that are not one whole message are an error.
func Decode(b []byte) (Message, error) {
	if len(b) == 0 || int(b[0]) >= len(messages) {
		return nil, fmt.Errorf("bridge: %d bytes that are no known message", len(b))
	}
	m := messages[b[0]]()
	c := coder{buf: b[1:], reading: true}
	m.code(&c)
	if c.err == nil && len(c.buf) > 0 {
		c.err = fmt.Errorf("bridge: %T has %d bytes too many", m, len(c.buf))
	}
	if c.err != nil {
		return nil, c.err
	}
	return m, nil
}
