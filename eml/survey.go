package eml

import (
	"bytes"
	"encoding/binary"
)

// longestLine is the most a line may have without its end (RFC 5322 §2.1.1).
const longestLine = 998

// Survey is what a body contains, as far as the choice of a transfer encoding needs it.
// It is an io.Writer: write the body into it.
type Survey struct {
	Size       int64
	NonASCII   int64 // bytes above 126 and control characters other than tab, CR, LF
	NUL        bool
	BareCR     bool // CR not followed by LF
	BareLF     bool // LF not after CR
	LongLine   bool // more than 998 bytes
	TrailingWS bool // white space before a line end or at the end
	FromLine   bool // a line that begins with "From "

	col    int  // bytes in the present line
	blank  bool // it ends in white space so far
	head   [5]byte
	last   byte
	stride int // length of the last line with its end
}

// Write surveys more of the body.
func (s *Survey) Write(p []byte) (int, error) {
	s.Size += int64(len(p))
	for rest := p; len(rest) > 0; {
		n := 0
		if s.col == 0 && s.last != '\r' {
			n = s.plainLine(rest)
		}
		if n == 0 {
			n = s.slowLine(rest)
		}
		rest = rest[n:]
	}
	return len(p), nil
}

// plainLine recognises a line that stands whole in p and has nothing worth telling, and returns its length.
// Lines of encoded bodies are all of one length, so that is tried before a line end is searched for.
func (s *Survey) plainLine(p []byte) int {
	n := s.stride
	if n < 2 || n > len(p) || p[n-1] != '\n' {
		if n = bytes.IndexByte(p[:min(len(p), longestLine+2)], '\n') + 1; n == 0 {
			return 0
		}
		s.stride = n
	}
	text := p[:n-1]
	if k := len(text); k > 0 && text[k-1] == '\r' {
		text = text[:k-1]
	} else {
		s.BareLF = true
	}
	if len(text) > longestLine || !printable(text) || bytes.HasPrefix(text, []byte("From ")) {
		return 0
	}
	if k := len(text); k > 0 && text[k-1] == ' ' {
		return 0
	}
	s.last = '\n'
	return n
}

// printable tells whether every byte is in the range of space to tilde, eight at a time:
// adding 1 sets the high bit of 127, subtracting 32 that of a control character.
func printable(p []byte) bool {
	const ones, spaces, high = 0x0101010101010101, 0x2020202020202020, 0x8080808080808080
	for ; len(p) >= 8; p = p[8:] {
		x := binary.LittleEndian.Uint64(p)
		if (x|(x+ones)|(x-spaces))&high != 0 {
			return false
		}
	}
	for _, c := range p {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// slowLine looks at each byte up to the next line end.
func (s *Survey) slowLine(p []byte) int {
	for i, c := range p {
		if s.last == '\r' && c != '\n' {
			s.BareCR = true
		}
		if c == '\n' {
			s.endLine()
			return i + 1
		}
		if s.col < len(s.head) {
			s.head[s.col] = c
			s.FromLine = s.FromLine || s.col == 4 && string(s.head[:]) == "From "
		}
		if s.col++; s.col > longestLine && !(s.col == longestLine+1 && c == '\r') {
			s.LongLine = true
		}
		switch {
		case c == 0:
			s.NUL = true
			s.NonASCII++
		case c > '~' || c < ' ' && c != '\t' && c != '\r':
			s.NonASCII++
		}
		if c != '\r' { // a CR may stand between white space and the line's end
			s.blank = c == ' ' || c == '\t'
		}
		s.last = c
	}
	return len(p)
}

func (s *Survey) endLine() {
	s.BareLF = s.BareLF || s.last != '\r'
	s.TrailingWS = s.TrailingWS || s.blank
	s.col, s.last, s.blank = 0, '\n', false
}

// transportable tells whether the text reaches every recipient unchanged: seven bits, short lines, nothing that a
// mailbox or a gateway rewrites (RFC 8551 §3.1.3; STANDARDS item 24). A bare LF does no harm to text, which is
// written with CRLF.
func (s *Survey) transportable() bool {
	return s.NonASCII == 0 && !s.NUL && !s.BareCR && !s.LongLine && !s.TrailingWS && !s.FromLine &&
		!s.blank && s.last != '\r'
}

// ForSigning returns the encoding that survives transport unchanged: 7bit where nothing on the way has a reason to
// touch the text, quoted-printable where most of it stays readable, else base64.
func (s *Survey) ForSigning() Encoding {
	switch {
	case s.transportable():
		return SevenBit
	case s.NUL || s.NonASCII > s.Size/6: // base64 costs a third, quoted-printable two more bytes each
		return Base64
	}
	return QuotedPrintable
}
