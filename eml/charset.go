package eml

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
)

// decodeCharset returns bytes of a charset as UTF-8, and false for a charset that is not known.
func decodeCharset(charset string, p []byte) (string, bool) {
	charset = strings.ToLower(strings.TrimSpace(charset))
	switch charset {
	case "utf-8", "utf8", "us-ascii", "ascii":
		return guessed(p), true
	}
	e := charsetNamed(charset)
	if e == nil {
		return "", false
	}
	text, err := e.NewDecoder().Bytes(p)
	if err != nil {
		return "", false
	}
	return strings.ToValidUTF8(string(text), "\uFFFD"), true
}

// charsetNamed returns an encoding, or nil. Names are those of browsers, which know what mails mean by them, then
// those that IANA lists.
func charsetNamed(name string) encoding.Encoding {
	if len(name) > 64 {
		return nil
	}
	if e, err := htmlindex.Get(name); err == nil && e != encoding.Replacement {
		return e
	}
	if e, err := ianaindex.MIME.Encoding(name); err == nil {
		return e // may be nil: listed and not implemented
	}
	return nil
}

// guessed returns bytes that name no charset, or one that was not kept to: UTF-8 if they are that, else Windows-1252,
// which is what most of the others are.
func guessed(p []byte) string {
	if utf8.Valid(p) {
		return string(p)
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(p)
	if err != nil {
		return strings.ToValidUTF8(string(p), "\uFFFD")
	}
	return string(text)
}

// text returns a string of a message as valid UTF-8.
func text(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return guessed([]byte(s))
}
