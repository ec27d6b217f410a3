package eml

import (
	"io"
	"iter"
	"slices"
	"sync/atomic"

	"github.com/waxwing-mail/waxwing/limit"
)

// Message is the index of a parsed message.
type Message struct {
	Source
	Envelope Range   // mbox "From " line or byte order mark before the header; mostly empty
	Root     *Part   // the whole message, after Envelope
	Faults   []Fault // everything odd, in order of place

	parts   []*Part // in order of place
	lineEnd string
}

// Part is a message, a body part of a multipart, or the message inside a message/rfc822 part.
//
// Its bytes are the header, the empty line, the body: HeaderRange, then BodyRange, with the
// separating line end between them, fill Range.
type Part struct {
	Path        string // "1" is the whole message, "1.2" its second part, "1.2.1" the first inside that
	Depth       int    // 1 for the root, unless ParseNested said otherwise
	Range       Range  // without the line end that belongs to the following delimiter (RFC 2046 §5.1.1)
	HeaderRange Range  // the fields, each with its line end
	BodyRange   Range
	Header      Header
	Type        MediaType // Content-Type, or the default of RFC 2045 §5.2 and RFC 2046 §5.1.5
	Encoding    Encoding  // Content-Transfer-Encoding

	Parent   *Part
	Children []*Part // of a multipart; of a message/rfc822 part the one inner message

	// For a multipart: BodyRange is Preamble, Delimiters[0], Children[0], Delimiters[1], ..., Epilogue.
	Boundary   string // as it stands in delimiter lines
	Preamble   Range
	Delimiters []Range // with the line ends before and after
	Closed     bool    // the last delimiter is the close delimiter
	Epilogue   Range

	msg     *Message
	signing atomic.Pointer[leafPlan]
}

// Parse makes the index of a message. It fails with *limit.Error or a read error only;
// what is wrong with the message is in Faults.
func Parse(src Source, b *limit.Budget) (*Message, error) { return ParseNested(src, b, 0) }

// ParseNested is Parse for a message that was found inside depth layers of another one, which count
// against limit.Layers.
func ParseNested(src Source, b *limit.Budget, depth int) (*Message, error) {
	p := &parser{w: newWindow(src), b: b, msg: &Message{Source: src, lineEnd: "\r\n"}, depth: depth}
	off, err := p.readEnvelope()
	if err == nil {
		err = p.run(off)
	}
	if err != nil {
		return nil, err
	}
	sortFaults(p.msg.Faults)
	return p.msg, nil
}

// Parts yields every part, parents before children, in order of place.
func (m *Message) Parts() iter.Seq[*Part] { return slices.Values(m.parts) }

// Part returns the part with a path, or nil.
func (m *Message) Part(path string) *Part {
	for _, p := range m.parts {
		if p.Path == path {
			return p
		}
	}
	return nil
}

// LineEnd returns "\r\n" or "\n": how the message's first line ends.
func (m *Message) LineEnd() string { return m.lineEnd }

// Message returns the message the part belongs to.
func (p *Part) Message() *Message { return p.msg }

// Raw returns the bytes of the whole part, as received.
func (p *Part) Raw() *io.SectionReader { return Section(p.msg.Source, p.Range) }

// Body returns the bytes of the body, as received.
func (p *Part) Body() *io.SectionReader { return Section(p.msg.Source, p.BodyRange) }

// Decoded returns the body with its transfer encoding undone (RFC 2045 §6).
// It is lenient: errors are read errors only. The body of a multipart is never encoded.
func (p *Part) Decoded() io.Reader {
	if p.IsMultipart() {
		return p.Body()
	}
	return p.Encoding.Decode(p.Body())
}

// Canonical returns the whole part, header and body, with every line end as CRLF: the bytes that
// the signature of a multipart/signed covers (RFC 8551 §3.1.1). The reader implements io.WriterTo.
func (p *Part) Canonical() io.Reader { return NewCRLFReader(p.Raw()) }

// IsMultipart tells whether the part was read as a multipart.
func (p *Part) IsMultipart() bool { return p.Boundary != "" }

// IsMessage tells whether the part holds a message that was read as its one child.
func (p *Part) IsMessage() bool { return !p.IsMultipart() && len(p.Children) == 1 }

// FileName returns the name the part proposes for itself: the filename parameter of
// Content-Disposition, else the name parameter of Content-Type, decoded; "" if none.
func (p *Part) FileName() string {
	if name := p.Disposition().Param("filename"); name != "" {
		return name
	}
	return p.Type.Param("name")
}

// Disposition returns Content-Disposition, "inline" or "attachment" in lower case as its Type (RFC 2183).
func (p *Part) Disposition() MediaType {
	t, _ := ParseMediaType(p.Header.Get("Content-Disposition"))
	return t
}
