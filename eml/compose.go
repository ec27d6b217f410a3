package eml

import (
	"errors"
	"fmt"
	"strings"
)

const (
	lineWidth   = 78 // RFC 5322 §2.1.1: lines should be no longer
	longestName = 76 // of a field, so that something fits beside it
)

// AppendField appends "name: value" with encoded words (RFC 2047) where needed, folded, CRLF at the end.
// A CR, LF or NUL in the value, or a name that is no field name, is an error: no value can add a field.
//
// The value is what Field.Value gives or a person wrote: encoded words that stand in it stay as they are.
func AppendField(dst []byte, name, value string) ([]byte, error) {
	if err := checkField(name, value); err != nil {
		return dst, err
	}
	value = strings.Trim(value, " \t")
	if !plainText(value) {
		value = encodeWords(text(DecodeWords(value)), len(name)+2)
	}
	return fold(dst, name, value), nil
}

// checkField refuses what could begin another field (CWE-93).
func checkField(name string, values ...string) error {
	if name == "" || len(name) > longestName {
		return fmt.Errorf("compose a header field: a name of %d characters", len(name))
	}
	for i := range len(name) {
		if c := name[i]; c <= ' ' || c > '~' || c == ':' {
			return fmt.Errorf("compose a header field: %q is no field name", name)
		}
	}
	for _, v := range values {
		if strings.ContainsAny(v, "\r\n\x00") {
			return fmt.Errorf("compose the header field %s: the value contains a line end or a NUL", name)
		}
	}
	return nil
}

// fold appends a field whose value is plain text, with line ends before white space where lines would be too
// long (RFC 5322 §2.2.3). No line consists of white space alone.
func fold(dst []byte, name, value string) []byte {
	dst = append(append(dst, name...), ':')
	if value == "" {
		return append(dst, crlf...) // no white space at the end, which transport may remove
	}
	dst = append(dst, ' ')
	col := len(name) + 2
	for i := 0; i < len(value); {
		blank := i
		for i < len(value) && (value[i] == ' ' || value[i] == '\t') {
			i++
		}
		word := i
		for i < len(value) && value[i] != ' ' && value[i] != '\t' {
			i++
		}
		if blank < word && col+i-blank > lineWidth {
			dst = append(dst, crlf...)
			col = 0
		}
		dst = append(dst, value[blank:i]...)
		col += i - blank
	}
	return append(dst, crlf...)
}

// errToken says that a type or a parameter's name is none.
var errToken = errors.New("not a token of RFC 2045")

// AppendTypeField appends a Content-Type or Content-Disposition field, parameters quoted or in
// RFC 2231 form as needed, folded.
func AppendTypeField(dst []byte, name string, t MediaType) ([]byte, error) {
	if err := checkField(name); err != nil {
		return dst, err
	}
	if !isToken(t.Type) || t.Subtype != "" && !isToken(t.Subtype) {
		return dst, fmt.Errorf("compose the header field %s: type %q: %w", name, t, errToken)
	}
	out := append(dst, name+": "+t.String()...)
	col := len(out) - len(dst)
	for _, p := range t.Params {
		if err := checkField(name, p.Value); err != nil {
			return dst, err
		}
		if !isToken(p.Name) || strings.ContainsAny(p.Name, "*'%") {
			return dst, fmt.Errorf("compose the header field %s: parameter %q: %w", name, p.Name, errToken)
		}
		pieces, err := parameter(p)
		if err != nil {
			return dst, fmt.Errorf("compose the header field %s: %w", name, err)
		}
		for _, piece := range pieces {
			if col+2+len(piece) >= lineWidth {
				out, col = append(out, ";\r\n "...), 1
			} else {
				out, col = append(out, "; "...), col+2
			}
			out, col = append(out, piece...), col+len(piece)
		}
	}
	return append(out, crlf...), nil
}

// isToken tells whether s is a token (RFC 2045 §5.1).
func isToken(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c > '~' || strings.IndexByte("()<>@,;:\\\"/[]?=", c) >= 0 {
			return false
		}
	}
	return s != "" && len(s) <= longestWord
}

// parameter returns name=value, or the continuations it takes.
func parameter(p Param) ([]string, error) {
	whole := p.Name + "=" + p.Value
	if !isToken(p.Value) {
		whole = p.Name + "=" + quote(p.Value)
	}
	if p.Name == "boundary" { // never in pieces: few programs would find it
		if !plainText(p.Value) || len(p.Value) > longestBoundary || p.Value == "" {
			return nil, errors.New("a boundary that cannot stand in a header field")
		}
		return []string{whole}, nil
	}
	plain := plainText(p.Value) && !strings.Contains(p.Value, "\t")
	if plain && len(whole) < lineWidth-2 && !strings.Contains(p.Value, "=?") && strings.Trim(p.Value, " ") == p.Value {
		return []string{whole}, nil
	}
	return extended(p), nil
}

// extended returns a parameter in the form of RFC 2231 §4, in sections (§3) if it is long.
func extended(p Param) []string {
	const room = 60
	var sections []string
	var b strings.Builder
	b.WriteString("utf-8''")
	value := text(p.Value)
	for i := range len(value) {
		if b.Len() > room-3 {
			sections = append(sections, b.String())
			b.Reset()
		}
		if c := value[i]; isToken(string(c)) && c < 0x80 && strings.IndexByte("*'%", c) < 0 {
			b.WriteByte(c)
		} else {
			b.WriteString("%" + upperHex[c>>4:c>>4+1] + upperHex[c&15:c&15+1])
		}
	}
	if sections = append(sections, b.String()); len(sections) == 1 {
		return []string{p.Name + "*=" + sections[0]}
	}
	for i, s := range sections {
		sections[i] = fmt.Sprintf("%s*%d*=%s", p.Name, i, s)
	}
	return sections
}
