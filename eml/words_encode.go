package eml

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

const (
	longestWord  = 75  // RFC 2047 §2
	longestPlain = 800 // a word or a run of spaces that is longer is encoded, since no line could be broken in it
)

// EncodeWords returns text as RFC 2047 encoded words where it is not plain ASCII, or could be taken for an encoded
// word: DecodeWords gives the same text back. Bytes that are no UTF-8 are taken for Windows-1252.
func EncodeWords(s string) string {
	if !plainText(s) || strings.Contains(s, "=?") {
		return encodeWords(text(s), 0)
	}
	return s
}

// plainText tells whether s can stand in a field as it is.
func plainText(s string) bool {
	run, blank := 0, false
	for i := range len(s) {
		c := s[i]
		if c != '\t' && (c < ' ' || c > '~') {
			return false
		}
		if b := c == ' ' || c == '\t'; b != blank {
			run, blank = 0, b
		}
		if run++; run > longestPlain || blank && run > longestWord {
			return false
		}
	}
	return true
}

// encodeWords encodes from the first word that needs it to the last. col is where the text begins in its line.
func encodeWords(s string, col int) string {
	start, end, blank := len(s), 0, 0
	for i := 0; i < len(s); {
		n := strings.IndexAny(s[i:], " \t")
		if n < 0 {
			n = len(s) - i
		}
		if word := s[i : i+n]; !plainText(word) || strings.Contains(word, "=?") {
			start, end = min(start, i), i+n
		}
		if blank++; n > 0 {
			blank = 0
		}
		if blank > longestWord {
			start, end = 0, len(s)
			break
		}
		i += n + 1
	}
	var b strings.Builder
	b.WriteString(s[:start])
	if start > 0 {
		col = 0 // there is a space before, where the line can be broken
	}
	appendWords(&b, s[start:end], col)
	b.WriteString(s[end:])
	return b.String()
}

// appendWords writes s as encoded words, none of which cuts a character in two (RFC 2047 §5).
func appendWords(b *strings.Builder, s string, col int) {
	quoted := 0
	for i := range len(s) {
		if !plainInQ(s[i]) && s[i] != ' ' {
			quoted++
		}
	}
	encoding, cost := "B", func(n, _ int) int { return (n + 2) / 3 * 4 }
	if quoted*5 <= len(s)*2 { // mostly readable
		encoding, cost = "Q", func(n, quoted int) int { return n + 2*quoted }
	}
	room := max(longestWord-col, 30) - len("=?utf-8?Q??=")
	for first := true; len(s) > 0; first = false {
		n, q := 0, 0
		for n < len(s) {
			_, size := utf8.DecodeRuneInString(s[n:])
			more := 0
			for _, c := range []byte(s[n : n+size]) {
				if !plainInQ(c) && c != ' ' {
					more++
				}
			}
			if cost(n+size, q+more) > room {
				break
			}
			n, q = n+size, q+more
		}
		if !first {
			b.WriteByte(' ')
		}
		b.WriteString("=?utf-8?" + encoding + "?")
		if encoding == "B" {
			b.WriteString(base64.StdEncoding.EncodeToString([]byte(s[:n])))
		} else {
			appendQ(b, s[:n])
		}
		b.WriteString("?=")
		s, room = s[n:], longestWord-len("=?utf-8?Q??=")
	}
}

// plainInQ tells whether a byte stands for itself in every place (RFC 2047 §5 rule 3).
func plainInQ(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("!*+-/", c) >= 0
}

func appendQ(b *strings.Builder, s string) {
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ':
			b.WriteByte('_')
		case plainInQ(c):
			b.WriteByte(c)
		default:
			b.WriteByte('=')
			b.WriteByte(upperHex[c>>4])
			b.WriteByte(upperHex[c&15])
		}
	}
}
