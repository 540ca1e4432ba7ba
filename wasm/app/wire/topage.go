package wire

import (
	"dpolab/ui/page"
	"dpolab/wasm/bridge"
)

// Hear gives one message of the trainer to the page. A File goes to save, since
// only the browser can store it.
func Hear(p *page.Page, message []byte, save func(*bridge.File)) error {
	m, err := bridge.Decode(message)
	if err != nil {
		return err
	}
	p.Heard()
	switch m := m.(type) {
	case *bridge.Ready:
		p.Ready(ready(m))
	case *bridge.Pairs:
		p.Pairs(pairs(m))
	case *bridge.Settings:
		p.Settings(page.Settings{Values: settings(m.Values), Errors: settings(m.Errors), Waits: m.Waits})
	case *bridge.State:
		p.State(state(m))
	case *bridge.Metrics:
		p.Metrics(page.Metrics(*m))
	case *bridge.Token:
		p.Token(page.Token{Request: m.Request, Reference: m.Who == bridge.Reference, Text: m.Text, Done: m.Done, Reason: m.Reason, Step: m.Step})
	case *bridge.Judged:
		p.Judged(judged(m))
	case *bridge.Made:
		p.Made(page.Made(*m))
	case *bridge.ExactTable:
		p.ExactTable(page.ExactTable(*m))
	case *bridge.Speed:
		p.Speed(page.Speed(*m))
	case *bridge.File:
		save(m)
		p.Saved()
	case *bridge.KeptRun:
		p.KeptRun(page.KeptRun(*m))
	case *bridge.Failed:
		p.Failed(m.What, m.Text)
	}
	return nil
}

func ready(m *bridge.Ready) page.Ready {
	return page.Ready{
		Preset: m.Preset, Title: m.Title, Description: m.Description,
		Name: m.Model.Name, Parameters: m.Model.Parameters, Layers: m.Model.Layers, Hidden: m.Model.Hidden,
		Vocab: m.Model.Vocab, Context: m.Model.Context, Fingerprint: m.Model.Fingerprint,
		World: m.World, HasReward: m.HasReward, Exact: m.Exact, SIMD: m.SIMD,
	}
}

func pairs(m *bridge.Pairs) page.Pairs {
	return page.Pairs{Revision: m.Revision, Rows: m.Rows, Problems: m.Problems,
		Set: page.Set{Name: m.Name, Train: m.Train, Heldout: m.Heldout}}
}

func settings(v []bridge.Setting) []page.Setting {
	var out []page.Setting
	for _, s := range v {
		out = append(out, page.Setting(s))
	}
	return out
}

var phases = map[bridge.Phase]page.Phase{
	bridge.Idle: page.Idle, bridge.Training: page.Training, bridge.Paused: page.Paused, bridge.Done: page.Done,
}

func state(m *bridge.State) page.State {
	return page.State{Phase: phases[m.Phase], Step: m.Step, Total: m.Total, StepFraction: m.StepFraction,
		Epoch: m.Epoch, TokensPerSecond: m.TokensPerSecond, SecondsLeft: m.SecondsLeft,
		Task: m.Task, TaskFraction: m.TaskFraction, Fingerprint: m.Fingerprint}
}

func judged(m *bridge.Judged) page.Judged {
	return page.Judged{Request: m.Request, Done: m.Done, Of: m.Of, Finished: m.Finished,
		Policy: page.Estimate(m.Policy), Reference: page.Estimate(m.Reference),
		WinRate: page.Estimate(m.WinRate), KL: page.Estimate(m.KL),
		ParsePolicy: m.ParsePolicy, ParseReference: m.ParseReference, Step: m.Step}
}
