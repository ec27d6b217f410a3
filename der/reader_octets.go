package der

import "io"

// Octets consumes the next element, which must have the tag, and returns a reader of its contents:
// those of a primitive string, or those of all its segments at any nesting, joined (X.690 §8.7.3).
// The segments are OCTET STRINGs whatever the tag of the whole is. It must be read to io.EOF before the
// Reader is used again. It implements io.WriterTo, which copies nothing.
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
	return o, o.begin(h, n)
}

// octets reads the contents of a string.
type octets struct {
	r    *Reader
	base int   // open elements around the string
	left int64 // octets of the current segment
	done bool
}

// begin enters a constructed string or starts on the contents of a primitive one.
func (o *octets) begin(h Header, n int) error {
	if err := o.r.open(h, n); err != nil {
		return err
	}
	if !h.Constructed {
		o.left = h.Length
		o.r.stack = o.r.stack[:len(o.r.stack)-1]
		o.done = len(o.r.stack) == o.base
	}
	return nil
}

// next moves to a segment with octets left. It returns io.EOF after the last.
func (o *octets) next() error {
	for o.left == 0 {
		if o.done {
			return io.EOF
		}
		h, n, err := o.r.peek()
		switch {
		case err == ErrEnd:
			if err = o.r.Leave(); err != nil {
				return err
			}
			o.done = len(o.r.stack) == o.base
			continue
		case err != nil:
			return err
		case h.Tag != OctetString:
			return o.r.fail(syntax(o.r.off, "%v inside a constructed string", h.Tag))
		}
		if err = o.begin(h, n); err != nil {
			return err
		}
	}
	return nil
}

// Read implements io.Reader. Large reads go from the source straight to p.
func (o *octets) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if err := o.next(); err != nil {
		return 0, err
	}
	if int64(len(p)) > o.left {
		p = p[:o.left]
	}
	r := o.r
	if r.w == r.r && len(p) >= len(r.buf)/2 {
		n, err := r.src.Read(p)
		r.off += int64(n)
		o.left -= int64(n)
		if err == io.EOF && n == 0 {
			err = r.fail(truncated(r.off, "the input ends inside an element"))
		} else if err == io.EOF {
			err = nil // it comes again
		}
		return n, err
	}
	if err := r.need(); err != nil {
		return 0, err
	}
	n := copy(p, r.buf[r.r:r.w])
	r.advance(n)
	o.left -= int64(n)
	return n, nil
}

// WriteTo implements io.WriterTo.
func (o *octets) WriteTo(w io.Writer) (total int64, err error) {
	r := o.r
	for {
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
		if err != nil {
			return total, err
		}
		r.advance(k)
		o.left -= int64(k)
	}
}
