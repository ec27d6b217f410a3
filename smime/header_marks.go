package smime

import (
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/finding"
)

// misplaced states marks of header protection where they mean nothing: HP-Outer fields and hp parameters count at
// the root of the protected content only (RFC 9788 §2.2, §4.1).
func (r *Report) misplaced(protected bool) (found []finding.Finding) {
	r.Root.each(false, func(l *Layer) {
		if l.part == nil || protected && l == r.payload {
			return
		}
		if _, has := l.part.Header.Lookup("HP-Outer"); has || l.part.Type.Param("hp") != "" {
			found = append(found, finding.New(finding.HeaderMisplaced).At(l.Path))
		}
	})
	return found
}

// legacyDisplay states parts that begin with a copy of the hidden fields (RFC 9788 §2.1.2).
func (r *Report) legacyDisplay() (found []finding.Finding) {
	if r.payload == nil {
		return nil
	}
	r.payload.each(false, func(l *Layer) {
		if l.part != nil && l.part.Type.Param("hp-legacy-display") == "1" && (l.part.Type.Is("text/plain") || l.part.Type.Is("text/html")) {
			found = append(found, finding.New(finding.HeaderLegacy).At(l.Path))
		}
	})
	return found
}

// wraps tells whether a message/rfc822 at the root of an envelope is the old form of header protection
// (RFC 8551 §3.1, RFC 9788 §4.10) rather than somebody else's message that is passed on. The forwarded parameter
// says so; without one, the same author in- and outside does.
func wraps(p, inner, outer *eml.Part) bool {
	switch p.Type.Param("forwarded") {
	case "no":
		return true
	case "yes":
		return false
	}
	if outer == nil || p.Disposition().Type == "attachment" {
		return false
	}
	in, out := authors(inner.Header), authors(outer.Header)
	return len(in) > 0 && sameAuthors(in, out)
}

// authors returns the addresses in From.
func authors(h eml.Header) (list []string) {
	all := h.Addresses("From").Addresses
	for _, a := range all[:min(len(all), mostAuthors)] {
		list = append(list, a.Addr())
	}
	return list
}
