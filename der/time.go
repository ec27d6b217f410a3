package der

import (
	"strings"
	"time"
)

// Time reads a UTCTime or GeneralizedTime. Times without seconds, with an offset from UTC and with
// fractions are tolerated; two-digit years follow RFC 5280 §4.1.2.5.1.
func (c *Cursor) Time() time.Time {
	off := c.off
	v := c.Next()
	if *c.err != nil {
		return time.Time{}
	}
	t, ok := TimeOf(v)
	if !ok {
		c.Fail(syntax(off, "%v is no time", v.Tag))
	}
	return t
}

// TimeOf returns the moment that a UTCTime or GeneralizedTime names, in UTC, and false for other elements.
func TimeOf(v Value) (time.Time, bool) {
	text := string(v.Body)
	switch {
	case v.Constructed:
		return time.Time{}, false
	case v.Tag == UTCTime:
		return parseTime(text, "0601021504", "060102150405")
	case v.Tag == GeneralizedTime:
		return parseTime(text, "2006010215", "200601021504", "20060102150405")
	}
	return time.Time{}, false
}

func parseTime(text string, layouts ...string) (time.Time, bool) {
	digits, zone, ok := splitZone(strings.ReplaceAll(text, ",", "."))
	if !ok {
		return time.Time{}, false
	}
	for _, l := range layouts {
		t, err := time.Parse(l+zone, digits)
		if err != nil {
			continue
		}
		t = t.UTC()
		if strings.HasPrefix(l, "0601") && t.Year() >= 2050 {
			t = t.AddDate(-100, 0, 0)
		}
		return t, true
	}
	return time.Time{}, false
}

// splitZone returns the text in the form that the layout with the returned suffix reads.
func splitZone(s string) (text, layout string, ok bool) {
	switch i := strings.IndexAny(s, "Z+-"); {
	case i < 0:
		return s, "", s != ""
	case s[i] == 'Z':
		return s, "Z", i == len(s)-1
	case len(s)-i == 5:
		return s, "-0700", true
	case len(s)-i == 3:
		return s, "-07", true
	}
	return "", "", false
}
