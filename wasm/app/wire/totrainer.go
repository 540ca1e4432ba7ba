// Package wire translates between the page's own words and the bridge's
// messages. It posts nothing: bytes go to a function, answers go to a page.
package wire

import (
	"encoding/binary"

	"dpolab/ui/page"
	"dpolab/wasm/bridge"
)

// Commands are the page's trainer: each call becomes one message for Post.
type Commands struct {
	Post  func(message []byte)
	Fresh func() // starts a fresh worker
}

func (c *Commands) say(m bridge.Message) { c.Post(bridge.Encode(m)) }

// Respawn starts a fresh worker.
func (c *Commands) Respawn() { c.Fresh() }

// Start loads a preset.
func (c *Commands) Start(preset string) { c.say(&bridge.Start{Preset: preset}) }

// SetPairs replaces the pairs.
func (c *Commands) SetPairs(revision int, s page.Set) {
	c.say(&bridge.SetPairs{Revision: revision, Name: s.Name, Train: s.Train, Heldout: s.Heldout})
}

// Configure changes settings.
func (c *Commands) Configure(values []page.Setting) {
	m := &bridge.Configure{}
	for _, v := range values {
		m.Values = append(m.Values, bridge.Setting(v))
	}
	c.say(m)
}

var actions = map[page.Action]bridge.Action{
	page.Train: bridge.Train, page.Pause: bridge.Pause, page.Step: bridge.Step, page.Reset: bridge.Reset,
}

// Control presses a button of the run.
func (c *Commands) Control(a page.Action) { c.say(&bridge.Control{Action: actions[a]}) }

// Sample asks for answers.
func (c *Commands) Sample(r page.SampleRequest) { m := bridge.Sample(r); c.say(&m) }

// Stop ends answers or a judgement.
func (c *Commands) Stop(request int) { c.say(&bridge.StopSample{Request: request}) }

// Judge asks for the true reward.
func (c *Commands) Judge(r page.JudgeRequest) { m := bridge.Judge(r); c.say(&m) }

// MakePairs asks the base model for preference pairs.
func (c *Commands) MakePairs(r page.MakeRequest) {
	c.say(&bridge.MakePairs{Request: r.Request, Who: bridge.Reference, Size: r.Size, Heldout: r.Heldout,
		Label: r.Label, Noise: r.Noise, Flip: r.Flip, Gap: r.Gap, Seed: r.Seed})
}

// AskExact asks for the exact table of a prompt.
func (c *Commands) AskExact(r page.ExactRequest) { m := bridge.AskExact(r); c.say(&m) }

// Save asks for a file.
func (c *Commands) Save(what string) {
	kind := bridge.SaveRun
	if what == page.SavePolicy {
		kind = bridge.SavePolicy
	}
	c.say(&bridge.Save{What: kind})
}

// Kept restores or forgets the run that is kept.
func (c *Commands) Kept(restore bool) { c.say(&bridge.Kept{Restore: restore}) }

// Ping asks whether the trainer is alive.
func (c *Commands) Ping(number int) { c.say(&bridge.Ping{Number: number}) }

// ImportHead returns the bytes of an Import message up to the file's own, which
// follow it as they are: a file of 64 MiB never has to pass through Go's memory.
func ImportHead(name string, size int) []byte {
	b := bridge.Encode(&bridge.Import{Name: name}) // ends with the data's length, 0
	binary.LittleEndian.PutUint64(b[len(b)-8:], uint64(size))
	return b
}
