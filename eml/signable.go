package eml

import (
	"io"
	"slices"
)

// WriteSignable writes a part as it should be signed: CRLF line ends, and each leaf whose body would not survive
// transport re-encoded as quoted-printable or base64, with its Content-Transfer-Encoding changed to match
// (RFC 8551 §3.1.3). A multipart/signed inside stays byte for byte, apart from its line ends.
// The fields of p itself are those given, in place of p's own.
//
// The same part and fields give the same bytes each time. It reads the part twice, once to see what it contains.
func WriteSignable(w io.Writer, p *Part, fields []Field) error {
	s := &signable{w: w}
	if !slices.ContainsFunc(fields, func(f Field) bool { return f.Name != "" }) { // QUIRK: OpenSSL takes a part without a header for a broken one
		fields = []Field{{Name: "Content-Type", Raw: []byte("Content-Type: text/plain\r\n")}}
	}
	s.part(p, fields)
	return s.err
}

// signable writes parts and keeps the first error.
type signable struct {
	w   io.Writer
	err error
}

func (s *signable) write(p []byte) {
	if s.err == nil {
		_, s.err = s.w.Write(p)
	}
}

// copy writes a range with every line end as CRLF.
func (s *signable) copy(p *Part, r Range) {
	if s.err == nil && r.Len() > 0 {
		_, s.err = NewCRLFReader(Section(p.msg.Source, r)).WriteTo(s.w)
	}
}

// part writes a part. It calls itself as deep as limit.Layers let the parts be nested.
func (s *signable) part(p *Part, fields []Field) {
	switch {
	case s.err != nil || p.Range.Len() == 0 && len(fields) == 0:
	case frozen(p):
		s.header(p, fields, "")
		s.copy(p, p.BodyRange)
	case p.IsMultipart():
		s.header(p, fields, compositeEncoding(p))
		s.multipart(p)
	case p.IsMessage() && !p.Type.Is("message/global"): // RFC 6532 §3.7: that may be encoded as a whole
		// RFC 2046 §5.2.1: the message is not encoded, its own leaves are.
		s.header(p, fields, compositeEncoding(p))
		s.part(p.Children[0], p.Children[0].Header.Fields)
	default:
		s.leaf(p, fields)
	}
}

// frozen tells whether a part carries a signature or an encryption of its own, which any change would break.
func frozen(p *Part) bool { return p.Type.Is("multipart/signed") || p.Type.Is("multipart/encrypted") }

// compositeEncoding returns the encoding of a part whose leaves are all 7bit; "" to leave it as it is, where
// something inside cannot be touched.
func compositeEncoding(p *Part) Encoding {
	for _, c := range p.Children {
		if frozen(c) || compositeEncoding(c) == "" {
			return ""
		}
	}
	return SevenBit
}

// multipart writes the body of a multipart, its delimiter lines without white space that was added on the way.
// What stands before and after the parts is shown to nobody; it goes if it could not stay unchanged.
func (s *signable) multipart(p *Part) {
	if len(p.Delimiters) == 0 {
		s.copy(p, p.BodyRange)
		return
	}
	delimiter := []byte("--" + p.Boundary)
	if p.Preamble.Len() > 0 && s.survives(p, p.Preamble) {
		s.copy(p, p.Preamble)
		s.write(crlf)
	}
	for _, c := range p.Children {
		s.write(append(delimiter, crlf...))
		s.part(c, c.Header.Fields)
		s.write(crlf)
	}
	s.write(append(delimiter, '-', '-'))
	if !p.Closed || p.Epilogue.Len() > 0 || s.endsLine(p, p.Delimiters[len(p.Delimiters)-1]) {
		s.write(crlf)
	}
	if p.Epilogue.Len() > 0 && s.survives(p, p.Epilogue) {
		s.copy(p, p.Epilogue)
	}
}

// survives tells whether text reaches every recipient unchanged.
func (s *signable) survives(p *Part, r Range) bool {
	var survey Survey
	if s.err == nil {
		s.err = survey.read(Section(p.msg.Source, r))
	}
	return survey.transportable()
}

// read surveys everything r gives.
func (s *Survey) read(r io.Reader) error {
	buf := borrow()
	defer giveBack(buf)
	_, err := io.CopyBuffer(struct{ io.Writer }{s}, onlyReader{r}, *buf)
	return err
}

func (s *signable) endsLine(p *Part, r Range) bool {
	var last [1]byte
	if s.err == nil && r.Len() > 0 {
		if n, err := p.msg.Source.ReadAt(last[:], r.End-1); n == 0 {
			s.err = err
		}
	}
	return last[0] == '\n'
}
