package page

import (
	"fmt"
	"slices"
	"strings"

	"dpolab/core/dpo"
	"dpolab/core/train/config"
	"dpolab/ui/text"
)

// commitAfter is how long a control rests before its value is sent, in
// milliseconds; leaving the control or Enter sends it at once.
const commitAfter = 800

// settings is the state of the controls that config.Fields describes.
type settings struct {
	config  config.Config // in force
	drafts  map[string]string
	errors  map[string]string
	sent    map[string]string // last value given to the trainer
	refused map[string]refusal
	waits   []string
	pairs   int             // that can be trained on; 0 while unknown
	touched map[string]bool // changed by the user: sent again to a fresh trainer
	typedAt float64

	formulas string // of which loss those on the board are
}

// refusal is a value that the trainer did not take, and why.
type refusal struct{ value, reason string }

func newSettings(c config.Config) settings {
	return settings{config: c, drafts: map[string]string{}, errors: map[string]string{}, sent: map[string]string{},
		refused: map[string]refusal{}, touched: map[string]bool{}}
}

// InBar are the settings that stand in the top bar.
var InBar = []string{"loss", "beta", "learning-rate", "batch-size", "epochs", "seed"}

// Control is one setting as it is shown.
type Control struct {
	*config.Field
	Value string
	Error string // in words; empty if the value is good
	Waits bool   // takes hold at reset
	Title string // tooltip
	ID    string // for tests and notes
	// Options are what a list offers; nil where a value is typed.
	Options []Option
}

// Control returns the control of a setting.
func (p *Page) Control(name string) Control {
	f, ok := config.ByName(name)
	if !ok {
		panic("page: no setting " + name)
	}
	c := Control{Field: f, Error: p.settings.errors[name], Waits: slices.Contains(p.settings.waits, name)}
	c.Value, ok = p.settings.drafts[name]
	if !ok {
		c.Value = f.Get(&p.settings.config)
		if c.Error == "" { // in force, yet the set has become too small for it
			c.Error = p.settings.tooLarge(name, p.settings.config)
		}
	}
	c.Title, c.ID = f.Help, name
	switch {
	case f.Sum:
		c.ID, c.Options = "loss-setting", lossOptions(c.Value)
	case f.Choices != nil:
		for _, v := range f.Choices {
			c.Options = append(c.Options, Option{v, v, v == c.Value})
		}
	default:
		c.Title += " " + fmt.Sprintf(text.Allowed, f.Range()+unit(f.Unit))
	}
	return c
}

func unit(u string) string {
	if u == "" {
		return ""
	}
	return " " + u
}

// Controls returns the controls of the named settings.
func (p *Page) Controls(names []string) []Control {
	var out []Control
	for _, n := range names {
		out = append(out, p.Control(n))
	}
	return out
}

// OtherSettings are those that do not stand in the top bar: the loss's own, or those
// of the run. A setting that makes no difference as the others stand is left out.
func (p *Page) OtherSettings(ofLoss bool) []string {
	var out []string
	for i := range config.Fields {
		f := &config.Fields[i]
		if !slices.Contains(InBar, f.Name) && f.OfLoss == ofLoss && config.Used(f, &p.settings.config) {
			out = append(out, f.Name)
		}
	}
	return out
}

// lossOptions lists the losses, and a sum of them that is in force.
func lossOptions(value string) []Option {
	var out []Option
	some := false
	for _, k := range dpo.Losses {
		out = append(out, Option{k.Name, k.Title + " (" + k.Name + ")", k.Name == value})
		some = some || k.Name == value
	}
	if !some {
		out = append(out, Option{value, value, true})
	}
	return out
}

// LossControl is the loss as it is typed: a name, or a sum of several.
func (p *Page) LossControl() Control {
	c := p.Control("loss")
	c.ID, c.Options = "loss-sum", nil
	return c
}

// Type takes what stands in a control while the user types: wrong values are
// named at once, good ones are sent when the control rests.
func (p *Page) Type(name, value string) {
	s := &p.settings
	value = clip(value, MaxLength)
	s.drafts[name] = value
	s.typedAt = p.now()
	s.check(name, value)
	p.touch()
}

// Enter takes a control's value when the user leaves it or presses Enter.
func (p *Page) Enter(name, value string) {
	p.Type(name, value)
	p.commitSettings()
}

// check holds a value against the table without taking it.
func (s *settings) check(name, value string) bool {
	f, _ := config.ByName(name)
	c := s.config
	err := f.Set(&c, strings.TrimSpace(value))
	if err != nil {
		s.errors[name] = strings.TrimPrefix(err.Error(), name+": ")
		return false
	}
	fit(&c)
	if err := c.Validate(); err != nil && s.config.Validate() == nil {
		s.errors[name] = strings.TrimPrefix(err.Error(), name+": ")
		return false
	}
	if why := s.tooLarge(name, c); why != "" {
		s.errors[name] = why
		return false
	}
	if r, ok := s.refused[name]; ok && r.value == f.Get(&c) {
		s.errors[name] = r.reason
		return false
	}
	delete(s.errors, name)
	return true
}

// tooLarge says that a batch would be larger than the set.
func (s *settings) tooLarge(name string, c config.Config) string {
	if name != "batch-size" || s.pairs == 0 || c.BatchSize <= s.pairs {
		return ""
	}
	return fmt.Sprintf(text.BatchTooLarge, Count(s.pairs, text.PairOne, text.PairMany))
}

// commitSettings sends every good draft that differs from what is in force.
func (p *Page) commitSettings() {
	s := &p.settings
	var out []Setting
	was := s.config
	for i := range config.Fields {
		f := &config.Fields[i]
		draft, ok := s.drafts[f.Name]
		if !ok || !s.check(f.Name, draft) {
			continue
		}
		_ = f.Set(&s.config, strings.TrimSpace(draft)) // checked above
		fit(&s.config)
		delete(s.drafts, f.Name)
	}
	for i := range config.Fields { // fit may have changed more than was typed
		f := &config.Fields[i]
		if v := f.Get(&s.config); v != f.Get(&was) {
			s.touched[f.Name], s.sent[f.Name] = true, v
			out = append(out, Setting{f.Name, v})
		}
	}
	if len(out) > 0 && p.Alive() {
		p.trainer.Configure(out)
		p.charts.dirty = true
	}
}

// fit makes the other settings go with the loss: what it does not use goes back to its
// default, and the one loss that cannot do without label smoothing gets the usual one.
func fit(c *config.Config) {
	c.Tidy()
	if c.LabelSmoothing == 0 && slices.ContainsFunc(c.Terms(), func(t config.Term) bool { return t.Name == "exo_pair" }) {
		c.LabelSmoothing = 0.001
	}
}

// restSettings sends what was typed once the control rests.
func (p *Page) restSettings(now float64) {
	if len(p.settings.drafts) > 0 && now-p.settings.typedAt >= commitAfter {
		before := len(p.settings.drafts)
		p.commitSettings()
		if len(p.settings.drafts) != before {
			p.touch()
		}
	}
}

// Settings takes the settings in force. A refused one keeps what was typed beside
// the reason.
func (p *Page) Settings(m Settings) {
	if p.phase == Loading { // of the preset there was
		return
	}
	s := &p.settings
	for _, v := range m.Values {
		if f, ok := config.ByName(v.Name); ok {
			if err := f.Set(&s.config, v.Value); err != nil {
				s.errors[v.Name] = err.Error()
			}
		}
	}
	for _, e := range m.Errors {
		reason := strings.TrimPrefix(e.Value, e.Name+": ")
		s.errors[e.Name] = reason
		if v, ok := s.sent[e.Name]; ok {
			s.refused[e.Name] = refusal{v, reason}
			if _, typing := s.drafts[e.Name]; !typing {
				s.drafts[e.Name] = v
			}
		}
	}
	s.waits = m.Waits
	p.lookExactly()
	p.charts.dirty = true
	p.show()
	p.touch()
}

// resend gives a fresh trainer the settings that the user changed.
func (p *Page) resend() {
	var out []Setting
	for i := range config.Fields {
		f := &config.Fields[i]
		if p.settings.touched[f.Name] {
			out = append(out, Setting{f.Name, f.Get(&p.settings.config)})
		}
	}
	if len(out) > 0 {
		p.trainer.Configure(out)
	}
}

// Note says what stands under a control: what is wrong, or when it takes hold.
func (c Control) Note() string {
	switch {
	case c.Error != "":
		return c.Error
	case c.Waits:
		return text.AtReset
	}
	return ""
}
