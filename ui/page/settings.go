package page

import (
	"fmt"
	"slices"
	"strings"

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
}

// refusal is a value that the trainer did not take, and why.
type refusal struct{ value, reason string }

func newSettings(c config.Config) settings {
	return settings{config: c, drafts: map[string]string{}, errors: map[string]string{}, sent: map[string]string{},
		refused: map[string]refusal{}, touched: map[string]bool{}}
}

// InBar are the settings that stand in the top bar.
var InBar = []string{"beta", "learning-rate", "batch-size", "epochs", "seed"}

// Control is one setting as it is shown.
type Control struct {
	*config.Field
	Value string
	Error string // in words; empty if the value is good
	Waits bool   // takes hold at reset
	Title string // tooltip
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
	c.Title = f.Help
	if f.Choices == nil {
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

// OtherSettings are those that do not stand in the top bar.
func OtherSettings() []string {
	var out []string
	for i := range config.Fields {
		if n := config.Fields[i].Name; !slices.Contains(InBar, n) {
			out = append(out, n)
		}
	}
	return out
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
	for i := range config.Fields {
		f := &config.Fields[i]
		draft, ok := s.drafts[f.Name]
		if !ok || !s.check(f.Name, draft) {
			continue
		}
		c := s.config
		_ = f.Set(&c, strings.TrimSpace(draft)) // checked above
		delete(s.drafts, f.Name)
		if v := f.Get(&c); v != f.Get(&s.config) {
			s.config = c
			s.touched[f.Name], s.sent[f.Name] = true, v
			out = append(out, Setting{f.Name, v})
		}
	}
	if len(out) > 0 && p.Alive() {
		p.trainer.Configure(out)
		p.charts.dirty = true
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
