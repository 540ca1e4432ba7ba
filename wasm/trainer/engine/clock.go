package engine

// clock measures the speed of training: it runs only while steps are computed, not
// while the run is paused or answers are sampled.
type clock struct {
	looked float64 // when the inbox was last looked at, ms
	since  float64 // when it began to run; 0 while it stands
	spent  float64 // ms it has run
	marks  []mark  // ends of the last steps
}

// mark is the end of a step: ms spent and tokens seen until then.
type mark struct {
	spent float64
	seen  int
}

const window = 8 // steps that the speed is taken over

func (c *clock) resume(now float64) {
	if c.looked = now; c.since == 0 {
		c.since = now
	}
}

func (c *clock) pause(now float64) {
	if c.since > 0 {
		c.spent += now - c.since
	}
	c.since = 0
}

// begin forgets the speed: another run begins, with seen tokens behind it.
func (c *clock) begin(seen int) { *c = clock{looked: c.looked, marks: []mark{{seen: seen}}} }

// stepped marks the end of a step, seen tokens after the beginning.
func (c *clock) stepped(now float64, seen int) {
	c.pause(now)
	c.resume(now)
	c.marks = append(c.marks, mark{c.spent, seen})
	if len(c.marks) > window+1 {
		c.marks = c.marks[1:]
	}
}

// speed is tokens and steps a second over the last steps; 0 before the first.
func (c *clock) speed() (tokens, steps float64) {
	a, b := c.marks[0], c.marks[len(c.marks)-1]
	seconds := (b.spent - a.spent) / 1000
	if seconds <= 0 {
		return 0, 0
	}
	return float64(b.seen-a.seen) / seconds, float64(len(c.marks)-1) / seconds
}
