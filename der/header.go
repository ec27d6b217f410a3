package der

import "math"

// Header is the identifier and length of an element (X.690 §8.1.2, §8.1.3).
type Header struct {
	Tag         Tag
	Constructed bool
	Length      int64 // of the contents; -1 when indefinite
	Offset      int64 // of the element's first octet, from the start of the input
}

// maxHeader is the longest header that is read: 6 octets for the identifier, and the long form
// of the length with all its 126 octets, of which all but eight must be zero.
const maxHeader = 6 + 1 + 126

// isEnd tells whether a header of n octets is the two zero octets of end-of-contents (X.690 §8.1.5).
func (h Header) isEnd(n int) bool {
	return h.Tag == EndOfContents && n == 2 && h.Length == 0 && !h.Constructed
}

// needMore is returned by parseHeader when the header goes on past the given octets.
const needMore = 0

// parseHeader reads a header from the start of b, which lies at the offset off, and returns its
// length. It returns needMore and no error when b ends inside the header.
func parseHeader(b []byte, off int64) (h Header, n int, err error) {
	if len(b) < 2 {
		return h, needMore, nil
	}
	h = Header{Tag: Tag(b[0]>>6)<<30 | Tag(b[0]&0x1f), Constructed: b[0]&0x20 != 0, Offset: off}
	n = 1
	if b[0]&0x1f == 0x1f {
		if h.Tag, n, err = parseHighTag(b, off); err != nil || n == needMore {
			return h, n, err
		}
	}
	if n >= len(b) {
		return h, needMore, nil
	}
	first := b[n]
	n++
	switch {
	case first < 0x80:
		h.Length = int64(first)
		return h, n, nil
	case first == 0x80:
		h.Length = -1
		if !h.Constructed { // X.690 §8.1.3.2
			return h, n, syntax(off, "primitive %v of indefinite length", h.Tag)
		}
		return h, n, nil
	case first == 0xff: // X.690 §8.1.3.5 c)
		return h, n, syntax(off, "reserved length octet 0xff")
	}
	octets := int(first & 0x7f)
	if len(b) < n+octets {
		return h, needMore, nil
	}
	for _, c := range b[n : n+octets] { // X.690 §8.1.3.5 note 2: leading zeros are legal BER
		if h.Length > math.MaxInt64>>8 {
			return h, n, syntax(off, "length of %v does not fit in 63 bits", h.Tag)
		}
		h.Length = h.Length<<8 | int64(c)
	}
	return h, n + octets, nil
}

// parseHighTag reads an identifier of more than one octet (X.690 §8.1.2.4).
func parseHighTag(b []byte, off int64) (t Tag, n int, err error) {
	var number uint32
	for n = 1; n < len(b); n++ {
		if number > maxTagNumber>>7 {
			return 0, n, syntax(off, "tag number over %d", maxTagNumber)
		}
		if number = number<<7 | uint32(b[n]&0x7f); number == 0 {
			return 0, n, syntax(off, "tag number with leading zeros")
		}
		if b[n]&0x80 == 0 {
			return Tag(b[0]>>6)<<30 | Tag(number), n + 1, nil
		}
	}
	return 0, needMore, nil
}

// HeaderLen returns how many octets AppendHeader writes.
func HeaderLen(t Tag, length int64) int {
	n := 2
	if number := t.Number(); number >= 0x1f {
		for ; number > 0; number >>= 7 {
			n++
		}
	}
	if length >= 0x80 {
		for ; length > 0; length >>= 8 {
			n++
		}
	}
	return n
}

// ElementLen returns the length of a whole element with the given length of contents.
func ElementLen(t Tag, length int64) int64 { return int64(HeaderLen(t, length)) + length }

// AppendHeader appends the DER header of an element whose contents have the given length.
func AppendHeader(dst []byte, t Tag, constructed bool, length int64) []byte {
	dst = appendTag(dst, t, constructed)
	if length < 0x80 {
		return append(dst, byte(length))
	}
	n := HeaderLen(0, length) - 2
	dst = append(dst, 0x80|byte(n))
	for n--; n >= 0; n-- {
		dst = append(dst, byte(length>>(8*n)))
	}
	return dst
}

// AppendIndefinite appends the header of a constructed element of indefinite length (X.690 §8.1.3.6).
func AppendIndefinite(dst []byte, t Tag) []byte { return append(appendTag(dst, t, true), 0x80) }

// AppendEnd appends the end-of-contents octets that close an element of indefinite length.
func AppendEnd(dst []byte) []byte { return append(dst, 0, 0) }

func appendTag(dst []byte, t Tag, constructed bool) []byte {
	first := byte(t.Class() << 6)
	if constructed {
		first |= 0x20
	}
	number := t.Number()
	if number < 0x1f {
		return append(dst, first|byte(number))
	}
	dst = append(dst, first|0x1f)
	shift := 0
	for number>>shift >= 0x80 {
		shift += 7
	}
	for ; shift > 0; shift -= 7 {
		dst = append(dst, 0x80|byte(number>>shift))
	}
	return append(dst, byte(number&0x7f))
}
