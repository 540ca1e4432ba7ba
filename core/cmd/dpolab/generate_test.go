package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"dpolab/core/model"
)

func TestGenerateFollowsItsSeed(t *testing.T) {
	mdl := filepath.Join(fixture(t), "model")
	ask := func(more ...string) string {
		return must(t, append([]string{"generate", "--model", mdl, "--prompt", "I think tea", "--prompt", "I think rain", "--max-tokens", "12"}, more...)...)
	}
	first := ask("--samples", "40", "--seed", "7")
	if !strings.HasPrefix(first, "I think tea") || !strings.Contains(first, "\nI think rain") {
		t.Errorf("prompts are missing:\n%s", first)
	}
	if again := ask("--samples", "40", "--seed", "7"); again != first {
		t.Error("the same seed gives other answers")
	}
	if other := ask("--samples", "40", "--seed", "8"); other == first {
		t.Error("another seed gives the same answers")
	}
	if ask("--temperature", "0", "--seed", "1") != ask("--temperature", "0", "--seed", "2") {
		t.Error("the likeliest answer depends on the seed")
	}
}

func TestGenerateJSON(t *testing.T) {
	mdl := filepath.Join(fixture(t), "model")
	status, out, stderr := dpolab(t.Context(), "I think <tea>\r\n\nI think rain\n", "generate", "--model", mdl, "--json", "--samples", "2", "--max-tokens", "9", "--reward", "sentiment")
	if status != 0 || stderr != "" {
		t.Fatalf("status %d, %s", status, stderr)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 4 {
		t.Fatalf("%d answers, want 4:\n%s", len(lines), out)
	}
	for i, line := range lines {
		var a answer
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatalf("answer %d: %v", i, err)
		}
		want := []string{"I think <tea>", "I think rain"}[i/2]
		if a.Prompt != want || a.Tokens < 1 || a.Tokens > 9 || !(a.LogP < 0) || a.Ended != model.EndOfText && a.Ended != model.MaxTokens {
			t.Errorf("answer %d: %+v", i, a)
		}
		if a.Reward == nil || *a.Reward < 0 || *a.Reward > 1 || a.Parses == nil || *a.Parses {
			t.Errorf("answer %d, noise: reward %v, parses %v", i, a.Reward, a.Parses)
		}
	}
	if plain := must(t, "generate", "--model", mdl, "--json", "--prompt", "x"); strings.Contains(plain, "reward") {
		t.Errorf("a reward that nobody asked for: %s", plain)
	}
}

func TestGenerateStops(t *testing.T) {
	mdl := filepath.Join(fixture(t), "model")
	if status, _, err := dpolab(cancelAfter(t.Context(), 3), "", "generate", "--model", mdl, "--prompt", "x", "--samples", "500"); status != exitInterrupted {
		t.Errorf("status %d, want 130: %s", status, err)
	}
	long := "a\n" + strings.Repeat("xyz", 40) + "\n"
	if status, _, err := dpolab(t.Context(), long, "generate", "--model", mdl, "--max-tokens", "2"); status != exitBadInput || !strings.Contains(err, "standard input, line 2: the prompt is 120 tokens") {
		t.Errorf("status %d: %s", status, err)
	}
}
