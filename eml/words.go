package eml

import (
	"encoding/base64"
	"strings"
)

// encodedWord is one "=?charset?B?text?=" (RFC 2047 §2).
type encodedWord struct {
	charset string // without the language of RFC 2231 §5
	data    []byte // decoded, not converted
	end     int    // where it ends in the text
}

// DecodeWords replaces RFC 2047 encoded words by their text in UTF-8.
//
// It is lenient: words may stand anywhere, be of any length and hold spaces. Bytes of neighbours in one charset are
// joined before they are converted, because many programs cut characters in two. Words of an unknown charset stay.
// Bytes that are no UTF-8 are taken for Windows-1252, so the result is always valid.
func DecodeWords(s string) string {
	s, _ = decodeWords(s)
	return s
}

// decodeWords also tells whether there was an encoded word.
func decodeWords(s string) (string, bool) {
	if !strings.Contains(s, "=?") {
		return text(s), false
	}
	var out strings.Builder
	scan := wordScanner{s: s}
	plain, found := 0, false // s[plain:] is not written yet
	for i := 0; ; {
		n := strings.Index(s[i:], "=?")
		if n < 0 {
			break
		}
		at := i + n
		word, ok := scan.word(at)
		if !ok {
			i = at + 2
			continue
		}
		i = word.end
		for { // RFC 2047 §6.2: white space between words is not shown
			next := i + len(s[i:]) - len(strings.TrimLeft(s[i:], " \t\r\n"))
			more, ok := scan.word(next)
			if !ok || !strings.EqualFold(more.charset, word.charset) {
				break
			}
			word.data = append(word.data, more.data...)
			i = more.end
		}
		decoded, ok := decodeCharset(word.charset, word.data)
		if !ok {
			continue
		}
		if before := s[plain:at]; !found || strings.Trim(before, " \t\r\n") != "" {
			out.WriteString(text(before))
		}
		out.WriteString(decoded)
		plain, found = i, true
	}
	out.WriteString(text(s[plain:]))
	return out.String(), found
}

// wordScanner finds encoded words in s, in time that grows with its length only.
type wordScanner struct {
	s    string
	ends int // where the next "?=" is, at or after ends was last asked for; len(s) if there is none
}

// endAfter returns the index of the first "?=" at or after i. It is asked with growing i.
func (w *wordScanner) endAfter(i int) int {
	if w.ends < i {
		w.ends = len(w.s)
		if n := strings.Index(w.s[i:], "?="); n >= 0 {
			w.ends = i + n
		}
	}
	return w.ends
}

// word reads the encoded word at i, if there is one.
func (w *wordScanner) word(i int) (encodedWord, bool) {
	const longestCharset = 80
	if !strings.HasPrefix(w.s[i:], "=?") {
		return encodedWord{}, false
	}
	head := w.s[i+2 : min(len(w.s), i+2+longestCharset)]
	charset, rest, ok := strings.Cut(head, "?")
	if !ok || len(rest) < 2 || rest[1] != '?' || charset == "" || strings.ContainsAny(charset, " \t\"<>@,;") {
		return encodedWord{}, false
	}
	start := i + 2 + len(charset) + 3
	end := w.endAfter(start)
	if end == len(w.s) {
		return encodedWord{}, false
	}
	body := w.s[start:end]
	if strings.Contains(body, "=?") {
		return encodedWord{}, false // another word begins inside
	}
	word := encodedWord{end: end + 2}
	word.charset, _, _ = strings.Cut(charset, "*")
	switch rest[0] {
	case 'B', 'b':
		word.data = decodeB(body)
	case 'Q', 'q':
		word.data = decodeQ(body)
	default:
		return encodedWord{}, false
	}
	return word, true
}

// decodeB decodes base64, passing over what is not of it (RFC 2047 §4.1).
func decodeB(s string) []byte {
	clean := make([]byte, 0, len(s))
	for i := range len(s) {
		if base64Value(s[i]) < 64 {
			clean = append(clean, s[i])
		}
	}
	if len(clean)%4 == 1 {
		clean = clean[:len(clean)-1]
	}
	p := make([]byte, base64.RawStdEncoding.DecodedLen(len(clean)))
	n, _ := base64.RawStdEncoding.Decode(p, clean)
	return p[:n]
}

// decodeQ undoes the "Q" encoding (RFC 2047 §4.2).
func decodeQ(s string) []byte {
	p := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '_':
			p = append(p, ' ')
		case c == '=' && i+2 < len(s) && hexValue(s[i+1]) < 16 && hexValue(s[i+2]) < 16:
			p = append(p, hexValue(s[i+1])<<4|hexValue(s[i+2]))
			i += 2
		default:
			p = append(p, c)
		}
	}
	return p
}
