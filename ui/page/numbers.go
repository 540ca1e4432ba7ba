package page

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"dpolab/ui/text"
)

// Number formats a measured value with three decimals, or three digits where
// those would say nothing.
func Number(v float64) string {
	a := math.Abs(v)
	switch {
	case math.IsNaN(v):
		return "NaN"
	case v == 0:
		return "0"
	case math.IsInf(v, 0):
		return strings.Replace(strconv.FormatFloat(v, 'f', -1, 64), "-", "−", 1)
	case a >= 1e5 || a < 0.0005:
		return power(v)
	case a >= 100:
		return sign(strconv.FormatFloat(v, 'f', 1, 64))
	}
	return sign(strconv.FormatFloat(v, 'f', 3, 64))
}

// power formats a value as 1.7·10⁻⁴.
func power(v float64) string {
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(v, 'e', 1, 64), "e")
	n, _ := strconv.Atoi(exponent)
	up := []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")
	var b strings.Builder
	b.WriteString(sign(strings.TrimSuffix(mantissa, ".0")) + "·10")
	for _, c := range strconv.Itoa(n) {
		if c == '-' {
			b.WriteRune('⁻')
			continue
		}
		b.WriteRune(up[c-'0'])
	}
	return b.String()
}

func sign(s string) string { return strings.Replace(s, "-", "−", 1) }

// Percent formats a share.
func Percent(v float64) string {
	if math.IsNaN(v) {
		return text.NoValue
	}
	return strconv.FormatFloat(100*v, 'f', 0, 64) + " %"
}

// exact is a value as data-value says it.
func exact(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// Size formats a count of parameters.
func Size(n int) string {
	switch {
	case n >= 1_000_000_000:
		return strconv.FormatFloat(float64(n)/1e9, 'g', 3, 64) + " B"
	case n >= 1_000_000:
		return strconv.FormatFloat(float64(n)/1e6, 'g', 3, 64) + " M"
	case n >= 1000:
		return strconv.FormatFloat(float64(n)/1e3, 'g', 3, 64) + " k"
	}
	return strconv.Itoa(n)
}

// Duration formats seconds.
func Duration(seconds float64) string {
	s := int(math.Ceil(seconds))
	switch {
	case s < 60:
		return fmt.Sprintf("%d s", s)
	case s < 3600:
		return fmt.Sprintf("%d min %d s", s/60, s%60)
	}
	return fmt.Sprintf("%d h %d min", s/3600, s/60%60)
}

// Ago says how long ago something was, from milliseconds.
func Ago(ms float64) string {
	minutes := int(ms / 60_000)
	switch {
	case minutes < 1:
		return text.JustNow
	case minutes < 60:
		return Count(minutes, text.MinuteOne, text.MinuteMany)
	case minutes < 24*60:
		return Count(minutes/60, text.HourOne, text.HourMany)
	}
	return Count(minutes/(24*60), text.DayOne, text.DayMany)
}

// Count puts n into the text for one or the text for many.
func Count(n int, one, many string) string {
	if n == 1 {
		return fmt.Sprintf(one, n)
	}
	return fmt.Sprintf(many, n)
}

// Group writes a whole number with a thin space before each three digits.
func Group(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}
