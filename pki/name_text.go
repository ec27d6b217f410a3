package pki

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/waxwing-mail/waxwing/der"
)

// NameFromText reads a name as RFC 4514 §3 writes it: "CN=Alice Example,O=Example Org,C=CH".
// The last RDN becomes the first of the encoding.
func NameFromText(s string) (Name, error) {
	p := nameParser{rest: s}
	var rdns [][]Attribute
	for p.rest != "" {
		rdn, err := p.rdn()
		if err != nil {
			return Name{}, fmt.Errorf("name %q: %w", clip(s), err)
		}
		rdns = append([][]Attribute{rdn}, rdns...)
		if len(rdns) > maxTextRDNs {
			return Name{}, errors.New("name has too many parts")
		}
	}
	return buildName(rdns)
}

// maxTextRDNs bounds the quadratic work of putting RDNs in front of each other.
const maxTextRDNs = 1000

// nameParser consumes a name from its left end.
type nameParser struct{ rest string }

func (p *nameParser) rdn() ([]Attribute, error) {
	var rdn []Attribute
	for {
		a, err := p.attribute()
		if err != nil {
			return nil, err
		}
		rdn = append(rdn, a)
		if p.rest == "" {
			return rdn, nil
		}
		separator := p.rest[0]
		p.rest = p.rest[1:]
		if separator != '+' {
			if p.rest == "" {
				return nil, errors.New("nothing after the last comma")
			}
			return rdn, nil
		}
	}
}

func (p *nameParser) attribute() (Attribute, error) {
	label, rest, found := strings.Cut(p.rest, "=")
	if !found {
		return Attribute{}, fmt.Errorf("%q has no equals sign", clip(p.rest))
	}
	id, ok := attributeType(strings.TrimSpace(label))
	if !ok {
		return Attribute{}, fmt.Errorf("unknown attribute type %q", clip(label))
	}
	p.rest = strings.TrimLeft(rest, " ")
	if strings.HasPrefix(p.rest, "#") {
		return p.hexValue(id)
	}
	text, err := p.value()
	return TextAttribute(id, text), err
}

// hexValue reads the #hex form (RFC 4514 §2.4): the value's encoding itself.
func (p *nameParser) hexValue(id der.OID) (Attribute, error) {
	end := strings.IndexAny(p.rest, ",+")
	if end < 0 {
		end = len(p.rest)
	}
	raw, err := hex.DecodeString(strings.TrimSpace(p.rest[1:end]))
	p.rest = p.rest[end:]
	if err != nil {
		return Attribute{}, err
	}
	v, rest, err := der.Parse(raw)
	if err != nil || len(rest) > 0 {
		return Attribute{}, errors.New("the value after # is not one encoded element")
	}
	text, _, ok := decodeText(v)
	return Attribute{Type: id, Tag: v.Tag, Text: text, Raw: raw, undecoded: !ok}, nil
}

// value reads up to the next separator, undoing escapes (RFC 4514 §3).
func (p *nameParser) value() (string, error) {
	var out []byte
	kept := 0 // length that trailing spaces must not be cut below: an escaped space stays
	for i := 0; i < len(p.rest); i++ {
		switch c := p.rest[i]; c {
		case ',', '+':
			p.rest = p.rest[i:]
			return trimFrom(out, kept), nil
		case '"', ';', '<', '>':
			return "", fmt.Errorf("%q must be escaped with a backslash", c)
		case '\\':
			b, width, err := unescape(p.rest[i+1:])
			if err != nil {
				return "", err
			}
			out = append(out, b)
			kept = len(out)
			i += width
		default:
			out = append(out, c)
		}
	}
	p.rest = ""
	return trimFrom(out, kept), nil
}

func trimFrom(b []byte, kept int) string {
	return string(b[:kept]) + strings.TrimRight(string(b[kept:]), " ")
}

// unescape reads what follows a backslash: a special character or two hexadecimal digits.
func unescape(s string) (b byte, width int, err error) {
	if s != "" && strings.IndexByte(` "#+,;<=>\`, s[0]) >= 0 {
		return s[0], 1, nil
	}
	if len(s) >= 2 {
		if h, err := hex.DecodeString(s[:2]); err == nil {
			return h[0], 2, nil
		}
	}
	return 0, 0, errors.New("a backslash must be followed by a special character or two hexadecimal digits")
}
