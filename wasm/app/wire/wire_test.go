package wire

import (
	"reflect"
	"testing"

	"dpolab/core/pref"
	"dpolab/ui/page"
	"dpolab/ui/text"
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
		{"make pairs", func(c *Commands) {
			c.MakePairs(page.MakeRequest{Request: 3, Size: 200, Heldout: 50, Label: bridge.LabelLonger, Noise: 0.1, Flip: 0.2, Gap: 0.3, Seed: 4})
		},
			&bridge.MakePairs{Request: 3, Who: bridge.Reference, Size: 200, Heldout: 50, Label: "longer", Noise: 0.1, Flip: 0.2, Gap: 0.3, Seed: 4}},
		{"exact", func(c *Commands) { c.AskExact(page.ExactRequest{Request: 6, Prompt: "x", Beta: 0.5}) },
			&bridge.AskExact{Request: 6, Prompt: "x", Beta: 0.5}},
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

// The rules that the page offers are those that the trainer knows.
func TestLabels(t *testing.T) {
	p := page.New(&Commands{Post: func([]byte) {}, Fresh: func() {}}, func() float64 { return 0 })
	var offered []string
	for _, c := range p.MakeChoices() {
		if c.ID == "make-label" {
			for _, o := range c.Options {
				offered = append(offered, o.Value)
			}
		}
	}
	if want := []string{bridge.LabelReward, bridge.LabelLonger, bridge.LabelNear}; !reflect.DeepEqual(offered, want) {
		t.Errorf("the page offers %q, want %q", offered, want)
	}
}

// What is made and counted reaches the page.
func TestHearMadeAndExact(t *testing.T) {
	var sent []bridge.Message
	p := page.New(&Commands{Fresh: func() {}, Post: func(b []byte) {
		m, err := bridge.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		sent = append(sent, m)
	}}, func() float64 { return 0 })
	hear := func(m bridge.Message) {
		t.Helper()
		if err := Hear(p, bridge.Encode(m), nil); err != nil {
			t.Fatal(err)
		}
	}
	request := func() int {
		switch m := sent[len(sent)-1].(type) {
		case *bridge.MakePairs:
			return m.Request
		case *bridge.AskExact:
			return m.Request
		}
		t.Fatalf("the last question is %T", sent[len(sent)-1])
		return 0
	}
	hear(&bridge.Ready{Preset: "sentiment", World: "sentiment", HasReward: true, Exact: true})
	p.LookAt("a")
	hear(&bridge.ExactTable{Request: request(), Prompt: "a", Count: 9, Answers: []string{" b"},
		Reference: []float64{1}, Policy: []float64{1}, Optimum: []float64{1}, Reward: []float64{0.5}})
	if x := p.Exact(); x == nil || x.Count != 9 {
		t.Errorf("the table is %+v", x)
	}
	p.Make()
	hear(&bridge.Made{Request: request(), Finished: true, Ties: 3, Train: []pref.Pair{{Prompt: "a", Chosen: "b", Rejected: "c"}}})
	if n, _ := p.Counts(); n != 1 || len(p.MadeFacts()) == 0 {
		t.Errorf("%d pairs, %+v", n, p.MadeFacts())
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
	hear(&bridge.Speed{TrainTokensPerSecond: 1000, Parameters: 1000})
	if i := p.Menu()[0].Items[0]; i.Time == text.Measuring {
		t.Errorf("the speed did not arrive: %+v", i)
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
