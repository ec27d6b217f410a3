package der

import (
	"errors"
	"io"

	"github.com/waxwing-mail/waxwing/limit"
)

// Skip consumes the next element.
func (r *Reader) Skip() error {
	base := len(r.stack)
	for {
		err := r.step()
		if err == ErrEnd && len(r.stack) > base {
			err = r.Leave()
		}
		if err == ErrEnd {
			return r.fail(syntax(r.off, "an element is missing"))
		}
		if err != nil || len(r.stack) == base {
			return err
		}
	}
}

// step consumes the next element of definite length, or the header of one of indefinite length.
func (r *Reader) step() error {
	h, n, err := r.peek()
	if err != nil {
		return err
	}
	if h.Length < 0 {
		return r.open(h, n)
	}
	if err := r.budget.Take(limit.Elements, 1); err != nil {
		return r.fail(err)
	}
	r.advance(n)
	return r.discard(h.Length)
}

// discard consumes n octets of contents, a buffer at a time, so that memory grows with what is there and
// not with what a header promises.
func (r *Reader) discard(n int64) error {
	for n > 0 {
		if err := r.need(); err != nil {
			return err
		}
		k := int(min(n, int64(r.w-r.r)))
		if r.keep {
			if err := r.budget.Take(limit.Bytes, int64(k)); err != nil {
				return r.fail(err)
			}
		}
		r.advance(k)
		n -= int64(k)
	}
	return nil
}

// need makes sure that at least one octet is buffered.
func (r *Reader) need() error {
	if r.w > r.r {
		return nil
	}
	err := r.fill(1)
	if r.w > r.r {
		return nil
	}
	if errors.Is(err, io.EOF) {
		err = truncated(r.off, "the input ends inside an element")
	}
	return r.fail(err)
}

// Value consumes the next element and returns it as received. Its contents are taken from limit.Bytes;
// an element of more than limit octets is an error.
func (r *Reader) Value(most int64) ([]byte, error) {
	h, _, err := r.peek()
	if err == ErrEnd {
		return nil, r.fail(syntax(r.off, "an element is missing"))
	}
	if err != nil {
		return nil, err
	}
	if h.Length > most {
		return nil, r.fail(&limit.Error{What: limit.Bytes, Max: most})
	}
	r.keep, r.kept = true, make([]byte, 0, min(max(h.Length, 0)+16, readerBuffer))
	err = r.Skip()
	raw := r.kept
	r.keep, r.kept = false, nil
	if err == nil && int64(len(raw)) > most+maxHeader {
		err = r.fail(&limit.Error{What: limit.Bytes, Max: most})
	}
	if err != nil {
		return nil, err
	}
	return raw, nil
}
