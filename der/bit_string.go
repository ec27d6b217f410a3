package der

// BitString is a BIT STRING (X.690 §8.6).
type BitString struct {
	Bytes  []byte
	Unused int // bits at the end of the last octet that do not count
}

// At returns bit i, counted from the most significant bit of the first octet; false beyond the end.
func (s BitString) At(i int) bool {
	if i < 0 || i >= 8*len(s.Bytes)-s.Unused {
		return false
	}
	return s.Bytes[i/8]>>(7-i%8)&1 == 1
}

// BitString reads a primitive BIT STRING.
func (c *Cursor) BitString() BitString {
	off := c.off
	v := c.Expect(TagBitString)
	if *c.err != nil {
		return BitString{}
	}
	s, err := BitStringOf(v.Body)
	if err != nil || v.Constructed {
		c.Fail(syntax(off, "malformed BIT STRING"))
		return BitString{}
	}
	return s
}

// BitStringOf returns the BIT STRING with the given contents.
func BitStringOf(body []byte) (BitString, error) {
	if len(body) == 0 || body[0] > 7 || len(body) == 1 && body[0] > 0 {
		return BitString{}, syntax(0, "malformed BIT STRING")
	}
	return BitString{body[1:], int(body[0])}, nil
}
