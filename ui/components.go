package ui

import (
	"fmt"
	"strconv"

	"dpolab/ui/page"
	"dpolab/ui/text"

	"github.com/vugu/vugu"
	"github.com/vugu/vugu/js"
)

// Mount puts the live element of an id into its host, at every render.
type Mount func(id string, host js.Value)

// Root is the page.
type Root struct {
	P     *page.Page
	Mount Mount
}

// TopBar holds what drives the run.
type TopBar struct {
	P     *page.Page
	Mount Mount
}

// Banners hold what went wrong and what is kept.
type Banners struct{ P *page.Page }

// DataPanel holds the pairs.
type DataPanel struct {
	P     *page.Page
	Mount Mount
}

// ModelPanel holds the prompt and both answers.
type ModelPanel struct {
	P     *page.Page
	Mount Mount
}

// TrainPanel holds the numbers and charts.
type TrainPanel struct {
	P     *page.Page
	Mount Mount
}

// ResultPanel holds the commentary and the true reward.
type ResultPanel struct {
	P     *page.Page
	Mount Mount
}

// Sheets hold what opens over the page.
type Sheets struct {
	P     *page.Page
	Mount Mount
}

// SettingField is one setting of the run.
type SettingField struct {
	P *page.Page
	K page.Control
}

func value(e vugu.DOMEvent) string { return e.PropString("target", "value") }

// runButton is the testid of the button that trains or pauses.
func (c *TopBar) runButton() string {
	if c.P.Phase() == page.Training {
		return "pause"
	}
	return "train"
}

func (c *TopBar) runLabel() string {
	if c.P.Phase() == page.Training {
		return text.Pause
	}
	return c.P.TrainLabel()
}

func (c *TopBar) runHelp() string {
	switch {
	case c.P.Phase() == page.Training:
		return text.PauseHelp
	case c.P.Phase() == page.Done && !c.canRun():
		return text.OverHelp
	}
	return text.TrainHelp
}

// idle is aria-disabled: a button that had the focus keeps it when it has nothing
// to do, which a disabled one would not.
func (c *TopBar) idle(can bool) string { return strconv.FormatBool(!can) }

func (c *TopBar) canRun() bool { return c.P.CanPress(page.Train) || c.P.CanPress(page.Pause) }

func (c *TopBar) menuOpen() string { return strconv.FormatBool(c.P.MenuOpen()) }

func (c *TopBar) checked(i page.Item) string { return strconv.FormatBool(i.Current) }

func (c *TopBar) presetLabel() string { return text.Preset + ": " + c.P.PresetTitle() }

func (c *TopBar) saveLabel(what, label string) string {
	if c.P.Saving() == what {
		return text.Saving
	}
	return label
}

func (c *TopBar) modelLine() string {
	m := c.P.Model()
	if m == nil {
		return text.Loading
	}
	return fmt.Sprintf(text.ModelLine, m.Name, page.Size(m.Parameters))
}

func (c *TopBar) modelDetail() string {
	m := c.P.Model()
	if m == nil {
		return ""
	}
	speed := text.SlowMath
	if m.SIMD {
		speed = text.FastMath
	}
	return fmt.Sprintf(text.ModelDetail, m.Layers, m.Hidden, m.Vocab, m.Context, speed)
}

func (c *TopBar) parameters() string {
	if m := c.P.Model(); m != nil {
		return strconv.Itoa(m.Parameters)
	}
	return ""
}

func (c *SettingField) typed(e vugu.DOMEvent)   { c.P.Type(c.K.Name, value(e)) }
func (c *SettingField) entered(e vugu.DOMEvent) { c.P.Enter(c.K.Name, value(e)) }

func (c *SettingField) label() string {
	if c.K.Sum && c.K.Options == nil {
		return text.LossSum
	}
	if c.K.Unit != "" && c.K.Name != "batch-size" {
		return c.K.Label + " (" + c.K.Unit + ")"
	}
	return c.K.Label
}

// inputMode is the keyboard that a phone shows.
func (c *SettingField) inputMode() string {
	if c.K.Sum {
		return "text"
	}
	return "decimal"
}

func (c *SettingField) state() string {
	switch {
	case c.K.Error != "":
		return "field bad"
	case c.K.Waits:
		return "field waits"
	}
	return "field"
}

func (c *DataPanel) tab(heldout bool) string {
	train, held := c.P.Counts()
	if heldout {
		return text.HeldoutTab + " " + strconv.Itoa(held)
	}
	return text.TrainingTab + " " + strconv.Itoa(train)
}

func (c *DataPanel) selected(heldout bool) string {
	return strconv.FormatBool(c.P.Heldout() == heldout)
}

func (c *DataPanel) problems() []string {
	shown, more := c.P.Problems()
	var out []string
	for _, q := range shown {
		out = append(out, c.P.ProblemText(q))
	}
	if more > 0 {
		out = append(out, fmt.Sprintf(text.MoreProblems, more))
	}
	return out
}

func (c *DataPanel) importing() string { return fmt.Sprintf(text.Importing, c.P.Importing()) }

func (c *DataPanel) find(e vugu.DOMEvent) { c.P.Find(value(e)) }

func (c *DataPanel) draft(f page.Field, e vugu.DOMEvent) { c.P.SetDraft(f, value(e)) }

func (c *DataPanel) write(index int, f page.Field, e vugu.DOMEvent) { c.P.Write(index, f, value(e)) }

func (c *DataPanel) choose(i int, e vugu.DOMEvent) { c.P.SetMakeChoice(i, value(e)) }

func (c *DataPanel) knob(i int, e vugu.DOMEvent) { c.P.SetMakeKnob(i, value(e)) }

func (c *DataPanel) bad(k page.Knob) string { return strconv.FormatBool(k.Bad) }

func (c *DataPanel) makeOpen() string { return strconv.FormatBool(c.P.MakeOpen()) }

func (c *DataPanel) make(e vugu.DOMEvent) {
	e.PreventDefault()
	c.P.Make()
}

func (c *DataPanel) warn(f page.Fact) string {
	if f.Warn {
		return "num warn"
	}
	return "num"
}

func (c *DataPanel) numbered(format string, index int) string { return fmt.Sprintf(format, index+1) }

func (c *DataPanel) rowID(index int) string { return "pair-" + strconv.Itoa(index) }

// long says how long a text is that the page does not edit.
func (c *DataPanel) brief(s string, editable bool) string {
	if editable {
		return page.Brief(s)
	}
	return fmt.Sprintf(text.TooLong, page.Brief(s), len([]rune(s)))
}

func (c *ModelPanel) knob(i int, e vugu.DOMEvent) { c.P.SetKnob(i, value(e)) }

func (c *ModelPanel) prompt(e vugu.DOMEvent) { c.P.SetPrompt(value(e)) }

func (c *ModelPanel) again(e vugu.DOMEvent) { c.P.SetAgain(e.PropBool("target", "checked")) }

func (c *ModelPanel) past(step int) string { return fmt.Sprintf(text.AnswerAt, step) }

func (c *ModelPanel) sampleLabel() string {
	if c.P.Sampling() {
		return text.StopSampling
	}
	return text.Sample
}

func (c *ModelPanel) sample() {
	if c.P.Sampling() {
		c.P.StopSampling()
		return
	}
	c.P.SampleNow()
}

func (c *ResultPanel) look(e vugu.DOMEvent) { c.P.LookAt(value(e)) }

func (c *ResultPanel) judgeLabel() string {
	switch {
	case c.P.Judging():
		return text.Cancel
	case c.P.Verdict() != nil:
		return text.JudgeAgain
	}
	return text.Judge
}

func (c *ResultPanel) judge() {
	if c.P.Judging() {
		c.P.CancelJudge()
		return
	}
	c.P.JudgeNow()
}

// rewardless reports that the set's world does not know the true reward.
func (c *ResultPanel) rewardless() bool {
	m := c.P.Model()
	return m != nil && !m.HasReward
}

func (c *Sheets) title() string {
	switch c.P.Sheet() {
	case page.HelpSheet:
		return text.HelpTitle
	case page.DPOSheet:
		return text.DPOTitle
	}
	return text.MoreSettings
}

// Key is a shortcut in the list of help.
type Key struct{ Keys, Does string }

// Keys lists the shortcuts.
func Keys() []Key {
	return []Key{
		{"t", text.HelpTrain}, {"s", text.HelpStep}, {"Ctrl / ⌘ + Enter", text.HelpSample},
		{"Ctrl / ⌘ + Z", text.HelpUndo}, {"← →", text.HelpArrows}, {"?", text.HelpHelp}, {"Esc", text.HelpEsc},
	}
}

// runIcon is the path of a triangle, or of two bars.
func (c *TopBar) runIcon() string {
	if c.P.Phase() == page.Training {
		return "M3.5 3h3v10h-3zM9.5 3h3v10h-3z"
	}
	return "M4 2.5l9 5.5-9 5.5z"
}

func (c *SettingField) invalid() string { return strconv.FormatBool(c.K.Error != "") }

func (c *DataPanel) noUndo() string { return strconv.FormatBool(!c.P.CanUndo()) }

// count is how many pairs the open tab has.
func (c *DataPanel) count() int {
	train, held := c.P.Counts()
	if c.P.Heldout() {
		return held
	}
	return train
}

// first is the number of the first row, for the list's own numbering.
func (c *DataPanel) first() int {
	if rows := c.P.Rows(); len(rows) > 0 {
		return rows[0].Index + 1
	}
	return 1
}

func (c *ModelPanel) bad(k page.Knob) string { return strconv.FormatBool(k.Bad) }

// explain says what the true reward is, or why there is none.
func (c *ResultPanel) explain() string {
	switch {
	case c.rewardless():
		return text.NoReward
	case c.P.Verdict() == nil:
		return text.TrueRewardIs + " " + text.NotJudged
	}
	return text.TrueRewardIs
}

// flow is the way of a step, as the explanation shows it.
func flow() []string {
	return []string{text.FlowData, text.FlowLogp, text.FlowMarg, text.FlowGrad, text.FlowUpd}
}
