package der

import "io"

// Octets consumes the next element, which must have the tag, and returns a reader of its contents:
// those of a primitive string, or those of all its segments at any nesting, joined (X.690 §8.7.3).
// The segments are OCTET STRINGs whatever the tag of the whole is. It must be read to io.EOF before the
// Reader is used again; until then every other call fails. It implements io.WriterTo, which writes out of
// the Reader's own buffer.
func (r *Reader) Octets(t Tag) (io.Reader, error) {
	h, n, err := r.peek()
	if err == ErrEnd {
		return nil, r.fail(syntax(r.off, "%v is missing", t))
	}
	if err != nil {
		return nil, err
	}
	if h.Tag != t {
		return nil, r.fail(syntax(r.off, "%v where %v is expected", h.Tag, t))
	}
	o := &octets{r: r, base: len(r.stack)}
	if err := r.open(h, n); err != nil {
		return nil, err
	}
	r.busy = true
	o.begin(h)
	return o, nil
}

// octets reads the contents of a string.
type octets struct {
	r    *Reader
	base int   // open elements around the string
	left int64 // octets of the current segment
	done bool  // the Reader is past the string
}

// begin starts on the contents of the element that was just opened, if they are not segments in turn.
func (o *octets) begin(h Header) {
	if !h.Constructed {
		o.left = h.Length
		o.r.stack = o.r.stack[:len(o.r.stack)-1]
	}
}

// next moves to a segment with octets left. It returns io.EOF after the last.
func (o *octets) next() error {
	for o.left == 0 {
		if o.done || len(o.r.stack) <= o.base {
			o.finish()
			return io.EOF
		}
		h, n, err := o.r.look()
		switch {
		case err == ErrEnd:
			err = o.r.leave(h, n, err)
		case err == nil && h.Tag != OctetString:
			err = o.r.fail(syntax(o.r.off, "%v inside a constructed string", h.Tag))
		case err == nil:
			err = o.enter(h, n)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// enter opens a segment. One with contents is paid for by its octets and does not count as an element:
// senders that stream write a segment for every kilobyte, and there is no limit on content.
func (o *octets) enter(h Header, n int) (err error) {
	if h.Constructed || h.Length == 0 {
		err = o.r.open(h, n)
	} else {
		err = o.r.push(h, n)
	}
	if err == nil {
		o.begin(h)
	}
	return err
}

// directRead is the size from which a Read goes past the buffer.
const directRead = 4 << 10

// Read implements io.Reader. Large reads go from the source straight to p.
func (o *octets) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if o.r.err != nil {
		return 0, o.r.err
	}
	if err := o.next(); err != nil {
		return 0, err
	}
	if int64(len(p)) > o.left {
		p = p[:o.left]
	}
	r := o.r
	if r.w == r.r && len(p) >= directRead {
		return o.direct(p)
	}
	if err := r.need(); err != nil {
		return 0, err
	}
	n := copy(p, r.buf[r.r:r.w])
	r.advance(n)
	o.left -= int64(n)
	return n, nil
}

// direct reads from the source into p, which is not longer than the segment.
func (o *octets) direct(p []byte) (int, error) {
	r := o.r
	n, err := r.src.Read(p)
	r.off += int64(n)
	o.left -= int64(n)
	switch {
	case n > 0 && err == io.EOF:
		err = nil // it comes again where more is needed
	case err == io.EOF:
		err = r.fail(truncated(r.off, "the input ends inside an element"))
	case err != nil:
		err = r.fail(err)
	}
	return n, err
}

// WriteTo implements io.WriterTo.
func (o *octets) WriteTo(w io.Writer) (total int64, err error) {
	r := o.r
	for {
		if r.err != nil {
			return total, r.err
		}
		if err := o.next(); err == io.EOF {
			return total, nil
		} else if err != nil {
			return total, err
		}
		if err := r.need(); err != nil {
			return total, err
		}
		k := int(min(o.left, int64(r.w-r.r)))
		n, err := w.Write(r.buf[r.r : r.r+k])
		total += int64(n)
		r.advance(n)
		o.left -= int64(n)
		if err != nil {
			return total, err
		}
	}
}

// finish gives the Reader back, once.
func (o *octets) finish() {
	if !o.done {
		o.done, o.r.busy = true, false
	}
}
