package live

import (
	"reflect"
	"testing"
)

// flushed lists what a flush writes, as "id name=value" and "id: content".
func flushed(b *Board) []string {
	var out []string
	b.Flush(func(n *Node, attrs []Attr, content bool) {
		for _, a := range attrs {
			out = append(out, n.ID+" "+a.Name+"="+a.Value)
		}
		if content {
			out = append(out, n.ID+": "+n.Content)
		}
	})
	return out
}

func TestFlushWritesOnlyWhatChanged(t *testing.T) {
	b := NewBoard()
	b.Add("loss", "output", Text, Attr{"data-testid", "loss"})
	b.Add("bar", "progress", None)
	b.Set("loss", "0.69")
	b.Attr("bar", "value", "0.5")
	b.Attr("bar", "value", "0.6")

	want := []string{"loss data-testid=loss", "loss: 0.69", "bar value=0.6", "bar value=0.6"}
	if got := flushed(b); !reflect.DeepEqual(got[:2], want[:2]) || got[2] != want[2] {
		t.Errorf("first flush wrote %q, want %q", got, want)
	}
	if b.Stale() {
		t.Error("the board is stale after a flush")
	}
	b.Set("loss", "0.69")
	b.Attr("bar", "value", "0.6")
	if got := flushed(b); got != nil {
		t.Errorf("the same values again wrote %q", got)
	}
	b.Set("loss", "0.5")
	if got, want := flushed(b), []string{"loss: 0.5"}; !reflect.DeepEqual(got, want) {
		t.Errorf("a new text wrote %q, want %q", got, want)
	}
}

func TestAddTwicePanics(t *testing.T) {
	b := NewBoard()
	b.Add("a", "p", Text)
	defer func() {
		if recover() == nil {
			t.Error("a second node of the same id was taken")
		}
	}()
	b.Add("a", "p", Text)
}
