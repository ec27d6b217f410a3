package eml

import (
	"bytes"
	"strings"

	"github.com/waxwing-mail/waxwing/finding"
)

// understand reads the fields that say what a part is.
func (p *parser) understand(part *Part) {
	part.Type = p.typeOf(part)
	part.Encoding = p.encodingOf(part)
	for _, name := range []string{"Content-Type", "Content-Transfer-Encoding", "Content-Disposition"} {
		p.contradictions(part, name)
	}
	composite := holdsMessage(part)
	if part.Type.Type == "multipart" {
		composite = true
		p.setBoundary(part)
	}
	// RFC 2045 §6.4: composite types are never encoded as a whole. A multipart is read all the same, since its
	// label is what is wrong; a message is not, since it may be truly encoded.
	if composite && !part.Encoding.identity() || isEncodedMessage(part) {
		p.fault(part, finding.MIMEEncodedComposite, part.HeaderRange, clip(string(part.Encoding)))
	}
}

// typeOf returns the Content-Type, or the default where it is absent or malformed (RFC 2045 §5.2).
func (p *parser) typeOf(part *Part) MediaType {
	standard := MediaType{Type: "text", Subtype: "plain"}
	if part.Parent != nil && part.Parent.Type.Is("multipart/digest") {
		standard = MediaType{Type: "message", Subtype: "rfc822"} // RFC 2046 §5.1.5
	}
	f, ok := part.Header.Lookup("Content-Type")
	if !ok {
		return standard
	}
	t, faults := ParseMediaType(f.Value())
	for _, e := range faults {
		p.fault(part, e.Code, f.Range, e.Detail)
	}
	switch {
	case t.Type != "" && t.Subtype != "":
		return t
	case t.Type == "multipart":
		t.Subtype = "mixed" // RFC 2046 §5.1.3
		return t
	}
	p.fault(part, finding.MIMEType, f.Range, clip(f.Value()))
	return MediaType{standard.Type, standard.Subtype, t.Params}
}

func (p *parser) encodingOf(part *Part) Encoding {
	f, ok := part.Header.Lookup("Content-Transfer-Encoding")
	if !ok {
		return SevenBit // RFC 2045 §6.1
	}
	e := parseEncoding(f.Value())
	if !e.known() {
		p.fault(part, finding.MIMEUnknownEncoding, f.Range, clip(string(e)))
	}
	return e
}

// contradictions notes a second field that says something else. The first one counts.
func (p *parser) contradictions(part *Part, name string) {
	all := part.Header.All(name)
	for _, f := range all[min(1, len(all)):] {
		if f.Value() != all[0].Value() {
			p.fault(part, finding.MIMEDuplicate, f.Range, clip(name+": "+f.Value()))
		}
	}
}

// setBoundary makes the part a multipart if it names a boundary that can stand in a line.
func (p *parser) setBoundary(part *Part) {
	// RFC 2046 §5.1.1: a boundary does not end in white space; what stands there was added on the way.
	boundary := strings.TrimRight(part.Type.Param("boundary"), " \t")
	if boundary == "" || len(boundary) > longestBoundary || strings.ContainsAny(boundary, "\r\n\x00") {
		p.fault(part, finding.MIMENoBoundary, part.HeaderRange, clip(boundary))
		return
	}
	for _, outer := range p.open[:len(p.open)-1] {
		if outer.Boundary == boundary && !outer.Closed {
			p.fault(part, finding.MIMEBoundaryReused, part.HeaderRange, clip(boundary))
		}
	}
	part.Boundary = boundary
}

// holdsMessage tells whether the body is a message to be read (RFC 2046 §5.2.1; RFC 6532 §3.7).
func holdsMessage(part *Part) bool {
	return isMessageType(part.Type) && part.Encoding != Base64 && part.Encoding != QuotedPrintable
}

func isEncodedMessage(part *Part) bool { return part.Type.Is("message/rfc822") && !holdsMessage(part) }

func isMessageType(t MediaType) bool {
	return t.Is("message/rfc822") || t.Is("message/global") || t.Is("message/news")
}

// afterClose notes delimiter lines of a multipart that stand behind its close delimiter: some programs read on.
func (p *parser) afterClose(off int64, line []byte) {
	for i := len(p.open) - 1; i >= 0; i-- {
		part := p.open[i]
		if part.Boundary == "" || !part.Closed {
			continue
		}
		if rest, ok := bytes.CutPrefix(line[2:], []byte(part.Boundary)); ok {
			if _, ok := padding(bytes.TrimPrefix(rest, []byte("--"))); ok {
				text, _, _ := bytes.Cut(line, []byte("\n"))
				p.fault(part, finding.MIMEAfterClose, Range{off, off + int64(len(text))}, clip(string(text)))
				return
			}
		}
	}
}
