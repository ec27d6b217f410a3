package der

// Value is one element as it was received. Its bytes share memory with the input.
type Value struct {
	Tag         Tag
	Constructed bool
	Raw         []byte // the whole element with its header
	Body        []byte // the contents
}

// Parse reads the first element of b, of definite length, and returns what follows it.
func Parse(b []byte) (v Value, rest []byte, err error) { return parseAt(b, 0) }

// ParseOne reads the one element that b consists of.
func ParseOne(b []byte) (Value, error) {
	v, rest, err := Parse(b)
	if err == nil && len(rest) > 0 {
		err = syntax(int64(len(v.Raw)), "%d trailing bytes", len(rest))
	}
	return v, err
}

// parseAt is Parse for bytes that lie at an offset.
func parseAt(b []byte, off int64) (v Value, rest []byte, err error) {
	h, n, err := parseHeader(b, off)
	if err != nil {
		return Value{}, b, err
	}
	if n == needMore {
		return Value{}, b, truncated(off, "the input ends inside a header")
	}
	if h.Tag == EndOfContents {
		return Value{}, b, syntax(off, "end-of-contents where nothing is open")
	}
	if h.Length < 0 {
		return Value{}, b, syntax(off, "%v of indefinite length", h.Tag)
	}
	if h.Length > int64(len(b)-n) {
		return Value{}, b, truncated(off, "%v of %d bytes, of which %d are there", h.Tag, h.Length, len(b)-n)
	}
	end := n + int(h.Length)
	return Value{h.Tag, h.Constructed, b[:end:end], b[n:end:end]}, b[end:], nil
}
