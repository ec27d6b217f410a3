package smime

import (
	"bytes"
	"io"
	"strings"

	"github.com/waxwing-mail/waxwing/eml"
)

// entity is what a cryptographic layer wraps, and the header fields that stay on its outside.
type entity struct {
	part   *eml.Part
	outer  []eml.Field // outside: everything that does not describe the body
	fields []eml.Field // inside: Content-* and what Protection put there
	end    string      // line end of the message as it is stored
}

// newEntity splits a message into its body with the fields that describe it, and the rest
// (RFC 8551 §3.1: "the header fields are not part of the MIME entity").
func newEntity(m *eml.Message, p *Protection) (*entity, error) {
	e := &entity{part: m.Root, end: m.LineEnd()}
	for _, f := range m.Root.Header.Fields {
		switch {
		case f.Is("MIME-Version"): // written anew outside
		case structural(f):
			e.fields = append(e.fields, f)
		default:
			e.outer = append(e.outer, f)
		}
	}
	if p == nil {
		return e, nil
	}
	return e, p.apply(e)
}

// writeBody writes the entity in canonical form: CRLF line ends, encoded so that transport leaves
// it alone (RFC 8551 §3.1.1 to §3.1.3). It writes the same bytes each time.
func (e *entity) writeBody(w io.Writer) error { return eml.WriteSignable(w, e.part, e.fields) }

// size returns how many bytes writeBody writes.
func (e *entity) size() (int64, error) {
	var n counter
	err := e.writeBody(&n)
	return int64(n), err
}

// counter is a writer that counts.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// writeOuter writes the header of the new message: the fields that stay outside as they are, and
// those that describe the new body. Lines end as e.end says.
func (e *entity) writeOuter(w io.Writer, fields ...string) error {
	var b strings.Builder
	for _, f := range e.outer {
		b.WriteString(strings.TrimRight(string(f.Raw), "\r\n"))
		b.WriteString("\r\n")
	}
	b.WriteString("MIME-Version: 1.0\r\n")
	for _, f := range fields {
		b.WriteString(f)
		b.WriteString("\r\n")
	}
	b.WriteString("\r\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// lines returns a writer to w for text with CRLF, which stores line ends as the message does.
func (e *entity) lines(w io.Writer) io.Writer {
	if e.end == "\n" {
		return &lfWriter{w: w}
	}
	return w
}

// lfWriter stores CRLF as LF. A CR that no LF follows stays.
type lfWriter struct {
	w       io.Writer
	pending bool // a CR was held back
	buf     []byte
}

func (l *lfWriter) Write(p []byte) (int, error) {
	out := l.buf[:0]
	for rest := p; len(rest) > 0; {
		if l.pending && rest[0] != '\n' {
			out = append(out, '\r')
		}
		l.pending = false
		i := bytes.IndexByte(rest, '\r')
		if i < 0 {
			out = append(out, rest...)
			break
		}
		out = append(out, rest[:i]...)
		l.pending = true
		rest = rest[i+1:]
	}
	l.buf = out
	if _, err := l.w.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}
