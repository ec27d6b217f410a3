package eml

import (
	"io"
)

// qpLine is the longest line that is written, without its end (RFC 2045 §6.7 rule 5).
const qpLine = 76

// qpEncoder writes quoted-printable that a signature survives: no line ends in white space, begins with "From " or
// is a single dot, and CR and LF that do not form a line end are encoded: text has CRLF (RFC 2045 §2.10).
type qpEncoder struct {
	w    io.Writer
	out  []byte
	col  int  // column in the present line
	held byte // white space or CR whose form depends on the next byte
	err  error
}

const upperHex = "0123456789ABCDEF"

func (e *qpEncoder) Write(p []byte) (int, error) {
	for i := 0; i < len(p); {
		if e.held == 0 && e.col > 0 {
			if n := plainQP(p[i:min(len(p), i+max(0, qpLine-1-e.col))]); n > 0 {
				e.out = append(e.out, p[i:i+n]...)
				e.col += n
				i += n
				continue
			}
		}
		e.next(p[i])
		i++
		if len(e.out) > bufferSize/2 {
			e.flush()
		}
	}
	e.flush()
	if e.err != nil {
		return 0, e.err
	}
	return len(p), nil
}

// plainQP returns how many bytes stand for themselves anywhere in a line.
func plainQP(p []byte) int {
	for i, c := range p {
		if c <= ' ' || c == '=' || c > '~' {
			return i
		}
	}
	return len(p)
}

// next takes one byte with what was held back before it.
func (e *qpEncoder) next(c byte) {
	if held := e.held; held != 0 {
		e.held = 0
		switch {
		case held == '\r' && c == '\n':
			e.out = append(e.out, crlf...)
			e.col = 0
			return
		case held == '\r' || c == '\r' || c == '\n':
			e.quoted(held)
		default:
			e.plain(held)
		}
	}
	switch {
	case c == ' ' || c == '\t' || c == '\r':
		e.held = c
	case c < ' ' || c == '=' || c > '~':
		e.quoted(c)
	default:
		e.plain(c)
	}
}

func (e *qpEncoder) plain(c byte) {
	e.room(1)
	if e.col == 0 && (c == 'F' || c == '.' || c == '-') {
		e.quoted(c) // "From " of mbox, the dot of SMTP, a delimiter: never at a line's start
		return
	}
	e.out = append(e.out, c)
	e.col++
}

func (e *qpEncoder) quoted(c byte) {
	e.room(3)
	e.out = append(e.out, '=', upperHex[c>>4], upperHex[c&15])
	e.col += 3
}

// room breaks the line softly where n more characters and a "=" would not fit.
func (e *qpEncoder) room(n int) {
	if e.col+n > qpLine-1 {
		e.out = append(e.out, "=\r\n"...)
		e.col = 0
	}
}

func (e *qpEncoder) flush() {
	if e.err == nil && len(e.out) > 0 {
		_, e.err = e.w.Write(e.out)
	}
	e.out = e.out[:0]
}

// Close writes what was held back. It does not close w.
func (e *qpEncoder) Close() error {
	if e.held != 0 {
		e.quoted(e.held)
		e.held = 0
	}
	e.flush()
	return e.err
}
