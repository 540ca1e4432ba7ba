package page

import (
	"strings"
	"testing"
)

func TestSettingsAreCheckedAtOnceAndSentWhenTheyRest(t *testing.T) {
	p, e, clock := opened(t)
	p.Type("beta", "0")
	if c := p.Control("beta"); !strings.Contains(c.Error, "more than 0") || c.Value != "0" {
		t.Errorf("β 0 shows %+v", c)
	}
	*clock += 5000
	p.Tick(true)
	want(t, "a wrong β", strings.ReplaceAll(e.take(), "ping 1", ""), "")
	p.Type("beta", "0.2")
	*clock += commitAfter - 100
	p.Tick(true)
	want(t, "β before it rests", e.take(), "")
	*clock += 200
	p.Tick(true)
	want(t, "β after it rests", e.take(), "beta=0.2")
	p.Enter("epochs", " 3 ")
	want(t, "epochs by Enter", e.take(), "epochs=3")
	p.Enter("epochs", "3")
	want(t, "the same again", e.take(), "")
	p.Settings(Settings{Values: []Setting{{"beta", "0.1"}}, Errors: []Setting{{"batch-size", "batch-size: too large"}}, Waits: []string{"seed"}})
	want(t, "β in force", p.Control("beta").Value, "0.1")
	want(t, "refused", p.Control("batch-size").Note(), "too large")
	want(t, "waits", p.Control("seed").Note(), "takes hold at reset")
}

func TestARefusedValueStaysWithItsReason(t *testing.T) {
	p, e, clock := opened(t)
	p.Enter("eval-pairs", "97")
	want(t, "sent", e.take(), "eval-pairs=97")
	p.Settings(Settings{Values: []Setting{{"eval-pairs", "48"}}, Errors: []Setting{{"eval-pairs", "eval-pairs: the set has 50 pairs"}}})
	*clock += 5 * commitAfter
	p.Tick(true)
	if got := e.take(); strings.Contains(got, "eval-pairs") {
		t.Errorf("the refused value is sent again: %s", got)
	}
	c := p.Control("eval-pairs")
	want(t, "shown", c.Value+": "+c.Error, "97: the set has 50 pairs")
	p.Enter("eval-pairs", "48")
	c = p.Control("eval-pairs")
	want(t, "mended", c.Value+": "+c.Error, "48: ")
}

func TestABatchIsNotLargerThanTheSet(t *testing.T) {
	p, e, _ := opened(t)
	p.Enter("batch-size", "51")
	want(t, "sent", e.take(), "")
	want(t, "why", p.Control("batch-size").Error, "there are 50 pairs to train on: at most that many")
	p.Enter("batch-size", "50")
	want(t, "sent", e.take(), "batch-size=50")
	p.Delete(0)
	want(t, "when the set shrinks", p.Control("batch-size").Error, "there are 49 pairs to train on: at most that many")
}

func TestTrainingTakesWhatIsStillBeingTyped(t *testing.T) {
	p, e, _ := opened(t)
	p.Type("learning-rate", "0.001")
	p.Press(Train)
	want(t, "train", e.take(), "learning-rate=0.001, press 0")
}
