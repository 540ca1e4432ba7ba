package main

import (
	"os"

	"dpolab/core/train"
)

// metricsFile writes the rows of a run, a line each, in the order of their steps.
// The file is the history of the whole run, so a resumed run writes its former rows
// again. A row is written once, when nothing more will be added to it: after the
// evaluation that is due at its step, if one is. The zero metricsFile writes
// nothing.
type metricsFile struct {
	file *os.File
	rows int // of the history, written
}

// create begins the file anew; no path, no file.
func (m *metricsFile) create(path string) (err error) {
	if path != "" {
		m.file, err = os.Create(path)
	}
	return err
}

// add writes the rows that have become complete.
func (m *metricsFile) add(t *train.Trainer) error {
	if m.file == nil {
		return nil
	}
	complete := len(t.History)
	if complete > m.rows && t.EvaluateDue() && t.History[complete-1].Step == t.Steps() {
		complete--
	}
	var b []byte
	for _, r := range t.History[m.rows:complete] {
		b = train.AppendRow(b, r)
	}
	m.rows = complete
	_, err := m.file.Write(b)
	return err
}

func (m *metricsFile) close() {
	if m.file != nil {
		m.file.Close()
	}
}
