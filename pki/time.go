package pki

import (
	"strings"
	"time"

	"github.com/waxwing-mail/waxwing/der"
)

// readTime reads a UTCTime or GeneralizedTime (RFC 5280 §4.1.2.5). Forms that DER forbids but that
// are unambiguous (no seconds, an offset, fractions) are noted as odd; others are broken.
func readTime(v der.Value, where string, f *faults) time.Time {
	text := string(v.Body)
	var year string
	switch v.Tag {
	case der.UTCTime:
		if len(text) >= 2 {
			year = "19" // RFC 5280 §4.1.2.5.1: 50..99 are 1950 to 1999
			if text[0] < '5' {
				year = "20"
			}
		}
	case der.GeneralizedTime:
	default:
		f.broken(where, "no time but an element of type %v", v.Tag)
		return time.Time{}
	}
	t, odd, ok := parseTime(year+text, v.Tag == der.UTCTime)
	switch {
	case !ok:
		f.broken(where, "unreadable time %q", clip(text))
		return time.Time{}
	case odd:
		f.odd(where, "time %q is not in the form that DER requires", clip(text))
	}
	return t
}

// parseTime reads YYYYMMDDhhmm, then optional seconds and fraction, then Z or an offset.
// A time without zone is local time of an unknown place; it is read as UTC and odd.
func parseTime(s string, utc bool) (t time.Time, odd, ok bool) {
	digits := 0
	for digits < len(s) && isDigit(s[digits]) {
		digits++
	}
	clock, rest := s[:digits], s[digits:]
	switch {
	case digits == 14:
	case digits == 12, digits == 10 && !utc:
		clock, odd = clock+"0000"[:14-digits], true
	default:
		return time.Time{}, false, false
	}
	t, ok = clockTime(clock)
	if digits == 14 && !utc && rest != "" && (rest[0] == '.' || rest[0] == ',') {
		// RFC 5280 §4.1.2.5.2 forbids fractional seconds; they are dropped.
		odd, rest = true, strings.TrimLeft(rest[1:], "0123456789")
	}
	switch rest {
	case "Z":
		return t, odd, ok
	case "":
		return t, true, ok
	}
	off, good := parseOffset(rest)
	return t.Add(-off), true, ok && good
}

// clockTime reads the fourteen digits YYYYMMDDhhmmss. It is called for each entry of a CRL.
func clockTime(s string) (time.Time, bool) {
	year, month, day := two(s)*100+two(s[2:]), two(s[4:]), two(s[6:])
	hour, minute, second := two(s[8:]), two(s[10:]), two(s[12:])
	if month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
	return t, t.Day() == day // a 30th of February would have become a day in March
}

// parseOffset reads +hhmm or -hhmm.
func parseOffset(s string) (time.Duration, bool) {
	if len(s) != 5 || (s[0] != '+' && s[0] != '-') || strings.Trim(s[1:], "0123456789") != "" {
		return 0, false
	}
	hours, minutes := two(s[1:]), two(s[3:])
	d := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if s[0] == '-' {
		d = -d
	}
	return d, hours < 24 && minutes < 60
}

// two reads two digits.
func two(s string) int { return int(s[0]-'0')*10 + int(s[1]-'0') }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// clip shortens a hostile value for an error text.
func clip(s string) string {
	if len(s) > 80 {
		return s[:80] + "..."
	}
	return s
}
