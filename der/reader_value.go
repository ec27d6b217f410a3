package der

import (
	"errors"
	"io"

	"github.com/waxwing-mail/waxwing/limit"
)

// Value consumes the next element and returns it as received, header included. Its octets are taken from
// limit.Bytes; an element of more than most octets is a *limit.Error too. Memory grows with the octets
// that are there, not with the length that a header promises.
func (r *Reader) Value(most int64) ([]byte, error) {
	h, n, err := r.peek()
	if err == ErrEnd {
		return nil, r.fail(syntax(r.off, "an element is missing"))
	}
	if err != nil {
		return nil, err
	}
	if h.Length > most-int64(n) {
		return nil, r.fail(&limit.Error{What: limit.Bytes, Max: most})
	}
	k := &kept{b: make([]byte, 0, min(max(h.Length, 0)+int64(n), smallBuffer)), most: most}
	r.kept = k
	err = r.Skip()
	r.kept = nil
	if err != nil {
		return nil, err
	}
	return k.b, nil
}

// kept is an element that Value collects.
type kept struct {
	b    []byte
	most int64
}

// keep pays for n octets before advance adds them to what Value collects.
func (r *Reader) keep(n int) error {
	if r.kept == nil {
		return nil
	}
	if int64(len(r.kept.b)+n) > r.kept.most {
		return r.fail(&limit.Error{What: limit.Bytes, Max: r.kept.most})
	}
	if err := r.budget.Take(limit.Bytes, int64(n)); err != nil {
		return r.fail(err)
	}
	return nil
}

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
	if err := r.keep(n); err != nil {
		return err
	}
	r.advance(n)
	return r.discard(h.Length)
}

// discard consumes n octets of contents, a buffer at a time.
func (r *Reader) discard(n int64) error {
	for n > 0 {
		if err := r.need(); err != nil {
			return err
		}
		k := int(min(n, int64(r.w-r.r)))
		if err := r.keep(k); err != nil {
			return err
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
