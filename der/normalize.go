package der

import (
	"github.com/waxwing-mail/waxwing/limit"
)

// Normalize turns the one BER element in b into definite lengths and primitive strings, so that Cursor
// reads it. Everything else stays as it was, so DER comes back equal. It does not recurse;
// elements and depth are taken from the budget.
func Normalize(ber []byte, budget *limit.Budget) ([]byte, error) {
	n := normalizer{in: ber, budget: budget, out: make([]byte, 0, len(ber))}
	for first := true; first || len(n.stack) > 0; first = false {
		if err := n.step(); err != nil {
			return nil, err
		}
	}
	if n.pos < len(ber) {
		return nil, syntax(int64(n.pos), "%d trailing bytes", len(ber)-n.pos)
	}
	return n.out, nil
}

// normalizer holds one frame for each open element.
type normalizer struct {
	in     []byte
	pos    int
	out    []byte
	stack  []openElement
	budget *limit.Budget
}

// openElement is an element whose contents are being written.
type openElement struct {
	header Header
	end    int  // where its contents end in the input; -1 when indefinite
	start  int  // where its contents begin in the output
	join   bool // a constructed string: segments lose their headers
	unused byte // of the last segment of a BIT STRING
}

// step reads one element or ends one.
func (n *normalizer) step() error {
	if k := len(n.stack); k > 0 && n.stack[k-1].end == n.pos {
		return n.close()
	}
	h, size, err := parseHeader(n.in[n.pos:n.bound()], int64(n.pos))
	if err != nil {
		return err
	}
	if size == needMore {
		return truncated(int64(n.pos), "the input ends inside a header")
	}
	if h.Tag == EndOfContents && h.Length == 0 && len(n.stack) > 0 && n.stack[len(n.stack)-1].end < 0 {
		n.pos += size
		return n.close()
	}
	if err := n.budget.Take(limit.Elements, 1); err != nil {
		return err
	}
	if h.Length > int64(n.bound()-n.pos-size) {
		return truncated(h.Offset, "%v is longer than what is around it", h.Tag)
	}
	n.pos += size
	if h.Constructed {
		return n.open(h)
	}
	return n.primitive(h)
}

// bound returns the end of the nearest element of definite length.
func (n *normalizer) bound() int {
	for i := len(n.stack) - 1; i >= 0; i-- {
		if n.stack[i].end >= 0 {
			return n.stack[i].end
		}
	}
	return len(n.in)
}

func (n *normalizer) open(h Header) error {
	if err := n.budget.Within(limit.Depth, int64(len(n.stack)+1)); err != nil {
		return err
	}
	if err := n.segment(h); err != nil {
		return err
	}
	e := openElement{header: h, end: -1, start: len(n.out), join: h.Tag.Class() == 0 && isString(h.Tag)}
	if h.Length >= 0 {
		e.end = n.pos + int(h.Length)
	}
	n.stack = append(n.stack, e)
	return nil
}

// segment checks that an element inside a constructed string is a segment of it.
func (n *normalizer) segment(h Header) error {
	if k := len(n.stack); k > 0 && n.stack[k-1].join && h.Tag != n.stack[k-1].header.Tag && h.Tag != OctetString {
		return syntax(h.Offset, "%v inside a constructed %v", h.Tag, n.stack[k-1].header.Tag)
	}
	return nil
}

func (n *normalizer) primitive(h Header) error {
	if err := n.segment(h); err != nil {
		return err
	}
	body := n.in[n.pos : n.pos+int(h.Length)]
	n.pos += len(body)
	if k := len(n.stack); k == 0 || !n.stack[k-1].join {
		n.out = append(AppendHeader(n.out, h.Tag, false, h.Length), body...)
		return nil
	}
	e := &n.stack[len(n.stack)-1]
	if e.header.Tag == TagBitString {
		if e.unused != 0 || len(body) == 0 || body[0] > 7 {
			return syntax(h.Offset, "malformed segment of a BIT STRING")
		}
		e.unused, body = body[0], body[1:]
	}
	n.out = append(n.out, body...)
	return nil
}

// close writes the header of the innermost element, now that its length is known.
func (n *normalizer) close() error {
	e := n.stack[len(n.stack)-1]
	n.stack = n.stack[:len(n.stack)-1]
	if k := len(n.stack); e.join && k > 0 && n.stack[k-1].join {
		n.stack[k-1].unused = e.unused
		return nil
	}
	length := len(n.out) - e.start
	var head []byte
	if e.join && e.header.Tag == TagBitString {
		head = append(AppendHeader(nil, e.header.Tag, false, int64(length)+1), e.unused)
	} else {
		head = AppendHeader(nil, e.header.Tag, !e.join, int64(length))
	}
	n.out = append(n.out, head...)
	copy(n.out[e.start+len(head):], n.out[e.start:e.start+length])
	copy(n.out[e.start:], head)
	return nil
}
