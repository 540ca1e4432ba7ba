package config

import (
	"strings"
	"testing"

	"dpolab/core/dpo"
)

// The names by which core/dpo speaks of settings are those of the table.
func TestLossesNameSettings(t *testing.T) {
	for _, k := range dpo.Losses {
		for _, name := range k.Uses {
			if f, ok := ByName(name); !ok || !f.OfLoss {
				t.Errorf("%s uses %q, which is no setting of losses", k.Name, name)
			}
		}
	}
	for i := range Fields {
		f := &Fields[i]
		used := false
		for _, k := range dpo.Losses {
			used = used || k.Takes(f.Name)
		}
		if f.OfLoss && !used {
			t.Errorf("%s: no loss uses it", f.Name)
		}
	}
}

// with is the defaults with settings on top.
func with(t *testing.T, settings ...string) Config {
	t.Helper()
	c := Defaults()
	for i := 0; i < len(settings); i += 2 {
		if err := c.Apply([][2]string{{settings[i], settings[i+1]}}); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func TestUnusedSettingsAreErrors(t *testing.T) {
	for _, tc := range []struct {
		settings []string
		want     string // part of the error; empty if there is none
	}{
		{[]string{"loss", "sigmoid", "label-smoothing", "0.1"}, ""},
		{[]string{"loss", "hinge", "label-smoothing", "0.1"}, "label-smoothing: loss hinge does not use it: leave it at 0"},
		{[]string{"loss", "hinge", "label-smoothing", "0"}, ""},
		{[]string{"loss", "sigmoid", "gamma", "2"}, "gamma: loss sigmoid does not use it"},
		{[]string{"loss", "simpo", "beta", "2", "gamma", "1"}, ""},
		{[]string{"loss", "simpo", "reference-free", "on"}, "reference-free: loss simpo"},
		{[]string{"loss", "dpop", "divergence", "forward_kl"}, "divergence: loss dpop"},
		{[]string{"divergence", "alpha_divergence", "divergence-alpha", "0.7"}, ""},
		{[]string{"divergence", "js_divergence", "divergence-alpha", "0.7"}, "divergence-alpha: it makes no difference with the other settings"},
		{[]string{"tr-dpo", "on", "tr-steps", "5"}, ""},
		{[]string{"tr-steps", "5"}, "tr-steps: it makes no difference"},
		{[]string{"tr-dpo", "on", "reference-free", "on"}, "tr-dpo: it makes no difference"},
		{[]string{"loss", "aot", "wpo", "on"}, "wpo: loss aot"},
		{[]string{"loss", "aot", "ld-alpha", "0.5", "label-smoothing", "0.1"}, ""},
		{[]string{"loss", "0.8*sigmoid+0.2*bco_pair+sft", "label-smoothing", "0.1", "wpo", "on"}, ""},
		{[]string{"loss", "0.8*sigmoid+sft", "ld-alpha", "0.5"}, "ld-alpha: loss 0.8*sigmoid+sft does not use it"},
		{[]string{"loss", "bco_pair", "bco-shift", "on"}, ""},
		{[]string{"loss", "exo_pair"}, "label-smoothing: exo_pair needs more than 0"},
		{[]string{"loss", "exo_pair", "label-smoothing", "0.001"}, ""},
		{[]string{"loss", "kto", "batch-size", "1"}, "batch-size: kto needs 2 or more"},
	} {
		c := with(t, tc.settings...)
		err := c.Validate()
		if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tc.want)) {
			t.Errorf("%v: %v, want %q", tc.settings, err, tc.want)
		}
	}
}

func TestUsedAndTidy(t *testing.T) {
	c := with(t, "label-smoothing", "0.1", "divergence", "alpha_divergence", "divergence-alpha", "0.7", "tr-dpo", "on", "tr-steps", "5")
	for name, want := range map[string]bool{"beta": true, "seed": true, "label-smoothing": true, "divergence-alpha": true, "tr-alpha": true, "gamma": false, "bco-shift": false} {
		if f, _ := ByName(name); Used(f, &c) != want {
			t.Errorf("%s used: %v, want %v", name, !want, want)
		}
	}
	c.Loss = "simpo"
	if c.Validate() == nil {
		t.Error("settings that simpo does not use were accepted")
	}
	c.Tidy()
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	if got := c.Changed(); len(got) != 1 || got[0] != [2]string{"loss", "simpo"} {
		t.Errorf("tidied up: %v", got)
	}
}

func TestSumsOfLosses(t *testing.T) {
	c := with(t, "loss", " 0.8 * sigmoid + 0.2*bco_pair+1*sft")
	if c.Loss != "0.8*sigmoid+0.2*bco_pair+sft" {
		t.Errorf("written as %q", c.Loss)
	}
	terms := c.Terms()
	if len(terms) != 3 || terms[0].Weight != 0.8 || terms[1].Name != "bco_pair" || terms[2].Weight != 1 {
		t.Errorf("terms %+v", terms)
	}
	if got := with(t, c.Changed()[0][:]...); got != c {
		t.Errorf("%+v came back as %+v", c, got)
	}
	f, _ := ByName("loss")
	for value, want := range map[string]string{
		"":                 "not one of",
		"ppo":              `loss: "ppo" is not one of`,
		"sigmoid+":         "not one of",
		"x*sigmoid":        `the weight "x" of sigmoid`,
		"0*sigmoid":        `the weight "0"`,
		"-1*sft":           `the weight "-1"`,
		"NaN*sft":          `the weight "NaN"`,
		"sft+0.5*sft":      "twice",
		"sigmoid*0.5":      "not one of",
		"sigmoid bco_pair": "not one of",
	} {
		if err := f.Set(&c, value); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("loss %q: %v, want a word about %q", value, err, want)
		}
	}
}

func TestSettingsThatAreOffOrOn(t *testing.T) {
	f, _ := ByName("wpo")
	c := Defaults()
	if err := f.Set(&c, "on"); err != nil || !c.WPO || f.Get(&c) != "on" {
		t.Errorf("on: %v, %v", c.WPO, err)
	}
	if err := f.Set(&c, "yes"); err == nil || !strings.Contains(err.Error(), `wpo: "yes" is not one of ["off" "on"]`) || !c.WPO {
		t.Errorf("yes: %v", err)
	}
}

// What runs and links said before there was a table of losses.
func TestRetiredObjective(t *testing.T) {
	if c := with(t, "objective", "dpo"); c != Defaults() {
		t.Errorf("objective dpo gives %+v", c)
	}
	if c := with(t, "objective", "sft"); c.Loss != "sft" {
		t.Errorf("objective sft gives loss %q", c.Loss)
	}
}

func TestWhatALossNeeds(t *testing.T) {
	for _, tc := range []struct {
		settings             []string
		reference, batch, kl bool
	}{
		{nil, true, false, false},
		{[]string{"reference-free", "on"}, false, false, false},
		{[]string{"loss", "simpo"}, false, false, false},
		{[]string{"loss", "orpo+hinge"}, true, false, false},
		{[]string{"loss", "aot_unpaired"}, true, true, false},
		{[]string{"loss", "kto"}, true, false, true},
		{[]string{"loss", "bco_pair"}, true, false, false},
		{[]string{"loss", "bco_pair", "bco-shift", "on"}, true, true, false},
	} {
		c := with(t, tc.settings...)
		if c.NeedsReference() != tc.reference || c.NeedsBatch() != tc.batch || c.NeedsKL() != tc.kl {
			t.Errorf("%v: reference %v, batch %v, kl %v, want %+v", tc.settings, c.NeedsReference(), c.NeedsBatch(), c.NeedsKL(), tc)
		}
	}
}

func TestNewLoss(t *testing.T) {
	p := []dpo.Pair{{PolicyChosen: -1, PolicyRejected: -3, ReferenceChosen: -2, ReferenceRejected: -2, ChosenTokens: 2, RejectedTokens: 1}}
	one, sum := with(t, "loss", "hinge"), with(t, "loss", "0.5*hinge+2*sft")
	a, _ := one.NewLoss(one.LossSettings()).Batch(p)
	b, _ := sum.NewLoss(sum.LossSettings()).Batch(p)
	if a[0] != 0.8 || b[0] != 0.5*0.8+2*0.5 {
		t.Errorf("losses %v and %v", a, b)
	}
}
