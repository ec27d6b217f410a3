package eml

import (
	"bytes"
	"io"
	"strings"
)

// WriteSignable writes a part as it should be signed: CRLF line ends, and each leaf whose body would not survive
// transport re-encoded as quoted-printable or base64, with its Content-Transfer-Encoding changed to match
// (RFC 8551 §3.1.3). A multipart/signed inside stays byte for byte.
// The fields of p itself are those given, in place of p's own. It writes the same bytes each time.
func WriteSignable(w io.Writer, p *Part, fields []Field) error {
	s := &signable{w: w}
	s.part(p, fields)
	return s.err
}

// signable writes parts; the first error sticks.
type signable struct {
	w   io.Writer
	err error
}

func (s *signable) write(p []byte) {
	if s.err == nil {
		_, s.err = s.w.Write(p)
	}
}

// part writes the fields, the empty line and the body.
func (s *signable) part(p *Part, fields []Field) {
	switch {
	case p.Type.Is("multipart/signed") || p.Type.Is("multipart/encrypted"):
		s.fields(p, fields, "")
		s.canonical(p.BodyRange, p)
	case p.IsMultipart():
		s.fields(p, fields, SevenBit)
		s.multipart(p)
	case p.IsMessage():
		s.fields(p, fields, SevenBit)
		s.part(p.Children[0], p.Children[0].Header.Fields)
	default:
		s.leaf(p, fields)
	}
}

// fields writes header fields, with another transfer encoding where one is given, and the empty line. White space at the ends of
// lines, which some systems cut off, is left out.
func (s *signable) fields(p *Part, fields []Field, encoding Encoding) {
	written, typed := encoding == "", false
	for _, f := range fields {
		typed = typed || f.Is("Content-Type")
		if encoding == "" || !f.Is("Content-Transfer-Encoding") {
			s.write(trimLines(f.Raw))
			continue
		}
		if !written {
			s.write([]byte("Content-Transfer-Encoding: " + string(encoding) + "\r\n"))
		}
		written = true
	}
	if !typed && p.Parent == nil && len(fields) == 0 {
		s.write([]byte("Content-Type: " + p.Type.String() + "\r\n")) // some readers take a part without a header for a broken one
	}
	if !written && encoding != SevenBit {
		s.write([]byte("Content-Transfer-Encoding: " + string(encoding) + "\r\n"))
	}
	s.write(crlf)
}

// trimLines ends every line with CRLF, without white space before it. A line that is empty then is left out: it would end the header.
func trimLines(raw []byte) []byte {
	var out []byte
	for line := range bytes.Lines(raw) {
		if line = bytes.TrimRight(line, " \t\r\n"); len(line) > 0 {
			out = append(append(out, line...), crlf...)
		}
	}
	return out
}

// canonical writes a range of the message with CRLF.
func (s *signable) canonical(r Range, p *Part) {
	if s.err == nil && r.Len() > 0 {
		_, s.err = NewCRLFReader(Section(p.msg.Source, r)).WriteTo(s.w)
	}
}

// multipart writes the delimiters as they are and the parts between them. Text before and after the parts, which no reader
// shows, stays where transport leaves it alone.
func (s *signable) multipart(p *Part) {
	s.outside(p.Preamble, p)
	for i, d := range p.Delimiters {
		s.canonical(d, p)
		if i < len(p.Children) {
			s.part(p.Children[i], p.Children[i].Header.Fields)
		}
	}
	if p.Closed {
		s.outside(p.Epilogue, p)
	}
}

func (s *signable) outside(r Range, p *Part) {
	if s.err != nil || r.Len() == 0 {
		return
	}
	var v Survey
	if _, s.err = NewCRLFReader(Section(p.msg.Source, r)).WriteTo(&v); s.err == nil && v.transportable() {
		s.canonical(r, p)
	}
}

// leaf writes a part that holds no other.
func (s *signable) leaf(p *Part, fields []Field) {
	v, err := p.surveyed()
	if err != nil {
		s.err = err
		return
	}
	if v.transportable() {
		encoding := Encoding("")
		if p.Encoding == EightBit || p.Encoding == Binary {
			encoding = SevenBit // it is, and its label should not make a relay touch it
		}
		s.fields(p, fields, encoding)
		s.canonical(p.BodyRange, p)
		return
	}
	encoding, body := v.ForSigning(), p.Decoded()
	if lines := isText(p) || p.Encoding.identity() && p.Encoding != Binary; lines {
		body = NewCRLFReader(body)
	} else {
		encoding = Base64 // its bytes are not lines, so that none may be changed
	}
	s.fields(p, fields, encoding)
	if s.err != nil {
		return
	}
	enc := encoding.Encode(s.w)
	if _, s.err = io.Copy(enc, body); s.err == nil {
		s.err = enc.Close()
	}
}

func isText(p *Part) bool { return strings.EqualFold(p.Type.Type, "text") }

// surveyed looks through the body as it would be signed; once for each part.
func (p *Part) surveyed() (*Survey, error) {
	if p.survey == nil {
		v := &Survey{}
		if _, err := NewCRLFReader(p.Body()).WriteTo(v); err != nil {
			return nil, err
		}
		p.survey = v
	}
	return p.survey, nil
}
