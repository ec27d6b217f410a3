package pki

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/waxwing-mail/waxwing/der"
)

// decodeText decodes any of the string types (X.680 §41). What is not well-formed is still decoded
// as well as possible for display; odd then says what is wrong. ok is false for an element that is no
// string, and for a string that cannot be told from another one once decoded.
func decodeText(v der.Value) (text, odd string, ok bool) {
	if v.Constructed {
		return "", "constructed string", false
	}
	switch v.Tag {
	case der.UTF8String:
		if !utf8.Valid(v.Body) {
			return latin1(v.Body), "UTF8String is not valid UTF-8", false
		}
		return string(v.Body), "", true
	case der.PrintableString:
		return decodeRestricted(v.Body, "PrintableString", isPrintable)
	case der.IA5String:
		return decodeRestricted(v.Body, "IA5String", isASCII)
	case der.VisibleString:
		return decodeRestricted(v.Body, "VisibleString", isASCII)
	case der.NumericString:
		return decodeRestricted(v.Body, "NumericString", func(c byte) bool { return c == ' ' || isDigit(c) })
	case der.T61String, der.GeneralString:
		return latin1(v.Body), "", true // T.61 as everybody uses it: Latin-1
	case der.BMPString:
		return decodeBMP(v.Body)
	case der.UniversalString:
		return decodeUniversal(v.Body)
	}
	return "", "", false
}

// decodeRestricted decodes the types that are subsets of ASCII. Octets above 127 are taken for UTF-8
// where they are, else for Latin-1, as the products that write them do.
func decodeRestricted(b []byte, name string, allowed func(byte) bool) (text, odd string, ok bool) {
	for _, c := range b {
		if !allowed(c) {
			odd = name + " holds characters outside its set"
			break
		}
	}
	if utf8.Valid(b) {
		return string(b), odd, true
	}
	return latin1(b), odd, true
}

func decodeBMP(b []byte) (text, odd string, ok bool) {
	if len(b)%2 != 0 {
		return latin1(b), "BMPString of odd length", false
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.BigEndian.Uint16(b[2*i:])
		if utf16.IsSurrogate(rune(units[i])) {
			odd = "BMPString holds surrogates"
		}
	}
	return string(utf16.Decode(units)), odd, true
}

func decodeUniversal(b []byte) (text, odd string, ok bool) {
	if len(b)%4 != 0 {
		return latin1(b), "UniversalString of odd length", false
	}
	var s strings.Builder
	for i := 0; i < len(b); i += 4 {
		r := binary.BigEndian.Uint32(b[i:])
		if r > utf8.MaxRune {
			return latin1(b), "UniversalString holds no characters", false
		}
		s.WriteRune(rune(r))
	}
	return s.String(), "", true
}

func latin1(b []byte) string {
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes)
}

func isASCII(c byte) bool { return c < utf8.RuneSelf }

// isPrintable reports whether a character is in PrintableString (X.680 §41.4).
func isPrintable(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || isDigit(c) || strings.IndexByte(" '()+,-./:=?", c) >= 0
}
