package der

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// UTF8String writes a UTF8String.
func (b *Builder) UTF8String(s string) {
	if !utf8.ValidString(s) {
		b.Fail(syntax(int64(len(b.buf)), "text is not UTF-8"))
	}
	b.primitive(UTF8String, []byte(s))
}

// PrintableString writes a PrintableString.
func (b *Builder) PrintableString(s string) {
	if !IsPrintable(s) {
		b.Fail(syntax(int64(len(b.buf)), "%q does not fit in a PrintableString", s))
	}
	b.primitive(PrintableString, []byte(s))
}

// IA5String writes an IA5String.
func (b *Builder) IA5String(s string) {
	for _, c := range []byte(s) {
		if c >= 0x80 {
			b.Fail(syntax(int64(len(b.buf)), "%q does not fit in an IA5String", s))
			break
		}
	}
	b.primitive(IA5String, []byte(s))
}

// BMPString writes a BMPString. Characters beyond the basic plane become surrogates, as Windows and Java
// write them in the friendly names of PKCS #12.
func (b *Builder) BMPString(s string) {
	if !utf8.ValidString(s) {
		b.Fail(syntax(int64(len(b.buf)), "text is not UTF-8"))
	}
	var body []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		body = append(body, byte(unit>>8), byte(unit))
	}
	b.primitive(BMPString, body)
}

// IsPrintable tells whether s consists of the characters of PrintableString (X.680 §41.4).
func IsPrintable(s string) bool {
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte(" '()+,-./:=?", c) >= 0:
		default:
			return false
		}
	}
	return true
}

// Text reads any kind of string as UTF-8. Octets that are not what the tag promises are read as Latin-1,
// which is what issuers of such strings meant.
func (c *Cursor) Text() string {
	off := c.off
	v := c.Next()
	if *c.err != nil {
		return ""
	}
	s, ok := TextOf(v)
	if !ok {
		c.Fail(syntax(off, "%v where a string is expected", v.Tag))
	}
	return s
}

// TextOf returns the text of a primitive string of any kind, and false for other elements.
func TextOf(v Value) (string, bool) {
	if v.Constructed {
		return "", false
	}
	switch v.Tag {
	case UTF8String, NumericString, PrintableString, IA5String, VisibleString, GeneralString:
		if utf8.Valid(v.Body) {
			return string(v.Body), true
		}
		return latin1(v.Body), true
	case T61String:
		return latin1(v.Body), true
	case BMPString:
		units := make([]uint16, len(v.Body)/2)
		for i := range units {
			units[i] = uint16(v.Body[2*i])<<8 | uint16(v.Body[2*i+1])
		}
		return string(utf16.Decode(units)), true
	case UniversalString:
		runes := make([]rune, len(v.Body)/4)
		for i := range runes {
			b := v.Body[4*i:]
			runes[i] = rune(uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3]))
		}
		return string(runes), true
	}
	return "", false
}

func latin1(b []byte) string {
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}
