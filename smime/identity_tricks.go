package smime

import (
	"strings"
	"unicode"

	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
)

// inspect looks for text in the field that makes a reader believe in another sender.
func (s *Sender) inspect(list eml.AddressList, where string) {
	for _, h := range list.Hidden[:min(len(list.Hidden), mostAuthors)] {
		if addr := h.Address.Addr(); !claims(s.Claimed, addr) {
			s.note(finding.New(hiddenCode(h.Place)).At(where).Because("%s, in the %s", addr, h.Place))
		}
	}
	for _, group := range list.Groups[:min(len(list.Groups), mostAuthors)] {
		s.name(group, where)
	}
	for _, a := range s.Addresses {
		s.name(a.Name, where)
		if addr, is := spaced(a.Name); is && !claims(s.Claimed, addr) {
			s.note(finding.New(finding.FromDisplay).At(where).Because("%s, in the display name", addr))
		}
		for _, c := range a.Comments[:min(len(a.Comments), mostAuthors)] {
			s.name(c, where)
		}
		s.address(a, where)
	}
}

// spaced returns an address that a name spells with white space around its at sign.
func spaced(name string) (addr string, is bool) {
	words := strings.Fields(head(name))
	for i, w := range words {
		if !strings.HasPrefix(w, "@") && !strings.HasSuffix(w, "@") {
			continue
		}
		joined := w
		if i > 0 && strings.HasPrefix(w, "@") {
			joined = words[i-1] + joined
		}
		if i+1 < len(words) && strings.HasSuffix(w, "@") {
			joined += words[i+1]
		}
		if _, domain, ok := splitAddress(joined); ok && strings.Contains(domain, ".") {
			return joined, true
		}
	}
	return "", false
}

// hiddenCode chooses the words for a place where an address was hidden.
func hiddenCode(p eml.Place) finding.Code {
	switch p {
	case eml.InComment:
		return finding.FromComment
	case eml.InWord:
		return finding.FromEncoded
	}
	return finding.FromDisplay
}

// name looks at text that a mail client shows instead of the address.
func (s *Sender) name(text, where string) {
	text = head(text)
	if r, found := firstOf(text, bidiControl); found {
		s.note(finding.New(finding.FromBidi).At(where).Because("%U in the name", r))
	}
	if r, found := hiddenRune(text); found {
		s.note(finding.New(finding.FromInvisible).At(where).Because("%U in the name", r))
	}
	// Whole names are often written in two scripts; a single word that is, and that reads as Latin, is made to deceive.
	for _, word := range strings.Fields(text) {
		if scriptsOf(word).mixed() && isASCII(skeleton(word)) {
			s.note(finding.New(finding.FromMixedScript).At(where).Because("%q in the name reads as %q", word, skeleton(word)))
			return
		}
	}
}

// address looks at the letters of the address itself.
func (s *Sender) address(a eml.Address, where string) {
	addr := head(a.Addr())
	if r, found := firstOf(addr, func(r rune) bool { return bidiControl(r) || bidiMark(r) }); found {
		s.note(finding.New(finding.FromBidi).At(where).Because("%U in the address", r))
	}
	if r, found := firstOf(addr, invisible); found {
		s.note(finding.New(finding.FromInvisible).At(where).Because("%U in the address", r))
	}
	domain := unicodeDomain(head(a.Domain))
	reading, twin := latinTwin(domain)
	switch label, mixed := mixedScripts(head(a.Local) + "@" + domain); {
	case mixed:
		s.note(finding.New(finding.FromMixedScript).At(where).Because("%q reads as %q; %s", label, skeleton(label), asciiDomain(domain)))
	case twin:
		s.note(finding.New(finding.FromConfusable).At(where).Because("%s reads as %s; %s", domain, reading, asciiDomain(domain)))
	case !isASCII(domain):
		s.note(finding.New(finding.FromIDN).At(where).Because("%s is %s", domain, asciiDomain(domain)))
	}
}

// head returns as much of a text as any screen shows. What a forger hides behind it, he hides from nobody.
func head(s string) string {
	const most = 998 // RFC 5322 §2.1.1: the longest line
	if len(s) > most {
		return s[:most]
	}
	return s
}

func firstOf(s string, is func(rune) bool) (rune, bool) {
	for _, r := range s {
		if is(r) {
			return r, true
		}
	}
	return 0, false
}

// hiddenRune finds the first invisible character of a name, excusing joiners that stand beside a
// letter of a script that joins or beside a symbol, as in emoji, and the soft marks of such names.
func hiddenRune(s string) (rune, bool) {
	before := rune(0)
	for _, r := range s {
		joiner := r == 0x200C || r == 0x200D
		if invisible(r) && !(joiner && joins(before)) {
			return r, true
		}
		before = r
	}
	return 0, false
}

func joins(r rune) bool {
	return r >= 0x80 && (unicode.IsSymbol(r) || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Mc, r) ||
		unicode.IsLetter(r) && !unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic))
}

// sameAuthors compares the From addresses of two headers (RFC 9788 §4.4.1.1).
func sameAuthors(a, b []string) bool {
	for _, x := range a {
		if !claims(b, x) {
			return false
		}
	}
	for _, x := range b {
		if !claims(a, x) {
			return false
		}
	}
	return true
}
