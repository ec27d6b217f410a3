package eml

import (
	"bytes"
	"io"

	"github.com/segmentio/asm/base64"
)

// A run of decoding: so many characters are gathered without their line ends, then decoded at once by
// vector code, which is several times faster than line by line.
const (
	decodeRun  = 64 * 76
	decodedRun = decodeRun / 4 * 3
)

// Base64Decoder decodes the base64 of mails (RFC 2045 §6.8).
type Base64Decoder struct {
	Junk         int64 // bytes skipped that are neither alphabet nor white space nor padding
	AfterPadding bool  // data went on after padding
	Incomplete   bool  // the text ended inside a group of four, or a group was closed by padding too early

	r       io.Reader
	buf     []byte // input buffer
	in      []byte // input not gathered yet, part of buf
	full    bool   // the last read filled buf: there is more than a little
	err     error  // from r
	stride  int    // length of the last line seen whole, with its line end
	flat    [decodeRun + wide]byte
	carry   int // characters of an open group of four, at the start of flat
	padded  bool
	out     []byte // decoded and not read yet
	outBuf  []byte // what out is a part of
	drained bool
}

// NewBase64Decoder returns a decoder that skips white space and, as RFC 2045 §6.8 demands, all bytes
// outside the alphabet, and counts these. Errors are those of r.
func NewBase64Decoder(r io.Reader) *Base64Decoder { return &Base64Decoder{r: r} }

// Read implements io.Reader.
func (d *Base64Decoder) Read(p []byte) (int, error) {
	if len(d.out) == 0 {
		if len(p) >= decodedRun {
			return d.fill(p)
		}
		if len(p) == 0 {
			return 0, nil
		}
		if d.outBuf == nil {
			d.outBuf = make([]byte, decodedRun)
		}
		n, err := d.fill(d.outBuf)
		if n == 0 {
			return 0, err
		}
		d.out = d.outBuf[:n]
	}
	n := copy(p, d.out)
	d.out = d.out[n:]
	return n, nil
}

// WriteTo implements io.WriterTo.
func (d *Base64Decoder) WriteTo(w io.Writer) (int64, error) {
	var total int64
	if len(d.out) > 0 {
		n, err := w.Write(d.out)
		total += int64(n)
		if err != nil {
			return total, err
		}
		d.out = nil
	}
	buf := borrow()
	defer giveBack(buf)
	for {
		n, err := d.fill(*buf)
		if n > 0 {
			k, err := w.Write((*buf)[:n])
			total += int64(k)
			if err != nil {
				return total, err
			}
		}
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

// fill decodes runs into p, which holds at least one, until p is full. It returns an error only with no bytes.
func (d *Base64Decoder) fill(p []byte) (int, error) {
	n := 0
	for len(p)-n >= decodedRun {
		chars, ok := d.gather()
		if !ok {
			break
		}
		n += d.decode(p[n:], d.flat[:chars])
	}
	if n > 0 {
		return n, nil
	}
	if d.err == io.EOF && !d.drained {
		d.drained = true
		if n = d.closeGroup(p); n > 0 {
			return n, nil
		}
	}
	return 0, d.err
}

// gather moves characters without line ends to flat, after the open group, and returns how many stand there.
// It returns false when the input has ended.
func (d *Base64Decoder) gather() (int, bool) {
	n := d.carry
	for n < decodeRun {
		if len(d.in) == 0 && !d.more() {
			break
		}
		if n = d.gatherRegular(n); len(d.in) == 0 || n == decodeRun {
			continue
		}
		line, skip := d.in, len(d.in)
		if i := bytes.IndexByte(line[:min(len(line), decodeRun+2)], '\n'); i >= 0 {
			line, skip, d.stride = line[:i], i+1, i+1
		}
		if k := len(line); k > 0 && line[k-1] == '\r' {
			line = line[:k-1]
		}
		if room := decodeRun - n; len(line) > room {
			line, skip = line[:room], room
		}
		n += copy(d.flat[n:decodeRun], line)
		d.in = d.in[skip:]
	}
	return n, n > d.carry
}

// gatherRegular moves lines as long as the last one. It only guesses: a line end inside such a line is moved
// along, and decode treats it as the white space it is.
func (d *Base64Decoder) gatherRegular(n int) int {
	in, stride := d.in, d.stride
	if stride < 3 {
		return n
	}
	for stride <= len(in) && n+stride <= decodeRun && in[stride-1] == '\n' {
		line := stride - 1
		if in[stride-2] == '\r' {
			line--
		}
		if line <= wide && len(in) >= wide {
			copyWide((*[wide]byte)(d.flat[n:]), (*[wide]byte)(in))
		} else {
			copy(d.flat[n:], in[:line])
		}
		n += line
		in = in[stride:]
	}
	d.in = in
	return n
}

// more reads input. It returns false at its end.
func (d *Base64Decoder) more() bool {
	switch {
	case d.buf == nil:
		d.buf = make([]byte, decodeRun) // enough for most signatures
	case d.full && len(d.buf) == decodeRun:
		d.buf = make([]byte, bufferSize/2)
	}
	for d.err == nil {
		var n int
		n, d.err = d.r.Read(d.buf)
		if n > 0 {
			d.in, d.full = d.buf[:n], n == len(d.buf)
			return true
		}
	}
	return false
}

// decode decodes whole groups of chars to p and keeps an open group.
func (d *Base64Decoder) decode(p, chars []byte) int {
	whole := len(chars) &^ 3
	if !d.padded {
		n, err := base64.StdEncoding.Decode(p, chars[:whole])
		if err == nil && n == whole/4*3 && regular(chars[whole:]) {
			d.carry = copy(d.flat[:], chars[whole:])
			return n
		}
	}
	return d.decodeSlowly(p, chars)
}

// regular tells whether the rest of a run is of the alphabet.
func regular(rest []byte) bool {
	for _, c := range rest {
		if base64Value(c) > 63 {
			return false
		}
	}
	return true
}

// decodeSlowly looks at each character: white space, junk and padding may stand anywhere.
func (d *Base64Decoder) decodeSlowly(p, chars []byte) int {
	n, group, bits := 0, 0, uint32(0)
	for _, c := range chars {
		v := base64Value(c)
		switch {
		case v < 64:
			if d.padded {
				d.padded, d.AfterPadding = false, true
			}
			d.flat[group] = c // for carry; group never runs ahead of what was read
			bits = bits<<6 | uint32(v)
			if group++; group == 4 {
				p[n], p[n+1], p[n+2] = byte(bits>>16), byte(bits>>8), byte(bits)
				n, group, bits = n+3, 0, 0
			}
		case c == '=':
			if group == 1 {
				d.Incomplete = true
			}
			n += partial(p[n:], bits, group)
			d.padded = d.padded || group > 1
			group, bits = 0, 0
		case c != ' ' && c != '\t' && c != '\r' && c != '\n':
			d.Junk++
		}
	}
	d.carry = group
	return n
}

// partial writes the whole bytes of an open group.
func partial(p []byte, bits uint32, group int) int {
	switch group {
	case 2:
		p[0] = byte(bits >> 4)
		return 1
	case 3:
		p[0], p[1] = byte(bits>>10), byte(bits>>2)
		return 2
	}
	return 0
}

// closeGroup writes what the text left open: lost padding is common.
func (d *Base64Decoder) closeGroup(p []byte) int {
	if d.carry == 0 {
		return 0
	}
	d.Incomplete = true
	bits := uint32(0)
	for _, c := range d.flat[:d.carry] {
		bits = bits<<6 | uint32(base64Value(c))
	}
	return partial(p, bits, d.carry)
}

// base64Value returns the value of a character of RFC 4648 table 1, or 255.
func base64Value(c byte) byte {
	switch {
	case c >= 'A' && c <= 'Z':
		return c - 'A'
	case c >= 'a' && c <= 'z':
		return c - 'a' + 26
	case c >= '0' && c <= '9':
		return c - '0' + 52
	case c == '+':
		return 62
	case c == '/':
		return 63
	}
	return 255
}
