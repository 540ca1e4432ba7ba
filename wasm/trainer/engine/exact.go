package engine

import "dpolab/wasm/bridge"

// finite is a world that lists all there is to say.
type finite interface {
	Prompts() []string
	Answers(prompt string) []string
}

func (e *Engine) askExact(m *bridge.AskExact) {
	e.host.Post(&bridge.ExactTable{Request: m.Request, Error: "this world has no end of answers: nothing can be summed over all of them"})
}
