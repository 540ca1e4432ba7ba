package page

import (
	"fmt"
	"math"

	"dpolab/core/preset"
	"dpolab/core/train/config"
	"dpolab/ui/text"
)

// menu is the list of presets while it is open.
type menu struct {
	open bool
	at   string // name of the item that has the focus
}

// Item is a preset as the menu shows it.
type Item struct {
	Name, Title, Line, Time string
	Current                 bool
}

// Presets is presets under one heading.
type Presets struct {
	Title string
	Items []Item
}

// Menu lists the presets: the worlds, then what goes wrong.
func (p *Page) Menu() []Presets {
	groups := []Presets{{Title: text.Worlds}, {Title: text.Failures}}
	for _, q := range preset.All {
		g := &groups[1]
		if isWorld(q) {
			g = &groups[0]
		}
		g.Items = append(g.Items, Item{Name: q.Name, Title: q.Title, Line: q.Line, Time: p.timeOf(q), Current: q.Name == p.preset})
	}
	var out []Presets
	for _, g := range groups {
		if len(g.Items) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// isWorld tells a world's own preset from those that stage a failure in it.
func isWorld(q preset.Preset) bool { return q.Name == q.World }

// timeOf estimates how long the run of a preset takes on this machine.
func (p *Page) timeOf(q preset.Preset) string {
	s := p.speed
	switch {
	case s == nil:
		return text.Measuring
	case !(s.TrainTokensPerSecond > 0): // it could not be measured
		return text.NoValue
	}
	return fmt.Sprintf(text.AboutHere, About(q.Seconds(s.TrainTokensPerSecond, s.Parameters)))
}

// About rounds a time as an estimate deserves.
func About(seconds float64) string {
	switch {
	case !(seconds > 0):
		return text.NoValue
	case seconds < 10:
		return fmt.Sprintf(text.Seconds, int(math.Ceil(seconds)))
	case seconds < 57.5:
		return fmt.Sprintf(text.Seconds, 5*int(math.Round(seconds/5)))
	case seconds < 5400:
		return fmt.Sprintf(text.Minutes, max(1, int(math.Round(seconds/60))))
	}
	return fmt.Sprintf(text.Hours, int(math.Round(seconds/3600)))
}

// Speed takes what this machine does.
func (p *Page) Speed(s Speed) {
	p.speed = &s
	if p.menu.open {
		p.touch()
	}
}

// Preset returns the name of the preset that is loaded or loading.
func (p *Page) Preset() string { return p.preset }

// PresetTitle is its name for people.
func (p *Page) PresetTitle() string { return p.titleOf(p.preset) }

func (p *Page) titleOf(name string) string {
	if q, err := preset.ByName(name); err == nil {
		return q.Title
	}
	if p.ready != nil && p.ready.Preset == name && p.ready.Title != "" {
		return p.ready.Title
	}
	return name
}

// Look says what to look for in the preset's run; empty for one that is not in the
// table.
func (p *Page) Look() string {
	q, err := preset.ByName(p.preset)
	if err != nil {
		return ""
	}
	return q.Line
}

// Describe says what the preset's pairs are about; empty for the user's own.
func (p *Page) Describe() string {
	if p.ready == nil || p.data.own && !p.data.made {
		return ""
	}
	return p.ready.Description
}

// MenuOpen reports whether the list of presets is shown.
func (p *Page) MenuOpen() bool { return p.menu.open }

// ToggleMenu shows the list of presets, or puts it away.
func (p *Page) ToggleMenu() {
	if p.menu.open {
		p.CloseMenu()
		return
	}
	p.menu = menu{open: true, at: p.preset}
	if _, err := preset.ByName(p.preset); err != nil {
		p.menu.at = preset.All[0].Name
	}
	p.sheet = NoSheet
	p.focus = itemID(p.menu.at)
	p.touch()
}

// CloseMenu puts the list away; the focus goes back to its button.
func (p *Page) CloseMenu() {
	if p.menu.open {
		p.menu.open = false
		p.focus = menuButton
		p.touch()
	}
}

// menuButton is the id of the button that opens the menu.
const menuButton = "preset"

func itemID(name string) string { return "preset-" + name }

// menuKey runs a key while the menu is open, and reports whether it meant anything.
func (p *Page) menuKey(key string) bool {
	at := 0
	for i, q := range preset.All {
		if q.Name == p.menu.at {
			at = i
		}
	}
	n := len(preset.All)
	switch key {
	case "ArrowDown":
		at = (at + 1) % n
	case "ArrowUp":
		at = (at + n - 1) % n
	case "Home":
		at = 0
	case "End":
		at = n - 1
	case "Escape":
		p.CloseMenu()
		return true
	case "Tab": // the browser moves the focus on
		p.menu.open = false
		p.touch()
		return false
	default:
		return false
	}
	p.menu.at = preset.All[at].Name
	p.focus = itemID(p.menu.at)
	p.touch()
	return true
}

// ChoosePreset loads another preset. Nothing is lost by it: a run that has steps is
// kept by the trainer, and pairs of the user's own can be brought back with the
// preset they were used in.
func (p *Page) ChoosePreset(name string) {
	p.CloseMenu()
	if name == p.preset {
		return
	}
	mine := p.mine()
	p.load(name)
	p.data.former = mine
}

// mine is the user's own set, nil if the set is the preset's.
func (p *Page) mine() *former {
	if !p.data.own {
		return nil
	}
	return &former{p.data.set, p.preset, p.data.made}
}

// load starts another preset from nothing.
func (p *Page) load(name string) {
	if p.phase == Lost {
		p.failure = ""
		p.trainer.Respawn()
		p.watch.started(p.now())
	}
	p.StopMaking()
	p.CancelJudge()
	p.StopSampling()
	p.preset, p.phase, p.ready = name, Loading, nil
	revision := p.data.revision
	p.data = newData()
	p.data.revision = revision // answers to earlier sets are still on their way
	p.settings = newSettings(configOf(name))
	p.answer.prompt, p.answer.drafted = "", false
	p.answer.asked, p.answer.history = "", nil
	p.verdict, p.exact, p.watch.kept = verdict{}, census{}, nil
	p.replace(Set{})
	p.trainer.Start(name)
	p.show()
	p.showAnswers()
	p.touch()
}

// configOf is the settings with which a preset opens.
func configOf(name string) config.Config {
	q, err := preset.ByName(name)
	if err != nil {
		return config.Defaults()
	}
	return q.Config()
}
