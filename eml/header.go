package eml

import (
	"bytes"
	"strings"
)

// Header is a header section, field by field in the order received.
type Header struct {
	Fields []Field
}

// Field is one header field, byte for byte.
type Field struct {
	Name  string // as received, without white space before the colon; "" for a line that is no field
	Raw   []byte // the whole field: name, colon, value, folding, line end
	Range Range  // of Raw in the source
}

// Body returns the bytes after the colon as received, without the final line end; of a line that is no
// field the whole line.
func (f Field) Body() []byte {
	body := f.Raw
	if f.Name != "" {
		if i := bytes.IndexByte(body, ':'); i >= 0 {
			body = body[i+1:]
		}
	}
	if n := len(body); n > 0 && body[n-1] == '\n' {
		return bytes.TrimRight(body[:n-1], "\r")
	}
	return body
}

// Value returns the value with folding undone (RFC 5322 §2.2.3) and outer white space trimmed;
// nothing else is decoded. A CR that is no line end becomes a space.
func (f Field) Value() string { return unfold(string(f.Body())) }

// unfold removes line ends and outer white space.
func unfold(s string) string {
	s = strings.Trim(s, " \t\r\n")
	if !strings.ContainsAny(s, "\r\n") {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '\n':
		case '\r':
			n := i
			for n < len(s) && s[n] == '\r' {
				n++
			}
			if n < len(s) && s[n] != '\n' {
				b = append(b, ' ')
			}
			i = n - 1
		default:
			b = append(b, c)
		}
	}
	return string(b)
}

// Is compares the field's name, case-insensitively.
func (f Field) Is(name string) bool { return strings.EqualFold(f.Name, name) }

// Get returns the value of the first field with the name, or "".
func (h Header) Get(name string) string {
	f, ok := h.Lookup(name)
	if !ok {
		return ""
	}
	return f.Value()
}

// Lookup returns the first field with the name.
func (h Header) Lookup(name string) (Field, bool) {
	for _, f := range h.Fields {
		if f.Is(name) {
			return f, true
		}
	}
	return Field{}, false
}

// All returns every field with the name.
func (h Header) All(name string) []Field {
	var all []Field
	for _, f := range h.Fields {
		if f.Is(name) {
			all = append(all, f)
		}
	}
	return all
}

// Addresses parses every field with the name as one address list. Ranges are those in each field's value.
func (h Header) Addresses(name string) AddressList {
	var list AddressList
	for _, f := range h.All(name) {
		l := ParseAddressList(f.Value())
		list.Addresses = append(list.Addresses, l.Addresses...)
		list.Groups = append(list.Groups, l.Groups...)
		list.Hidden = append(list.Hidden, l.Hidden...)
		list.Faults = append(list.Faults, l.Faults...)
	}
	return list
}
