package ui

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// luminance is WCAG's relative luminance of #rrggbb.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	v, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil {
		t.Fatalf("%q is no colour", hex)
	}
	lin := func(c uint64) float64 {
		s := float64(c&255) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(v>>16) + 0.7152*lin(v>>8) + 0.0722*lin(v)
}

// Every text has 4.5:1 on every ground it stands on (WCAG AA), and edges of
// controls 3:1, in both schemes.
func TestContrast(t *testing.T) {
	src, err := os.ReadFile("../assets/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, ok := strings.Cut(string(src), "prefers-color-scheme: dark")
	if !ok {
		t.Fatal("tokens.css has no dark scheme")
	}
	token := regexp.MustCompile(`--([a-z0-9-]+): (#[0-9a-f]{6});`)
	colours := map[string]string{}
	for _, scheme := range []struct{ name, css string }{{"light", light}, {"dark", dark}} {
		for _, m := range token.FindAllStringSubmatch(scheme.css, -1) {
			colours[m[1]] = m[2]
		}
		for _, pair := range []struct {
			ink, grounds string
			least        float64
		}{
			{"ink", "panel ground sunken policy-soft reference-soft alarm-soft notice-soft", 4.5},
			{"ink-2", "panel ground sunken policy-soft reference-soft notice-soft", 4.5},
			{"ink-3", "panel ground sunken policy-soft reference-soft", 4.5},
			{"chosen", "panel sunken", 4.5},
			{"rejected", "panel sunken", 4.5},
			{"policy", "panel sunken policy-soft", 4.5},
			{"reference", "panel sunken reference-soft", 4.5},
			{"alarm", "panel sunken alarm-soft", 4.5},
			{"on-policy", "policy policy-strong", 4.5},
			{"line-strong", "panel", 3},
			{"focus", "panel ground", 3},
		} {
			for _, ground := range strings.Fields(pair.grounds) {
				a, b := luminance(t, colours[pair.ink]), luminance(t, colours[ground])
				if ratio := (math.Max(a, b) + 0.05) / (math.Min(a, b) + 0.05); ratio < pair.least {
					t.Errorf("%s: %s on %s has %.2f:1, want %.1f:1", scheme.name, pair.ink, ground, ratio, pair.least)
				}
			}
		}
	}
}
