package eml

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// EncodeWords returns text as RFC 2047 encoded words where it is not plain ASCII, or where it would be read as one.
func EncodeWords(s string) string {
	if plainText(s) {
		return s
	}
	return strings.Join(encodedWords(s), " ")
}

// plainText tells whether text may stand in a header field as it is.
func plainText(s string) bool {
	if strings.Contains(s, "=?") {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c >= 0x7f || c < ' ' && c != '\t' {
			return false
		}
	}
	return true
}

// encodedWords cuts text into encoded words of at most 75 characters, each of whole characters (RFC 2047 §2, §5).
func encodedWords(s string) []string {
	const most = 45 // octets: 60 characters of base64 and 12 around them
	s = strings.ToValidUTF8(s, "\uFFFD")
	var words []string
	for len(s) > 0 {
		n := min(len(s), most)
		for n < len(s) && !utf8.RuneStart(s[n]) {
			n--
		}
		words = append(words, "=?utf-8?B?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return words
}
