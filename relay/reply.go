package relay

import (
	"fmt"
	"strings"
)

// Reply is an answer to a command. The zero Reply says 451 4.3.0: what nobody answered is to be tried again.
type Reply struct {
	Code     int    // three digits, RFC 5321 §4.2
	Enhanced string // "2.1.5", RFC 3463; empty takes the class with ".0.0"
	Text     string // may hold line feeds; each line becomes one of the reply
}

// none stands for no enhanced code: greetings and 3xx have none (RFC 2034 §4).
const none = "-"

// OK is 250 2.0.0.
func OK(text string) Reply { return Reply{250, "2.0.0", text} }

// Temporary is 451: the sender keeps the mail and comes again.
func Temporary(enhanced, text string) Reply { return Reply{451, enhanced, text} }

// Permanent is 550: the sender gets the mail back.
func Permanent(enhanced, text string) Reply { return Reply{550, enhanced, text} }

// Positive tells whether the command succeeded.
func (r Reply) Positive() bool { return r.Code >= 200 && r.Code < 400 }

// IsTemporary tells whether trying again makes sense.
func (r Reply) IsTemporary() bool { return !r.Positive() && !r.IsPermanent() }

// IsPermanent tells whether the same mail will fail again.
func (r Reply) IsPermanent() bool { return r.Code >= 500 && r.Code < 600 }

// String returns the reply as one line.
func (r Reply) String() string {
	return strings.TrimRight(strings.ReplaceAll(string(r.appendTo(nil)), "\r\n", " "), " ")
}

// Error makes a reply that is not positive usable as an error.
func (r Reply) Error() string { return r.String() }

// complete fills what the zero value leaves open, and makes an invalid code a temporary one.
func (r Reply) complete() Reply {
	if r.Code < 200 || r.Code > 599 {
		r.Code, r.Enhanced = 451, "4.3.0"
		if r.Text == "" {
			r.Text = "no answer; try again"
		}
	}
	class := byte('0' + r.Code/100)
	if r.Enhanced == none || r.Code/100 == 3 {
		r.Enhanced = none
		return r
	}
	// RFC 2034 §4: the class of the enhanced code is that of the reply.
	if r.Enhanced == "" || r.Enhanced[0] != class {
		r.Enhanced = string(class) + ".0.0"
	}
	return r
}

// appendTo appends the reply as it goes over the wire.
func (r Reply) appendTo(dst []byte) []byte {
	r = r.complete()
	lines := strings.Split(r.Text, "\n")
	for i, line := range lines {
		mark := byte('-')
		if i == len(lines)-1 {
			mark = ' '
		}
		dst = fmt.Appendf(dst, "%03d%c", r.Code, mark)
		if r.Enhanced != none {
			dst = append(append(dst, r.Enhanced...), ' ')
		}
		// RFC 5321 §4.5.3.1.5: a reply line has at most 512 octets.
		dst = append(append(dst, printable(line, 480)...), "\r\n"...)
	}
	return dst
}

// printable keeps a text on its line: control characters become spaces, the rest is cut at most bytes.
func printable(s string, most int) string {
	s = strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return ' '
		}
		return c
	}, s)
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}
