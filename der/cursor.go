package der

import "math/big"

// Cursor reads elements one after another. The first error sticks: later reads return zero values,
// and Err and Done return it. A cursor over the contents of an element shares its parent's error.
type Cursor struct {
	rest []byte
	off  int64 // of rest, from the start of the input
	err  *error
}

// NewCursor returns a cursor over b.
func NewCursor(b []byte) *Cursor { return &Cursor{rest: b, err: new(error)} }

// Err returns the first error.
func (c *Cursor) Err() error { return *c.err }

// Fail sets the error, unless there is one.
func (c *Cursor) Fail(err error) {
	if *c.err == nil {
		*c.err = err
	}
}

func (c *Cursor) fail(format string, args ...any) { c.Fail(syntax(c.off, format, args...)) }

// Done returns the first error; bytes that were not read are one.
func (c *Cursor) Done() error {
	c.Empty()
	return *c.err
}

// Empty fails when bytes are left.
func (c *Cursor) Empty() {
	if len(c.rest) > 0 {
		c.fail("%d bytes more than expected", len(c.rest))
	}
}

// More tells whether an element follows and nothing failed.
func (c *Cursor) More() bool { return *c.err == nil && len(c.rest) > 0 }

// Rest returns the bytes that were not read.
func (c *Cursor) Rest() []byte { return c.rest }

// Peek returns the tag of the next element, and false when none follows.
func (c *Cursor) Peek() (Tag, bool) {
	if !c.More() {
		return 0, false
	}
	h, n, err := parseHeader(c.rest, c.off)
	if err != nil || n == needMore {
		return 0, false
	}
	return h.Tag, true
}

// Next reads the next element, whatever it is.
func (c *Cursor) Next() Value {
	if *c.err != nil {
		return Value{}
	}
	v, rest, err := parseAt(c.rest, c.off)
	if err != nil {
		c.Fail(err)
		return Value{}
	}
	c.off += int64(len(v.Raw))
	c.rest = rest
	return v
}

// Expect reads the next element, which must have the tag.
func (c *Cursor) Expect(t Tag) Value {
	off := c.off
	v := c.Next()
	if *c.err == nil && v.Tag != t {
		c.Fail(syntax(off, "%v where %v is expected", v.Tag, t))
		return Value{}
	}
	return c.primitive(v, off)
}

// primitive refuses a constructed value of a type that is never constructed (X.690 §8.2.1, §8.3.1, §8.4, §8.8.1, §8.19.1).
func (c *Cursor) primitive(v Value, off int64) Value {
	switch v.Tag {
	case Boolean, Integer, Enumerated, Null, ObjectIdentifier:
		if v.Constructed {
			c.Fail(syntax(off, "constructed %v", v.Tag))
			return Value{}
		}
	}
	return v
}

// Optional reads the next element if it has the tag.
func (c *Cursor) Optional(t Tag) (Value, bool) {
	if next, ok := c.Peek(); !ok || next != t {
		return Value{}, false
	}
	v := c.Expect(t)
	return v, *c.err == nil
}

// Enter returns a cursor over the contents of the next element, which must have the tag and be constructed.
func (c *Cursor) Enter(t Tag) *Cursor {
	off := c.off
	v := c.Expect(t)
	if *c.err == nil && !v.Constructed {
		c.Fail(syntax(off, "%v is primitive", t))
		return &Cursor{off: off, err: c.err}
	}
	return c.inside(v)
}

// inside returns a cursor over the contents of the element that was just read.
func (c *Cursor) inside(v Value) *Cursor {
	return &Cursor{rest: v.Body, off: c.off - int64(len(v.Body)), err: c.err}
}

// Sequence returns a cursor over the contents of a SEQUENCE.
func (c *Cursor) Sequence() *Cursor { return c.Enter(Sequence) }

// Set returns a cursor over the contents of a SET.
func (c *Cursor) Set() *Cursor { return c.Enter(Set) }

// Explicit returns a cursor over the contents of [n] if that follows.
func (c *Cursor) Explicit(n uint32) (*Cursor, bool) {
	if t, ok := c.Peek(); !ok || t != Context(n) {
		return &Cursor{off: c.off, err: c.err}, false
	}
	return c.Enter(Context(n)), true
}

// Int reads an INTEGER of any size. Leading zeros are tolerated.
func (c *Cursor) Int() *big.Int {
	off := c.off
	body := c.Expect(Integer).Body
	if *c.err == nil && len(body) == 0 {
		c.Fail(syntax(off, "INTEGER without contents"))
	}
	return IntOf(body)
}

// IntOf returns the number that the contents of an INTEGER stand for.
func IntOf(body []byte) *big.Int {
	n := new(big.Int).SetBytes(body)
	if len(body) > 0 && body[0]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(body))))
	}
	return n
}

// SmallInt reads an INTEGER or ENUMERATED that fits in 63 bits.
func (c *Cursor) SmallInt() int64 {
	off := c.off
	v := c.Next()
	if *c.err == nil && v.Tag != Integer && v.Tag != Enumerated {
		c.Fail(syntax(off, "%v where INTEGER is expected", v.Tag))
	}
	n := IntOf(v.Body)
	if *c.err == nil && (!n.IsInt64() || len(v.Body) == 0) {
		c.Fail(syntax(off, "INTEGER out of range"))
		return 0
	}
	return n.Int64()
}

// Bool reads a BOOLEAN. Every octet but zero is true (X.690 §8.2.2).
func (c *Cursor) Bool() bool {
	off := c.off
	v := c.Expect(Boolean)
	if *c.err == nil && len(v.Body) != 1 {
		c.Fail(syntax(off, "BOOLEAN of %d octets", len(v.Body)))
		return false
	}
	return *c.err == nil && v.Body[0] != 0
}

// OID reads an OBJECT IDENTIFIER.
func (c *Cursor) OID() OID {
	off := c.off
	o := OID(c.Expect(ObjectIdentifier).Body)
	if *c.err == nil && !o.valid() {
		c.Fail(syntax(off, "malformed OBJECT IDENTIFIER"))
		return ""
	}
	return o
}

// OctetString reads a primitive OCTET STRING.
func (c *Cursor) OctetString() []byte {
	off := c.off
	v := c.Expect(OctetString)
	if *c.err == nil && v.Constructed {
		c.Fail(syntax(off, "constructed OCTET STRING"))
		return nil
	}
	return v.Body
}

// Null reads a NULL.
func (c *Cursor) Null() {
	off := c.off
	if v := c.Expect(Null); *c.err == nil && len(v.Body) != 0 {
		c.Fail(syntax(off, "NULL with contents"))
	}
}
