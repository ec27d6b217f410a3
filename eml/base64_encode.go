package eml

import (
	"fmt"
	"io"

	"github.com/segmentio/asm/base64"
)

// LineEnd is how written lines end.
type LineEnd string

// The line ends.
const (
	CRLF LineEnd = "\r\n"
	LF   LineEnd = "\n"
)

// encodeLines is how many lines are encoded in one run. The vector code behind base64.StdEncoding needs long runs;
// the result is then cut into lines by copying.
const encodeLines = 64

// base64Encoder collects input for whole runs.
type base64Encoder struct {
	w       io.Writer
	columns int
	end     LineEnd
	in      []byte // less than one run of input
	flat    []byte // one run encoded, without line ends
	out     []byte // lines to be written
	err     error
}

// NewBase64Encoder returns a writer of base64 in lines of columns characters (76, 72 or 64; a multiple of 4),
// each ended by end. Close writes the last line, and does not close w.
func NewBase64Encoder(w io.Writer, columns int, end LineEnd) io.WriteCloser {
	if columns <= 0 || columns%4 != 0 || columns > 996 { // RFC 5322 §2.1.1: 998
		panic(fmt.Sprintf("eml: base64 lines of %d columns", columns))
	}
	e := &base64Encoder{w: w, columns: columns, end: end}
	e.in = make([]byte, 0, encodeLines*columns/4*3)
	e.flat = make([]byte, encodeLines*columns)
	e.out = make([]byte, 0, 2*e.runLength())
	return e
}

// Write implements io.Writer.
func (e *base64Encoder) Write(p []byte) (int, error) {
	written := len(p)
	if len(e.in) > 0 {
		n := min(cap(e.in)-len(e.in), len(p))
		e.in = append(e.in, p[:n]...)
		p = p[n:]
		if len(e.in) == cap(e.in) {
			e.run(e.in)
			e.in = e.in[:0]
		}
	}
	for len(p) >= cap(e.in) {
		e.run(p[:cap(e.in)])
		p = p[cap(e.in):]
	}
	if len(p) > 0 {
		e.in = append(e.in, p...)
	}
	if e.err != nil {
		return 0, e.err
	}
	return written, nil
}

// run encodes p, whose length is that of whole lines except at the end of everything.
func (e *base64Encoder) run(p []byte) {
	n := base64.StdEncoding.EncodedLen(len(p))
	base64.StdEncoding.Encode(e.flat[:n], p)
	e.cut(e.flat[:n])
	if len(e.out)+e.runLength() > cap(e.out) {
		e.flush()
	}
}

// cut appends a run to out, line by line.
func (e *base64Encoder) cut(flat []byte) {
	out, n := e.out[:cap(e.out)], len(e.out)
	for len(flat) > 0 {
		c := min(e.columns, len(flat))
		if c <= wide && len(flat) >= wide {
			copyWide((*[wide]byte)(out[n:]), (*[wide]byte)(flat))
		} else {
			copy(out[n:], flat[:c])
		}
		n += c
		n += copy(out[n:], e.end)
		flat = flat[c:]
	}
	e.out = out[:n]
}

// runLength returns the most that cut needs.
func (e *base64Encoder) runLength() int { return encodeLines*(e.columns+len(e.end)) + wide }

func (e *base64Encoder) flush() {
	if e.err == nil && len(e.out) > 0 {
		_, e.err = e.w.Write(e.out)
	}
	e.out = e.out[:0]
}

// Close writes what is left.
func (e *base64Encoder) Close() error {
	e.run(e.in)
	e.in = e.in[:0]
	e.flush()
	return e.err
}
