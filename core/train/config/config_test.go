package config

import (
	"math"
	"strings"
	"testing"
)

func TestDefaultsValidate(t *testing.T) {
	if err := Defaults().Validate(); err != nil {
		t.Fatal(err)
	}
}

func TestEveryFieldRoundTrips(t *testing.T) {
	for i := range Fields {
		f := &Fields[i]
		c := Defaults()
		want := f.Get(&c)
		if err := f.Set(&c, want); err != nil {
			t.Errorf("%s: its own default %q is refused: %v", f.Name, want, err)
		}
		if c != Defaults() {
			t.Errorf("%s: setting the default changed the config to %+v", f.Name, c)
		}
		if f.Help == "" || f.Label == "" {
			t.Errorf("%s: no label or help", f.Name)
		}
	}
}

func TestChangedAndApply(t *testing.T) {
	c := Defaults()
	c.Beta, c.Seed, c.Schedule, c.Epochs = 0.5, 7, Cosine, 3
	got := Defaults()
	if err := got.Apply(c.Changed()); err != nil || got != c {
		t.Errorf("Apply(Changed()) = %+v, %v, want %+v", got, err, c)
	}
	if n := len(c.Changed()); n != 4 {
		t.Errorf("%d settings differ from the defaults, want 4", n)
	}
}

func TestSetRefuses(t *testing.T) {
	for _, tc := range []struct{ name, value, want string }{
		{"learning-rate", "NaN", "out of range"},
		{"learning-rate", "0", "more than 0"},
		{"learning-rate", "fast", "not a number"},
		{"beta", "0", "more than 0"},
		{"beta", "-1", "out of range"},
		{"beta", "+Inf", "out of range"},
		{"batch-size", "0", "1 to 4096"},
		{"batch-size", "2.5", "not a whole number"},
		{"seed", "-1", "not a whole number"},
		{"seed", "18014398509481984", "0 to 9007199254740992"},
		{"schedule", "steps", "not one of"},
		{"label-smoothing", "0.5", "0 to 0.499"},
	} {
		f, _ := ByName(tc.name)
		c := Defaults()
		err := f.Set(&c, tc.value)
		if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.HasPrefix(err.Error(), tc.name) {
			t.Errorf("Set(%s, %q) = %v, want an error of %s with %q", tc.name, tc.value, err, tc.name, tc.want)
		}
		if c != Defaults() {
			t.Errorf("Set(%s, %q) failed and changed the config", tc.name, tc.value)
		}
	}
}

func TestValidateReportsEveryField(t *testing.T) {
	c := Defaults()
	c.Beta, c.LearningRate, c.Schedule = math.NaN(), -1, "up"
	err := c.Validate()
	for _, want := range []string{"beta:", "learning-rate:", "schedule:"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Validate() = %v, does not report %s", err, want)
		}
	}
	c = Defaults()
	if err := c.Apply([][2]string{{"warp", "9"}, {"beta", "x"}}); err == nil ||
		!strings.Contains(err.Error(), "warp") || !strings.Contains(err.Error(), "beta") {
		t.Errorf("Apply = %v, want both settings named", err)
	}
}
