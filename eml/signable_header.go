package eml

import (
	"bytes"
	"strings"
)

// header writes fields and the empty line behind them, with one Content-Transfer-Encoding that says encoding, or
// with what is there if that is "". Lines that are no fields are left out.
func (s *signable) header(p *Part, fields []Field, encoding Encoding) {
	var b []byte
	stated := encoding == ""
	for _, f := range fields {
		switch {
		case f.Name == "":
		case encoding == "" || !f.Is("Content-Transfer-Encoding"):
			b = append(b, canonicalField(p, f)...)
		case !stated:
			stated = true
			if parseEncoding(f.Value()) == encoding {
				b = append(b, canonicalField(p, f)...)
			} else {
				b = append(b, "Content-Transfer-Encoding: "+string(encoding)+"\r\n"...)
			}
		}
	}
	if !stated && encoding != SevenBit {
		b = append(b, "Content-Transfer-Encoding: "+string(encoding)+"\r\n"...)
	}
	s.write(append(b, crlf...))
}

// canonicalField returns a field with CRLF line ends; if it would not survive transport, written anew.
func canonicalField(p *Part, f Field) []byte {
	raw := canonicalLines(f.Raw, "\r")
	if survives(raw) {
		return raw
	}
	if raw = canonicalLines(f.Raw, "\r \t"); survives(raw) {
		return raw
	}
	if anew, err := rewritten(p, f); err == nil && survives(anew) {
		return anew
	}
	raw = bytes.Clone(f.Raw) // its name is no name: all that can be done is to keep its lines
	for i, c := range raw {
		if c == 0 || c == '\r' && !bytes.HasPrefix(raw[i+1:], []byte("\n")) {
			raw[i] = ' '
		}
	}
	return canonicalLines(raw, "\r \t")
}

func survives(field []byte) bool {
	var s Survey
	s.Write(field)
	return s.transportable()
}

// canonicalLines returns the lines of a field ended by CRLF, without the characters of cut before it, and without
// the lines that are then empty.
func canonicalLines(raw []byte, cut string) []byte {
	var b []byte
	for line := range bytes.Lines(raw) {
		line = bytes.TrimRight(bytes.TrimSuffix(line, []byte("\n")), cut)
		if len(line) > 0 {
			b = append(append(b, line...), crlf...)
		}
	}
	return b
}

// rewritten returns a field with the same meaning in ASCII and short lines.
func rewritten(p *Part, f Field) ([]byte, error) {
	value := strings.ReplaceAll(f.Value(), "\x00", " ")
	switch strings.ToLower(f.Name) {
	case "content-type", "content-disposition":
		t, _ := ParseMediaType(value)
		if t.Subtype == "" && f.Is("Content-Type") {
			t.Type, t.Subtype = p.Type.Type, p.Type.Subtype // as it was read
		}
		return AppendTypeField(nil, f.Name, t)
	case "from", "sender", "reply-to", "to", "cc", "bcc", "resent-from", "resent-sender", "resent-to", "resent-cc":
		if list := ParseAddressList(value); len(list.Faults) == 0 && len(list.Groups) == 0 {
			return AppendAddressField(nil, f.Name, list.Addresses)
		}
	}
	return AppendField(nil, f.Name, value)
}
