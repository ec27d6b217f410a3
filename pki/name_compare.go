package pki

import (
	"encoding/binary"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Equal reports whether two names are the same name (RFC 5280 §7.1): attribute by attribute,
// whatever string types carry them, without regard to case and to the width of white space.
func (n Name) Equal(o Name) bool { return n.key == o.key }

// Within reports whether the name lies in the subtree of base: base's RDNs are its first ones
// (RFC 5280 §4.2.1.10, directoryName constraints).
func (n Name) Within(base Name) bool { return strings.HasPrefix(n.key, base.key) }

// Canonical returns a string that is equal for names that compare equal, for use as a map key.
// It is no text.
func (n Name) Canonical() string { return n.key }

// Empty reports whether the name has no RDNs.
func (n Name) Empty() bool { return len(n.RDNs) == 0 }

// nameKey encodes RDNs for comparison. Every RDN is preceded by its length, so that a name's key
// is a prefix of another's exactly when its RDNs are the other's first ones.
func nameKey(rdns [][]Attribute) string {
	var key []byte
	for _, rdn := range rdns {
		k := rdnKey(rdn)
		key = binary.AppendUvarint(key, uint64(len(k)))
		key = append(key, k...)
	}
	return string(key)
}

// rdnKey encodes a set of attributes; their order does not matter (RFC 5280 §7.1).
func rdnKey(rdn []Attribute) string {
	parts := make([]string, len(rdn))
	for i, a := range rdn {
		parts[i] = attributeKey(a)
	}
	slices.Sort(parts)
	return strings.Join(parts, "")
}

func attributeKey(a Attribute) string {
	form, value := byte('s'), ""
	if prepared, ok := prepare(a.Text); a.isText() && ok {
		value = prepared
	} else {
		// RFC 5280 §7.1: what cannot be prepared as a string is compared as bytes.
		form, value = 'x', string(a.Raw)
	}
	key := make([]byte, 0, len(a.Type)+len(value)+8)
	key = binary.AppendUvarint(key, uint64(len(a.Type)))
	key = append(key, a.Type...)
	key = append(key, form)
	key = binary.AppendUvarint(key, uint64(len(value)))
	return string(append(key, value...))
}

// prepare brings a string into the form in which names are compared: RFC 4518 §2 with the case
// folded. It fails for a string that the profile prohibits.
func prepare(s string) (string, bool) {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return prepareUnicode(s)
		}
	}
	lowered := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case 'A' <= c && c <= 'Z':
			lowered = append(lowered, c+'a'-'A')
		case 0x09 <= c && c <= 0x0d:
			lowered = append(lowered, ' ')
		case c < 0x20 || c == 0x7f: // controls vanish
		default:
			lowered = append(lowered, c)
		}
	}
	return squeeze(string(lowered)), true
}

func prepareUnicode(s string) (string, bool) {
	if !utf8.ValidString(s) {
		return "", false
	}
	// RFC 4518 §2.2 folds before §2.3 normalises; normalising first as well makes the
	// result stable: preparing twice changes nothing.
	s = norm.NFKC.String(mapRunes(s))
	s = norm.NFKC.String(mapRunes(cases.Fold().String(s)))
	if strings.ContainsFunc(s, prohibited) {
		return "", false
	}
	return squeeze(s), true
}

// mapRunes is the mapping step of RFC 4518 §2.2 without the case folding.
func mapRunes(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 0x09 <= r && r <= 0x0d, r == 0x85, unicode.In(r, unicode.Zs, unicode.Zl, unicode.Zp):
			return ' '
		case vanishes(r):
			return -1
		}
		return r
	}, s)
}

// vanishes reports whether RFC 4518 §2.2 maps a code point to nothing.
func vanishes(r rune) bool {
	switch {
	case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r):
		return true // controls, soft hyphen, zero-width joiners, direction marks, tags
	case r == 0x034f, 0x180b <= r && r <= 0x180e, 0xfe00 <= r && r <= 0xfe0f, r == 0xfffc:
		return true
	}
	return false
}

// prohibited reports whether RFC 4518 §2.4 forbids a code point: private use, surrogates,
// non-characters and the replacement character.
func prohibited(r rune) bool {
	return unicode.In(r, unicode.Co, unicode.Cs, unicode.Noncharacter_Code_Point) || r == utf8.RuneError
}

// squeeze removes outer spaces and makes each run of inner ones a single space (RFC 4518 §2.6.1).
func squeeze(s string) string {
	s = strings.Trim(s, " ")
	if !strings.Contains(s, "  ") {
		return s
	}
	var b strings.Builder
	space := false
	for i := 0; i < len(s); i++ {
		if s[i] == ' ' {
			space = true
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
