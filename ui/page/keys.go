package page

// Shortcut runs what a key means, and reports whether it meant anything. With is
// Ctrl or ⌘; writing says that the focus is where text is typed, id is its element.
func (p *Page) Shortcut(key string, with, writing bool, id string) bool {
	if p.menu.open && !with {
		return p.menuKey(key)
	}
	switch {
	case key == "ArrowDown" && id == menuButton:
		p.ToggleMenu()
	case key == "Enter" && with && id == "prompt":
		p.SampleNow()
	case key == "z" && with && !writing:
		p.Undo()
	case key == "Escape" && p.sheet != NoSheet:
		p.CloseSheet()
	case key == "Escape" && p.Editing():
		p.CloseEditor()
	case with || writing:
		return false
	case key == "t":
		p.Toggle()
	case key == "s":
		p.Press(Step)
	case key == "?":
		p.Show(HelpSheet)
	default:
		return false
	}
	return true
}
