package eml

import (
	"errors"
	"fmt"
	"strings"
)

// The lengths of RFC 5322 §2.1.1 without the line end: what lines should have, and what they must not exceed.
const (
	niceLine = 78
	lastLine = longestLine
)

// AppendField appends "name: value" with encoded words (RFC 2047) where needed, folded, CRLF at the end.
// A CR, LF or NUL in the value, or a name that is no field name, is an error: no value can add a field.
func AppendField(dst []byte, name, value string) ([]byte, error) {
	if err := checkField(name, value); err != nil {
		return dst, err
	}
	f := newFolder(dst, name)
	for _, word := range fieldWords(value) {
		if plainText(word) && len(word) <= lastLine-2 {
			f.word(word)
			continue
		}
		for _, w := range encodedWords(word) {
			f.word(w)
		}
	}
	return f.end(), nil
}

// fieldWords cuts a value at its spaces, and joins words that have to be encoded with the spaces between them, which are not
// shown between encoded words.
func fieldWords(value string) []string {
	var words []string
	encode := false
	for _, w := range strings.Fields(value) {
		plain := plainText(w)
		if !plain && encode {
			words[len(words)-1] += " " + w
			continue
		}
		encode = !plain
		words = append(words, w)
	}
	return words
}

var errControl = errors.New("a header field must not hold line ends or NUL")

// checkField refuses what would break out of a field (STANDARDS item 26).
func checkField(name string, values ...string) error {
	if name == "" || strings.IndexFunc(name, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == ':' }) >= 0 {
		return fmt.Errorf("%q is no name of a header field", clip(name))
	}
	for _, v := range values {
		if strings.ContainsAny(v, "\r\n\x00") {
			return fmt.Errorf("%s: %w", name, errControl)
		}
	}
	return nil
}

// AppendAddressField appends a field of addresses, display names encoded or quoted, folded.
func AppendAddressField(dst []byte, name string, list []Address) ([]byte, error) {
	f := newFolder(dst, name)
	for i, a := range list {
		if err := checkField(name, a.Name, a.Local, a.Domain); err != nil {
			return dst, err
		}
		if strings.ContainsAny(a.Domain, " \t<>,;:\"()\\@") && !strings.HasPrefix(a.Domain, "[") {
			return dst, fmt.Errorf("%s: %q is no domain", name, clip(a.Domain))
		}
		comma := ","
		if i == len(list)-1 {
			comma = ""
		}
		if a.Name == "" {
			f.word(a.Addr() + comma)
			continue
		}
		for _, w := range phrase(a.Name) {
			f.word(w)
		}
		f.word("<" + a.Addr() + ">" + comma)
	}
	return f.end(), nil
}

// phrase writes a display name: atoms, a quoted string, or encoded words (RFC 5322 §3.2.5, RFC 2047 §5 (3)).
func phrase(name string) []string {
	if !plainText(name) {
		return encodedWords(name)
	}
	words := strings.Fields(name)
	for _, w := range words {
		if !isDotAtom(w) || strings.Contains(w, ".") {
			return []string{quote(name)}
		}
	}
	return words
}

// AppendTypeField appends a Content-Type or Content-Disposition field, parameters quoted or in
// RFC 2231 form as needed, folded.
func AppendTypeField(dst []byte, name string, t MediaType) ([]byte, error) {
	if err := checkField(name, t.Type, t.Subtype); err != nil {
		return dst, err
	}
	if !isToken(t.Type) || t.Subtype != "" && !isToken(t.Subtype) {
		return dst, fmt.Errorf("%s: %q is no media type", name, clip(t.String()))
	}
	f := newFolder(dst, name)
	word := t.String()
	for _, p := range t.Params {
		if !isToken(p.Name) || strings.ContainsAny(p.Name, "*'%") {
			return dst, fmt.Errorf("%s: %q is no name of a parameter", name, clip(p.Name))
		}
		if strings.Contains(p.Value, "\x00") {
			return dst, fmt.Errorf("%s: %w", name, errControl)
		}
		for _, form := range parameterForms(p) {
			f.word(word + ";")
			word = form
		}
	}
	f.word(word)
	return f.end(), nil
}

// isToken tells what may stand without quotes (RFC 2045 §5.1).
func isToken(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?=`, r)
	}) < 0
}

// folder writes words with line breaks between them.
type folder struct {
	dst []byte
	col int
	any bool
}

func newFolder(dst []byte, name string) *folder {
	return &folder{dst: append(append(dst, name...), ':'), col: len(name) + 1}
}

// word writes a word after a space, or on a line of its own where it would not fit.
func (f *folder) word(w string) {
	if f.any && f.col+1+len(w) > niceLine {
		f.dst = append(f.dst, "\r\n"...)
		f.col = 0
	}
	f.dst = append(append(f.dst, ' '), w...)
	f.col += 1 + len(w)
	f.any = true
}

func (f *folder) end() []byte { return append(f.dst, "\r\n"...) }
