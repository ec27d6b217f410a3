package eml

import (
	"bytes"
	"io"
)

// qpDecoder undoes quoted-printable (RFC 2045 §6.7), leniently: hexadecimal digits in any case, white space after
// a soft line break's "=", and an "=" that means nothing stays as it is.
type qpDecoder struct {
	r   io.Reader
	buf []byte // input; buf[pos:end] is not decoded yet
	pos int
	end int
	err error
	out []byte // decoded and not read yet
	mem []byte // what out is a part of
}

func (d *qpDecoder) Read(p []byte) (int, error) {
	for len(d.out) == 0 {
		if len(p) == 0 {
			return 0, nil
		}
		if !d.step() {
			return 0, d.err
		}
	}
	n := copy(p, d.out)
	d.out = d.out[n:]
	return n, nil
}

// step decodes what is buffered, up to the last whole line. It returns false at the end.
func (d *qpDecoder) step() bool {
	line := bytes.LastIndexByte(d.buf[d.pos:d.end], '\n')
	for line < 0 && d.err == nil {
		d.more()
		line = bytes.LastIndexByte(d.buf[d.pos:d.end], '\n')
		if line < 0 && d.end-d.pos > bufferSize/2 {
			line = safeCut(d.buf[d.pos:d.end])
			break
		}
	}
	if line < 0 {
		line = d.end - d.pos - 1
	}
	in := d.buf[d.pos : d.pos+line+1]
	d.pos += len(in)
	d.out = appendQPDecoded(d.mem[:0], in, d.pos == d.end && d.err != nil)
	d.mem = d.out
	return len(in) > 0
}

// more reads behind what is left.
func (d *qpDecoder) more() {
	if d.buf == nil {
		d.buf = make([]byte, bufferSize)
	}
	d.end = copy(d.buf, d.buf[d.pos:d.end])
	d.pos = 0
	var n int
	n, d.err = d.r.Read(d.buf[d.end:])
	d.end += n
}

// safeCut returns the index of a byte in an endless line after which it may be cut: neither inside "=XX" nor
// inside white space, whose meaning the rest of the line decides.
func safeCut(p []byte) int {
	for i := len(p) - 1; i >= 2; i-- {
		if c := p[i]; c != '=' && c != ' ' && c != '\t' && c != '\r' && p[i-1] != '=' && p[i-2] != '=' {
			return i
		}
	}
	return len(p) - 1 // nothing but "=" and white space: no meaning to lose
}

// appendQPDecoded decodes whole lines; the last may lack its end. last says that no more text follows.
func appendQPDecoded(dst, p []byte, last bool) []byte {
	for len(p) > 0 {
		line, end := p, []byte(nil)
		if i := bytes.IndexByte(p, '\n'); i >= 0 {
			line, end, p = p[:i], p[i:i+1], p[i+1:]
			if i > 0 && line[i-1] == '\r' {
				line, end = line[:i-1], crlf
			}
		} else {
			p = nil
		}
		if end != nil || last {
			line = bytes.TrimRight(line, " \t") // RFC 2045 §6.7 rule 3: added on the way
		}
		if n := len(line); n > 0 && line[n-1] == '=' && (end != nil || last) {
			line, end = line[:n-1], nil // rule 5: soft line break
		}
		dst = append(appendQPLine(dst, line), end...)
	}
	return dst
}

var crlf = []byte("\r\n")

func appendQPLine(dst, line []byte) []byte {
	for {
		i := bytes.IndexByte(line, '=')
		if i < 0 {
			return append(dst, line...)
		}
		dst = append(dst, line[:i]...)
		line = line[i:]
		if len(line) >= 3 && hexValue(line[1]) < 16 && hexValue(line[2]) < 16 {
			dst = append(dst, hexValue(line[1])<<4|hexValue(line[2]))
			line = line[3:]
			continue
		}
		dst = append(dst, '=')
		line = line[1:]
	}
}

// hexValue returns the value of a hexadecimal digit, or 255.
func hexValue(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	}
	return 255
}
