package wire

import (
	"reflect"
	"testing"

	"dpolab/core/pref"
	"dpolab/ui/page"
	"dpolab/wasm/bridge"
)

func TestImportHeadAndFileAreAnImport(t *testing.T) {
	file := []byte("{\"prompt\":\"β\"}\n")
	got, err := bridge.Decode(append(ImportHead("pairs.jsonl", len(file)), file...))
	want := &bridge.Import{Name: "pairs.jsonl", Data: file}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("decodes to %+v, %v, want %+v", got, err, want)
	}
}

// Each command becomes the message it means, with every field.
func TestCommands(t *testing.T) {
	set := page.Set{Name: "n", Train: []pref.Pair{{Prompt: "a", Chosen: "b", Rejected: "c"}}, Heldout: []pref.Pair{{Prompt: "d"}}}
	for _, tc := range []struct {
		name string
		do   func(c *Commands)
		want bridge.Message
	}{
		{"start", func(c *Commands) { c.Start("p") }, &bridge.Start{Preset: "p"}},
		{"pairs", func(c *Commands) { c.SetPairs(7, set) }, &bridge.SetPairs{Revision: 7, Name: "n",
			Train: []pref.Pair{{Prompt: "a", Chosen: "b", Rejected: "c"}}, Heldout: []pref.Pair{{Prompt: "d"}}}},
		{"configure", func(c *Commands) { c.Configure([]page.Setting{{Name: "beta", Value: "0.2"}}) },
			&bridge.Configure{Values: []bridge.Setting{{Name: "beta", Value: "0.2"}}}},
		{"train", func(c *Commands) { c.Control(page.Train) }, &bridge.Control{Action: bridge.Train}},
		{"pause", func(c *Commands) { c.Control(page.Pause) }, &bridge.Control{Action: bridge.Pause}},
		{"step", func(c *Commands) { c.Control(page.Step) }, &bridge.Control{Action: bridge.Step}},
		{"reset", func(c *Commands) { c.Control(page.Reset) }, &bridge.Control{Action: bridge.Reset}},
		{"sample", func(c *Commands) {
			c.Sample(page.SampleRequest{Request: 1, Prompt: "x", Temperature: 0.5, TopP: 0.9, MaxTokens: 8, Seed: 3})
		},
			&bridge.Sample{Request: 1, Prompt: "x", Temperature: 0.5, TopP: 0.9, MaxTokens: 8, Seed: 3}},
		{"stop", func(c *Commands) { c.Stop(4) }, &bridge.StopSample{Request: 4}},
		{"judge", func(c *Commands) { c.Judge(page.JudgeRequest{Request: 2, Prompts: 100, Temperature: 1, Seed: 9}) },
			&bridge.Judge{Request: 2, Prompts: 100, Temperature: 1, Seed: 9}},
		{"save", func(c *Commands) { c.Save(page.SaveRun) }, &bridge.Save{What: bridge.SaveRun}},
		{"save policy", func(c *Commands) { c.Save(page.SavePolicy) }, &bridge.Save{What: bridge.SavePolicy}},
		{"kept", func(c *Commands) { c.Kept(true) }, &bridge.Kept{Restore: true}},
		{"ping", func(c *Commands) { c.Ping(5) }, &bridge.Ping{Number: 5}},
	} {
		var sent []byte
		tc.do(&Commands{Post: func(b []byte) { sent = b }})
		if got, err := bridge.Decode(sent); err != nil || !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s: posts %+v, %v, want %+v", tc.name, got, err, tc.want)
		}
	}
}

func TestHear(t *testing.T) {
	p := page.New(&Commands{Post: func([]byte) {}, Fresh: func() {}}, func() float64 { return 0 })
	hear := func(m bridge.Message) {
		t.Helper()
		if err := Hear(p, bridge.Encode(m), func(*bridge.File) { t.Error("a file out of nothing") }); err != nil {
			t.Fatal(err)
		}
	}
	hear(&bridge.Ready{Preset: "sentiment", Model: bridge.ModelInfo{Name: "m", Parameters: 12, Fingerprint: "f"}})
	hear(&bridge.Pairs{Name: "s", Train: []pref.Pair{{Prompt: "a", Chosen: "b", Rejected: "c"}}})
	hear(&bridge.Settings{Values: []bridge.Setting{{Name: "beta", Value: "0.3"}}})
	hear(&bridge.State{Phase: bridge.Paused, Step: 3, Total: 9})
	if train, held := p.Counts(); train != 1 || held != 0 || p.Rows()[0].Pair.Chosen != "b" {
		t.Errorf("%d and %d pairs: %v", train, held, p.Rows())
	}
	if p.Phase() != page.Paused || p.Run().Step != 3 || p.Run().Total != 9 {
		t.Errorf("stands at %+v", p.Run())
	}
	if v := p.Control("beta").Value; v != "0.3" {
		t.Errorf("beta is %s, want 0.3", v)
	}
	if err := Hear(p, []byte{250}, nil); err == nil {
		t.Error("bytes that are no message are taken")
	}
	var name string
	_ = Hear(p, bridge.Encode(&bridge.File{Name: "run.zip"}), func(f *bridge.File) { name = f.Name })
	if name != "run.zip" {
		t.Errorf("the file %q is saved, want run.zip", name)
	}
}
