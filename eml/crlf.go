package eml

import (
	"bytes"
	"io"
)

// crlfBlock is how much is looked at and expanded at a time: it stays in the first-level cache.
const crlfBlock = 16 << 10

// CRLFWriter writes to w with every line end as CRLF.
type CRLFWriter struct {
	w    io.Writer
	last byte // the last byte written so far
	buf  []byte
}

// NewCRLFWriter returns a writer that turns LF without CR into CRLF on its way to w, which may be a hash.
// It holds nothing back, so there is nothing to flush. A CR without LF stays as it is.
func NewCRLFWriter(w io.Writer) *CRLFWriter { return &CRLFWriter{w: w} }

// Write implements io.Writer. Runs that are canonical already reach w without a copy.
func (c *CRLFWriter) Write(p []byte) (int, error) {
	done, start := 0, 0 // p[start:i] is canonical and not written yet
	for i := 0; i < len(p); {
		block := p[i:min(i+crlfBlock, len(p))]
		if canonical(block, c.last) {
			i += len(block)
			c.last = block[len(block)-1]
			continue
		}
		if start < i {
			if _, err := c.w.Write(p[start:i]); err != nil {
				return done, err
			}
			done = i
		}
		c.buf = appendCRLF(c.buf[:0], block, c.last)
		if _, err := c.w.Write(c.buf); err != nil {
			return done, err
		}
		i += len(block)
		done, start = i, i
		c.last = block[len(block)-1]
	}
	if start < len(p) {
		if _, err := c.w.Write(p[start:]); err != nil {
			return done, err
		}
	}
	return len(p), nil
}

// canonical tells whether every LF in p stands after a CR; prev is the byte before p.
//
// Counting a byte runs several times faster than finding each one. Encoded bodies have lines of one
// length, so the places where line ends are expected are looked at, and if there are as many as
// counted, there are no others.
func canonical(p []byte, prev byte) bool {
	first := bytes.IndexByte(p, '\n')
	if first < 0 {
		return true
	}
	if first == 0 && prev != '\r' || first > 0 && p[first-1] != '\r' {
		return false
	}
	second := bytes.IndexByte(p[first+1:], '\n')
	if second < 0 {
		return true
	}
	stride, seen := second+1, 1
	i := first + stride
	for ; i < len(p) && p[i] == '\n' && p[i-1] == '\r'; i += stride {
		seen++
	}
	if i >= len(p) && bytes.Count(p, []byte{'\n'}) == seen {
		return true
	}
	for rest := p[first+1:]; ; {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			return true
		}
		if i == 0 || rest[i-1] != '\r' {
			return false
		}
		rest = rest[i+1:]
	}
}

// appendCRLF appends p with every line end as CRLF; prev is the byte before p.
func appendCRLF(dst, p []byte, prev byte) []byte {
	for {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			return append(dst, p...)
		}
		if i > 0 {
			prev = p[i-1]
			dst = append(dst, p[:i]...)
		}
		if prev != '\r' {
			dst = append(dst, '\r')
		}
		dst = append(dst, '\n')
		prev = '\n'
		p = p[i+1:]
	}
}

// CRLFReader reads with every line end as CRLF. A CR that is not followed by LF is no line end and stays.
type CRLFReader struct {
	r    io.Reader
	last byte
	in   []byte
	out  []byte // expanded and not read yet
	buf  []byte // what out is a part of
	err  error
}

// NewCRLFReader returns a reader of r's bytes with every line end as CRLF.
func NewCRLFReader(r io.Reader) *CRLFReader { return &CRLFReader{r: r} }

// Read implements io.Reader.
func (c *CRLFReader) Read(p []byte) (int, error) {
	for len(c.out) == 0 {
		if c.err != nil {
			return 0, c.err
		}
		if len(p) == 0 {
			return 0, nil
		}
		if c.in == nil {
			c.in = make([]byte, crlfBlock)
		}
		var n int
		n, c.err = c.r.Read(c.in)
		if n == 0 {
			continue
		}
		c.buf = appendCRLF(c.buf[:0], c.in[:n], c.last)
		c.out, c.last = c.buf, c.in[n-1]
	}
	n := copy(p, c.out)
	c.out = c.out[n:]
	return n, nil
}

// WriteTo implements io.WriterTo; it is the fast way.
func (c *CRLFReader) WriteTo(w io.Writer) (int64, error) {
	counted := &countingWriter{w: w}
	if len(c.out) > 0 {
		if _, err := counted.Write(c.out); err != nil {
			return counted.n, err
		}
		c.out = nil
	}
	if c.err != nil && c.err != io.EOF {
		return counted.n, c.err
	}
	crlf := &CRLFWriter{w: counted, last: c.last, buf: c.buf}
	buf := borrow()
	defer giveBack(buf)
	_, err := io.CopyBuffer(crlf, onlyReader{c.r}, *buf)
	c.last, c.err = crlf.last, io.EOF
	return counted.n, err
}

// countingWriter counts what reaches w.
type countingWriter struct {
	w io.Writer
	n int64
}

func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// onlyReader hides other methods, so that io.CopyBuffer uses the buffer given.
type onlyReader struct{ io.Reader }
