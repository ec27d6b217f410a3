package der

import (
	"github.com/waxwing-mail/waxwing/limit"
)

// Normalize turns the one BER element in b into definite lengths of the shortest form and primitive
// strings, so that Cursor reads it. Everything else stays as it was, also the order of a SET OF, so DER
// comes back equal. A string under an implicit context tag cannot be told from an explicit tag without
// the schema; it stays constructed, and OctetsOf joins it.
//
// It does not recurse; elements and depth are taken from the budget (nil means the default limits).
func Normalize(ber []byte, budget *limit.Budget) ([]byte, error) {
	if budget == nil {
		budget = limit.New(limit.Limits{})
	}
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
	if k := len(n.stack); k > 0 && n.stack[k-1].end < 0 && h.isEnd(size) {
		n.pos += size
		return n.close()
	}
	if h.Tag == EndOfContents {
		return syntax(h.Offset, "end-of-contents where nothing is open")
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
	if len(n.stack) == 0 {
		return nil
	}
	e := n.stack[len(n.stack)-1]
	if e.join && h.Tag != e.header.Tag && h.Tag != OctetString {
		return syntax(h.Offset, "%v inside a constructed %v", h.Tag, e.header.Tag)
	}
	if e.unused != 0 { // X.690 §8.6.4: only the last segment may end inside an octet
		return syntax(h.Offset, "segment of a BIT STRING after its last bit")
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
		s, err := BitStringOf(body)
		if err != nil || h.Tag != TagBitString {
			return syntax(h.Offset, "malformed segment of a BIT STRING")
		}
		e.unused, body = byte(s.Unused), s.Bytes
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
