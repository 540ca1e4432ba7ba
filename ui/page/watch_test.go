package page

import (
	"strings"
	"testing"
)

func TestSilenceIsALoss(t *testing.T) {
	p, e, clock := opened(t)
	p.Write(0, ChosenField, " mine")
	p.Enter("beta", "0.3")
	e.take()
	for range 30 {
		*clock += 300
		p.Tick(true)
	}
	if p.Phase() != Lost || !strings.Contains(p.LostText(), "8 seconds") {
		t.Fatalf("9 s of silence: phase %s, %q", p.Phase(), p.LostText())
	}
	e.take()
	p.StartAgain()
	p.Ready(Ready{Preset: "sentiment", HasReward: true})
	p.Pairs(Pairs{Set: Set{Train: pairs(9)}})
	got := e.take()
	for _, w := range []string{"respawn, start sentiment", "beta=0.3", "pairs 2: 50+5"} {
		if !strings.Contains(got, w) {
			t.Errorf("a fresh trainer is told %s, want %s in it", got, w)
		}
	}
	p.KeptRun(KeptRun{Step: 40, Total: 60, Preset: "sentiment", SavedAt: *clock - 3*60_000})
	want(t, "offer", p.KeptText(), "A run of “Film reviews”, at step 40 of 60, from 3 minutes ago, is kept.")
	p.Kept(true)
	want(t, "restore", e.take(), "kept true")
	want(t, "offer when taken", p.KeptText(), "")
}

func TestAPresetThatDoesNotLoadCanBeTriedAgain(t *testing.T) {
	e := &engine{}
	p := New(e, func() float64 { return 0 })
	p.Open()
	p.Failed("start", "config.json: 404")
	if p.Phase() != Lost || !strings.Contains(p.LostText(), "config.json: 404") {
		t.Errorf("phase %s, %q", p.Phase(), p.LostText())
	}
	e.take()
	p.StartAgain()
	want(t, "again", e.take(), "respawn, start sentiment")
}

func TestSleepAndHiddenTabsAreNoLoss(t *testing.T) {
	p, _, clock := opened(t)
	*clock += 60_000 // the machine slept
	p.Tick(true)
	for range 40 {
		*clock += 1000
		p.Tick(false)
	}
	if p.Phase() == Lost {
		t.Error("a page that slept takes its trainer for lost")
	}
}
