package eml

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/net/idna"
)

// AppendAddressField appends a field of addresses, display names encoded or quoted, folded. Addresses that follow
// each other with the same Group are written as that group. Comments are not written. A domain in other letters is
// written in its A-labels where the local part is ASCII, so that the mail needs no RFC 6532; else as it is.
func AppendAddressField(dst []byte, name string, list []Address) ([]byte, error) {
	if err := checkField(name); err != nil {
		return dst, err
	}
	var b strings.Builder
	group := "" // that stands open
	for i, a := range list {
		if err := checkField(name, a.Name, a.Group); err != nil {
			return dst, err
		}
		if group != "" && a.Group != group {
			b.WriteByte(';')
		}
		if i > 0 {
			b.WriteString(", ")
		}
		if a.Group != "" && a.Group != group {
			b.WriteString(composePhrase(a.Group) + ": ")
		}
		group = a.Group
		spec, err := composeSpec(a)
		if err != nil {
			return dst, fmt.Errorf("compose the header field %s: address %d: %w", name, i+1, err)
		}
		if a.Name != "" {
			spec = composePhrase(a.Name) + " <" + spec + ">"
		}
		b.WriteString(spec)
	}
	if group != "" {
		b.WriteByte(';')
	}
	return fold(dst, name, b.String()), nil
}

// composePhrase returns a display name as atoms, a quoted string or encoded words.
func composePhrase(s string) string {
	s = strings.Trim(s, " \t")
	atoms := s != ""
	for _, word := range strings.Split(s, " ") {
		atoms = atoms && isDotAtom(word) && !strings.Contains(word, ".")
	}
	switch {
	case !plainText(s) || strings.Contains(s, "=?"):
		var b strings.Builder
		appendWords(&b, text(s), 20) // as if it stood behind some name
		return b.String()
	case atoms:
		return s
	}
	return quote(s)
}

// composeSpec returns an address that no reader can take for anything else.
func composeSpec(a Address) (string, error) {
	if a.Local == "" && a.Domain == "" {
		return "", errors.New("the address is empty")
	}
	if len(a.Local)+len(a.Domain) > longestPlain {
		return "", errors.New("the address is too long")
	}
	for _, c := range []byte(a.Local + a.Domain) {
		if c < ' ' || c == 0x7F {
			return "", errors.New("the address contains a control character")
		}
	}
	if literal := strings.TrimSuffix(strings.TrimPrefix(a.Domain, "["), "]"); len(literal) == len(a.Domain)-2 {
		if strings.ContainsAny(literal, "[]\\ ") {
			return "", errors.New("the domain literal is malformed")
		}
	} else if !isDotAtom(a.Domain) {
		return "", errors.New("the domain is malformed")
	}
	if isASCII(a.Local) && !isASCII(a.Domain) {
		domain, err := idna.Lookup.ToASCII(a.Domain)
		if err != nil || !isDotAtom(domain) { // a soft hyphen maps to nothing
			return "", errors.New("the domain is malformed")
		}
		a.Domain = domain
	}
	a.Local, a.Domain = text(a.Local), text(a.Domain)
	return a.Addr(), nil
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
