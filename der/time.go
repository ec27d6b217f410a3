package der

import "time"

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
		c.Fail(syntax(off, "%v %.32q is no time", v.Tag, v.Body))
	}
	return t
}

// TimeOf returns the moment that a UTCTime or GeneralizedTime names, in UTC, and false for other elements.
// A time that names no zone is taken as UTC.
func TimeOf(v Value) (time.Time, bool) {
	year := 4
	switch {
	case v.Constructed || v.Tag != UTCTime && v.Tag != GeneralizedTime:
		return time.Time{}, false
	case v.Tag == UTCTime:
		year = 2
	}
	s := timeScanner{rest: v.Body, ok: true}
	y := s.number(year)
	if v.Tag == UTCTime {
		if y += 1900; y < 1950 {
			y += 100
		}
	}
	month, day, hour := s.number(2), s.number(2), s.number(2)
	var minute, second int
	unit := time.Hour
	if s.digit() {
		minute, unit = s.number(2), time.Minute
		if s.digit() {
			second, unit = s.number(2), time.Second
		}
	}
	fraction := s.fraction(unit)
	zone := s.zone()
	t := time.Date(y, time.Month(month), day, hour, minute, second, 0, time.UTC)
	// time.Date carries over; a day that does not exist shows by having become another.
	exists := t.Month() == time.Month(month) && t.Day() == day && hour < 24 && minute < 60 && second < 60
	if !s.ok || len(s.rest) > 0 || !exists {
		return time.Time{}, false
	}
	return t.Add(fraction - zone), true
}

// timeScanner reads the pieces of a time. ok turns false for good at the first that does not fit.
type timeScanner struct {
	rest []byte
	ok   bool
}

// digit tells whether a digit follows.
func (s *timeScanner) digit() bool {
	return len(s.rest) > 0 && '0' <= s.rest[0] && s.rest[0] <= '9'
}

// number reads n digits.
func (s *timeScanner) number(n int) (v int) {
	for range n {
		if !s.digit() {
			s.ok = false
			return 0
		}
		v = 10*v + int(s.rest[0]-'0')
		s.rest = s.rest[1:]
	}
	return v
}

// fraction reads a fraction of the last unit, after a point or comma (X.680 §46.2), if one follows.
// Digits below the nanosecond are dropped.
func (s *timeScanner) fraction(unit time.Duration) (d time.Duration) {
	if len(s.rest) == 0 || s.rest[0] != '.' && s.rest[0] != ',' {
		return 0
	}
	s.rest = s.rest[1:]
	s.ok = s.ok && s.digit()
	for s.digit() {
		unit /= 10
		d += unit * time.Duration(s.number(1))
	}
	return d
}

// zone reads Z, +hh, +hhmm, or nothing.
func (s *timeScanner) zone() time.Duration {
	if len(s.rest) == 0 {
		return 0
	}
	sign := s.rest[0]
	s.rest = s.rest[1:]
	if sign == 'Z' {
		return 0
	}
	hours, minutes := s.number(2), 0
	if s.digit() {
		minutes = s.number(2)
	}
	d := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	switch sign {
	case '+':
		return d
	case '-':
		return -d
	}
	s.ok = false
	return 0
}
