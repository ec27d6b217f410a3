package der

import (
	"errors"
	"io"
	"math"

	"github.com/waxwing-mail/waxwing/limit"
)

// Reader reads BER from a stream, element by element (X.690 §8). It holds one buffer and one frame for
// each open element, whatever the size of the contents, and takes what it reads from a budget.
// After an error every call returns it.
type Reader struct {
	src    io.Reader
	budget *limit.Budget
	buf    []byte // [r:w] was read from src and not consumed
	r, w   int
	off    int64 // of buf[r], from the start of the input
	stack  []frame
	kept   *kept // receives what is consumed, while Value reads
	busy   bool  // contents of a string were handed out and not read to their end
	err    error
}

// frame is an element that was entered.
type frame struct {
	tag   Tag
	end   int64 // offset after its contents; -1 when indefinite
	limit int64 // the nearest end of this element and those around it
}

// The buffer starts small, because most messages are, and grows once this is known to be a large one.
const (
	smallBuffer = 4 << 10
	largeBuffer = 64 << 10
)

// NewReader returns a reader of the elements in r. A nil budget means the default limits.
func NewReader(r io.Reader, b *limit.Budget) *Reader {
	if b == nil {
		b = limit.New(limit.Limits{})
	}
	return &Reader{src: r, budget: b, buf: make([]byte, smallBuffer)}
}

// Offset returns how many octets were consumed.
func (r *Reader) Offset() int64 { return r.off }

// fail makes an error stick.
func (r *Reader) fail(err error) error {
	if r.err == nil {
		r.err = err
	}
	return r.err
}

// fill reads until n octets are buffered or the input ends. n is at most the buffer's size.
func (r *Reader) fill(n int) error {
	if r.w-r.r < n && len(r.buf) < largeBuffer && r.off > 8*smallBuffer {
		buf := make([]byte, largeBuffer)
		r.r, r.w, r.buf = 0, copy(buf, r.buf[r.r:r.w]), buf
	}
	if r.r > 0 && len(r.buf)-r.r < n {
		copy(r.buf, r.buf[r.r:r.w])
		r.r, r.w = 0, r.w-r.r
	}
	for stalled := 0; r.w-r.r < n; {
		k, err := r.src.Read(r.buf[r.w:])
		r.w += k
		if err != nil {
			return err
		}
		if k > 0 {
			stalled = 0
		} else if stalled++; stalled > 100 {
			return io.ErrNoProgress
		}
	}
	return nil
}

// advance consumes n buffered octets.
func (r *Reader) advance(n int) {
	if r.kept != nil {
		r.kept.b = append(r.kept.b, r.buf[r.r:r.r+n]...)
	}
	r.r += n
	r.off += int64(n)
	if r.r == r.w {
		r.r, r.w = 0, 0
	}
}

// top returns the innermost open element; around everything is one that ends with the input.
func (r *Reader) top() frame {
	if len(r.stack) == 0 {
		return frame{end: -1, limit: math.MaxInt64}
	}
	return r.stack[len(r.stack)-1]
}

// Peek returns the header of the next element in the current one, and ErrEnd at its end.
func (r *Reader) Peek() (Header, error) {
	h, _, err := r.peek()
	return h, err
}

func (r *Reader) peek() (Header, int, error) {
	if r.busy && r.err == nil {
		// What is left of the string must never be taken for elements.
		r.fail(syntax(r.off, "the contents of the string before were not read to their end"))
	}
	return r.look()
}

// look is peek, also inside a string that is being read.
func (r *Reader) look() (Header, int, error) {
	if r.err != nil {
		return Header{}, 0, r.err
	}
	f := r.top()
	if f.end >= 0 && r.off == f.end {
		return Header{}, 0, ErrEnd
	}
	h, n, err := r.header()
	if err != nil {
		return Header{}, 0, err
	}
	if end := r.off + int64(n) + max(h.Length, 0); end > f.limit || end < 0 {
		return Header{}, 0, r.fail(syntax(r.off, "%v is longer than the element around it", h.Tag))
	}
	if f.end < 0 && len(r.stack) > 0 && h.isEnd(n) {
		return Header{}, n, ErrEnd
	}
	if h.Tag == EndOfContents {
		return Header{}, 0, r.fail(syntax(r.off, "end-of-contents where nothing is open"))
	}
	return h, n, nil
}

// header reads the next header without consuming it.
func (r *Reader) header() (Header, int, error) {
	for want := 2; ; want = min(2*want, maxHeader) {
		readErr := r.fill(want)
		h, n, err := parseHeader(r.buf[r.r:r.w], r.off)
		switch {
		case err != nil:
			return h, 0, r.fail(err)
		case n != needMore:
			return h, n, nil
		case errors.Is(readErr, io.EOF) && r.w == r.r && len(r.stack) == 0:
			return h, 0, ErrEnd
		case errors.Is(readErr, io.EOF):
			return h, 0, r.fail(truncated(r.off, "the input ends inside an element"))
		case readErr != nil:
			return h, 0, r.fail(readErr)
		}
	}
}

// open consumes a header of n octets and makes its element the current one. It costs an element.
func (r *Reader) open(h Header, n int) error {
	if err := r.budget.Take(limit.Elements, 1); err != nil {
		return r.fail(err)
	}
	return r.push(h, n)
}

// push is open for an element that costs nothing.
func (r *Reader) push(h Header, n int) error {
	if err := r.budget.Within(limit.Depth, int64(len(r.stack)+1)); err != nil {
		return r.fail(err)
	}
	if err := r.keep(n); err != nil {
		return err
	}
	r.advance(n)
	f := frame{tag: h.Tag, end: -1, limit: r.top().limit}
	if h.Length >= 0 {
		f.end = r.off + h.Length
		f.limit = f.end
	}
	r.stack = append(r.stack, f)
	return nil
}

// Enter makes the next element, which must have the tag and be constructed, the current one.
func (r *Reader) Enter(t Tag) error {
	h, n, err := r.peek()
	if err == ErrEnd {
		return r.fail(syntax(r.off, "%v is missing", t))
	}
	if err != nil {
		return err
	}
	if h.Tag != t || !h.Constructed {
		return r.fail(syntax(r.off, "%v where a constructed %v is expected", h.Tag, t))
	}
	return r.open(h, n)
}

// More tells whether another element follows in the current one.
func (r *Reader) More() (bool, error) {
	_, _, err := r.peek()
	if err == ErrEnd {
		return false, nil
	}
	return err == nil, err
}

// Leave ends the current element, which must have been read to its end.
func (r *Reader) Leave() error {
	h, n, err := r.peek()
	return r.leave(h, n, err)
}

// leave is Leave after the next element was looked for.
func (r *Reader) leave(h Header, n int, err error) error {
	if err == nil {
		return r.fail(syntax(r.off, "%v more than expected in %v", h.Tag, r.top().tag))
	}
	if err != ErrEnd {
		return err
	}
	if len(r.stack) == 0 {
		return r.fail(syntax(r.off, "no element is open"))
	}
	if err := r.keep(n); err != nil {
		return err
	}
	r.stack = r.stack[:len(r.stack)-1]
	r.advance(n)
	return nil
}

// End fails unless the input ends here.
func (r *Reader) End() error {
	if r.err != nil {
		return r.err
	}
	if len(r.stack) > 0 || r.busy {
		return r.fail(syntax(r.off, "%v is still open", r.top().tag))
	}
	err := r.fill(1)
	if r.w > r.r {
		return r.fail(syntax(r.off, "more bytes after the last element"))
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return r.fail(err)
	}
	return nil
}
