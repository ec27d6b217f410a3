package eml

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/waxwing-mail/waxwing/finding"
)

// hide notes what reads like an address in a text that stands at some tokens.
func (p *addressParser) hide(t []addressToken, shown string, place Place) {
	if len(t) == 0 || !mayHide(shown) {
		return
	}
	r := Range{int64(t[0].start), int64(t[len(t)-1].end)}
	left := mostHidden - len(p.list.Hidden)
	for i, a := range addressesIn(shown, left+1) {
		if i == left {
			p.fault(finding.AddressTooMany, int(r.Start), int(r.End), "too many hidden addresses")
			return
		}
		a.Range = r
		p.list.Hidden = append(p.list.Hidden, Hidden{a, place})
	}
}

func (p *addressParser) hideComments(t []addressToken) {
	for i, x := range t {
		if x.kind == commentToken {
			p.hide(t[i:i+1], DecodeWords(p.of(x)), InComment)
		}
	}
}

// mayHide is quick and never wrong when it says no.
func mayHide(s string) bool { return strings.ContainsAny(s, "@\uFF20\uFE6B") }

// addressesIn finds up to so many of what a person would read as an address: letters around an at sign, a dot in what follows it.
// Invisible characters are read over, and the wide forms of East Asian writing are taken for what they look like.
func addressesIn(s string, most int) []Address {
	s = strings.Map(legible, s)
	var found []Address
	for from := 0; ; {
		n := strings.IndexByte(s[from:], '@')
		if n < 0 || len(found) == most {
			return found
		}
		at := from + n
		local, domain := localBefore(s[from:at]), domainAfter(s[at+1:])
		from = at + 1
		if local != "" && readsLikeDomain(domain) {
			found = append(found, Address{Local: local, Domain: domain, Raw: local + "@" + domain})
			from += len(domain)
		}
	}
}

// legible maps a character to what a reader takes it for, or -1.
func legible(r rune) rune {
	switch {
	case r >= ' ' && r <= '~':
		return r
	case r >= 0xFF01 && r <= 0xFF5E:
		return r - 0xFF01 + '!'
	case r == 0xFE6B:
		return '@'
	case r == 0x3002 || r == 0xFF61 || r == 0x2024 || r == 0xFE52:
		return '.'
	case r == '\t' || r == '\n' || r == '\r':
		return ' '
	case unicode.Is(unicode.Cf, r) || unicode.IsControl(r):
		return -1
	}
	return r
}

func localBefore(s string) string {
	i := len(s)
	for i > 0 {
		r, n := utf8.DecodeLastRuneInString(s[:i])
		if !(r < utf8.RuneSelf && (r == '.' || isAtomText(byte(r))) || r >= utf8.RuneSelf && !unicode.IsSpace(r)) {
			break
		}
		i -= n
	}
	return strings.Trim(s[i:], ".'`")
}

func domainAfter(s string) string {
	if strings.HasPrefix(s, "[") {
		if i := strings.IndexAny(s[1:], "[] @"); i >= 0 && s[1+i] == ']' {
			return s[:i+2]
		}
	}
	i := 0
	for j, r := range s {
		if !(r == '.' || r == '-' || r == '_' || r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) ||
			r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))) {
			break
		}
		i = j + utf8.RuneLen(r)
	}
	return strings.Trim(s[:i], ".")
}

func readsLikeDomain(s string) bool {
	return len(s) > 2 && (s[0] == '[' || strings.Contains(s, "."))
}
