package relay

import (
	"bytes"
	"io"
)

// place is where the last byte left the reader of lines.
type place byte

const (
	lineStart place = iota
	inLine
	afterCR
	afterDot   // a dot at the start of a line, not written yet
	afterDotCR // and a CR after it
)

// unstuffer takes what follows DATA in pieces of any size, undoes the dots (RFC 5321 §4.5.2) and stops after the line with
// the one dot. Only CRLF ends a line: a LF or a CR alone is noted and never read as an end (RFC 5321 §2.3.8).
type unstuffer struct {
	w      io.Writer
	at     place
	bareLF bool
	bareCR bool
	err    error // of w; the reading goes on to the end
}

// feed takes b and returns how much of it belongs to the message, and whether the message ended there.
func (u *unstuffer) feed(b []byte) (int, bool) {
	i, run := 0, 0 // b[run:i] is to be written
	for i < len(b) {
		switch {
		case u.at == afterDot || u.at == afterDotCR:
			if done := u.dot(b[i]); done {
				return i + 1, true
			}
			run = i
			if u.at == afterDotCR { // this CR may belong to the end
				run = i + 1
			}
			i++
		case u.at == lineStart && b[i] == '.':
			u.put(b[run:i])
			u.at = afterDot
			i++
			run = i
		default:
			i = u.line(b, i)
		}
	}
	u.put(b[run:])
	return len(b), false
}

// dot decides about the byte after a dot that began a line.
func (u *unstuffer) dot(c byte) (done bool) {
	switch {
	case u.at == afterDot && c == '\r':
		u.at = afterDotCR
		return false
	case u.at == afterDotCR && c == '\n':
		u.at = lineStart
		return true
	case u.at == afterDotCR: // the CR ended no line, it is content
		u.bareCR = true
		u.put([]byte("\r"))
	}
	switch c {
	case '\n':
		u.bareLF = true
		u.at = inLine
	case '\r':
		u.at = afterCR
	default:
		u.at = inLine
	}
	return false
}

// line goes from i to the end of the line or of b, and returns where that is.
func (u *unstuffer) line(b []byte, i int) int {
	n := bytes.IndexByte(b[i:], '\n')
	if n < 0 {
		rest := b[i:]
		if u.at == afterCR || bytes.IndexByte(rest[:len(rest)-1], '\r') >= 0 {
			u.bareCR = true
		}
		u.at = inLine
		if rest[len(rest)-1] == '\r' {
			u.at = afterCR
		}
		return len(b)
	}
	line := b[i : i+n]
	ended := false
	switch {
	case n == 0:
		ended = u.at == afterCR
	default:
		if u.at == afterCR || bytes.IndexByte(line[:n-1], '\r') >= 0 {
			u.bareCR = true
		}
		ended = line[n-1] == '\r'
	}
	u.at = lineStart
	if !ended {
		u.bareLF = true
		u.at = inLine // so that no dot after it is taken for a stuffed one, or for the end
	}
	return i + n + 1
}

func (u *unstuffer) put(b []byte) {
	if u.err == nil && len(b) > 0 {
		_, u.err = u.w.Write(b)
	}
}

// stuffer writes a message as DATA wants it. A CR or LF alone is an error, before the byte is written: a next hop might read it as the end.
type stuffer struct {
	w  io.Writer
	at place // lineStart, inLine or afterCR
}

// errBareLine says that the message cannot be sent by DATA.
type errBareLine struct{}

func (errBareLine) Error() string { return "the message has a CR or LF that ends no line" }

// Write implements io.Writer.
func (s *stuffer) Write(b []byte) (int, error) {
	i, run := 0, 0
	for i < len(b) {
		if s.at == lineStart && b[i] == '.' {
			if err := s.put(b[run:i], "."); err != nil {
				return run, err
			}
			run = i
		}
		rest := b[i:]
		n := bytes.IndexByte(rest, '\n')
		if n < 0 {
			n = len(rest)
		}
		line := rest[:n]
		if s.at == afterCR && n > 0 || n > 0 && bytes.IndexByte(line[:n-1], '\r') >= 0 {
			return run, errBareLine{}
		}
		cr := n > 0 && line[n-1] == '\r' || n == 0 && s.at == afterCR
		if n == len(rest) {
			s.at = inLine
			if cr {
				s.at = afterCR
			}
			break
		}
		if !cr {
			return run, errBareLine{}
		}
		s.at = lineStart
		i += n + 1
	}
	return len(b), s.put(b[run:], "")
}

func (s *stuffer) put(b []byte, dot string) error {
	if _, err := s.w.Write(b); err != nil {
		return err
	}
	if dot == "" {
		return nil
	}
	_, err := io.WriteString(s.w, dot)
	return err
}

// end writes what ends the message, with a line end where the last line has none.
func (s *stuffer) end() ([]byte, error) {
	switch s.at {
	case afterCR:
		return nil, errBareLine{}
	case inLine:
		return []byte("\r\n.\r\n"), nil
	}
	return []byte(".\r\n"), nil
}
