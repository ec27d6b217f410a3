package der

import (
	"bytes"
	"math/big"
	"math/bits"
	"slices"
	"time"
)

// Builder writes DER. The zero value is empty and ready. The first error sticks and Bytes returns it.
type Builder struct {
	buf []byte
	err error
}

// Bytes returns what was written, or the first error.
func (b *Builder) Bytes() ([]byte, error) {
	if b.err != nil {
		return nil, b.err
	}
	return b.buf, nil
}

// Err returns the first error.
func (b *Builder) Err() error { return b.err }

// Fail sets the error, unless there is one.
func (b *Builder) Fail(err error) {
	if b.err == nil {
		b.err = err
	}
}

// Element writes an element whose contents f writes.
func (b *Builder) Element(t Tag, constructed bool, f func(*Builder)) {
	if b.err != nil {
		return
	}
	if b.buf == nil {
		b.buf = make([]byte, 0, 128)
	}
	b.buf = appendTag(b.buf, t, constructed)
	at := len(b.buf)
	b.buf = append(b.buf, 0) // most lengths fit in one octet
	f(b)
	b.setLength(at)
}

// setLength writes the length of the contents that begin after the octet at.
func (b *Builder) setLength(at int) {
	n := len(b.buf) - at - 1
	if n < 0x80 {
		b.buf[at] = byte(n)
		return
	}
	octets := HeaderLen(0, int64(n)) - 2
	b.buf = append(b.buf, make([]byte, octets)...)
	copy(b.buf[at+1+octets:], b.buf[at+1:at+1+n])
	b.buf[at] = 0x80 | byte(octets)
	for i := range octets {
		b.buf[at+octets-i] = byte(n >> (8 * i))
	}
}

// Sequence writes a SEQUENCE whose contents f writes.
func (b *Builder) Sequence(f func(*Builder)) { b.Element(Sequence, true, f) }

// Set writes a SET whose contents f writes in the order that DER asks for: see SetOf.
func (b *Builder) Set(f func(*Builder)) { b.Element(Set, true, f) }

// Explicit writes [n] EXPLICIT around what f writes.
func (b *Builder) Explicit(n uint32, f func(*Builder)) { b.Element(Context(n), true, f) }

// Implicit writes an element with a tag in place of its own, whose contents f writes.
func (b *Builder) Implicit(t Tag, constructed bool, f func(*Builder)) { b.Element(t, constructed, f) }

// SetOf writes a SET OF the encoded elements, in DER's order (X.690 §11.6). It leaves elements as they are.
func (b *Builder) SetOf(elements [][]byte) {
	b.Set(func(b *Builder) { b.SortedRaw(elements) })
}

// SortedRaw writes encoded elements in the order of a SET OF, without its header.
func (b *Builder) SortedRaw(elements [][]byte) {
	sorted, size := slices.Clone(elements), 0
	for _, e := range sorted {
		size += len(e)
	}
	slices.SortFunc(sorted, bytes.Compare)
	b.buf = slices.Grow(b.buf, size)
	for _, e := range sorted {
		b.Raw(e)
	}
}

// Raw writes an element that is already encoded.
func (b *Builder) Raw(element []byte) { b.buf = append(b.buf, element...) }

// AppendBytes writes octets of the contents of an Implicit element.
func (b *Builder) AppendBytes(p []byte) { b.buf = append(b.buf, p...) }

func (b *Builder) primitive(t Tag, body []byte) {
	b.buf = append(AppendHeader(b.buf, t, false, int64(len(body))), body...)
}

// Int writes an INTEGER.
func (b *Builder) Int(n int64) { b.BigInt(big.NewInt(n)) }

// BigInt writes an INTEGER of any size.
func (b *Builder) BigInt(n *big.Int) { b.primitive(Integer, intBody(n)) }

// Enumerated writes an ENUMERATED.
func (b *Builder) Enumerated(n int64) { b.primitive(Enumerated, intBody(big.NewInt(n))) }

// intBody returns the shortest two's complement form (X.690 §8.3.2).
func intBody(n *big.Int) []byte {
	if n.Sign() >= 0 {
		body := n.Bytes()
		if len(body) == 0 || body[0]&0x80 != 0 {
			body = append([]byte{0}, body...)
		}
		return body
	}
	// -n-1 has the same bits, inverted.
	body := new(big.Int).Not(n).Bytes()
	if len(body) == 0 || body[0]&0x80 != 0 {
		body = append([]byte{0}, body...)
	}
	for i := range body {
		body[i] = ^body[i]
	}
	return body
}

// Bool writes a BOOLEAN.
func (b *Builder) Bool(v bool) {
	if v {
		b.primitive(Boolean, []byte{0xff})
		return
	}
	b.primitive(Boolean, []byte{0})
}

// Null writes a NULL.
func (b *Builder) Null() { b.primitive(Null, nil) }

// OID writes an OBJECT IDENTIFIER.
func (b *Builder) OID(o OID) {
	if !o.valid() {
		b.Fail(syntax(int64(len(b.buf)), "malformed OBJECT IDENTIFIER"))
	}
	b.primitive(ObjectIdentifier, []byte(o))
}

// OctetString writes an OCTET STRING.
func (b *Builder) OctetString(p []byte) { b.primitive(OctetString, p) }

// BitString writes a BIT STRING; bits that do not count are written as zero (X.690 §11.2.1).
func (b *Builder) BitString(s BitString) {
	if s.Unused < 0 || s.Unused > 7 || s.Unused > 0 && len(s.Bytes) == 0 {
		b.Fail(syntax(int64(len(b.buf)), "BIT STRING with %d unused bits", s.Unused))
		return
	}
	body := append([]byte{byte(s.Unused)}, s.Bytes...)
	if s.Unused > 0 {
		body[len(body)-1] &^= 1<<s.Unused - 1
	}
	b.primitive(TagBitString, body)
}

// NamedBits writes a BIT STRING of named bits, such as KeyUsage, without trailing zeros (X.690 §11.2.2).
func (b *Builder) NamedBits(s BitString) {
	for len(s.Bytes) > 0 && s.Bytes[len(s.Bytes)-1] == 0 {
		s.Bytes = s.Bytes[:len(s.Bytes)-1]
	}
	s.Unused = 0
	if n := len(s.Bytes); n > 0 {
		s.Unused = bits.TrailingZeros8(s.Bytes[n-1])
	}
	b.BitString(s)
}

// Time writes a UTCTime for the years 1950 to 2049 and a GeneralizedTime for others, in UTC and to the
// second (RFC 5280 §4.1.2.5).
func (b *Builder) Time(t time.Time) {
	if year := t.UTC().Year(); year >= 1950 && year < 2050 {
		b.UTCTime(t)
		return
	}
	b.GeneralizedTime(t)
}

// UTCTime writes a UTCTime in UTC, to the second, for structures that do not leave the choice.
func (b *Builder) UTCTime(t time.Time) {
	if year := t.UTC().Year(); year < 1950 || year >= 2050 {
		b.Fail(syntax(int64(len(b.buf)), "year %d does not fit in a UTCTime", year))
	}
	b.primitive(UTCTime, []byte(t.UTC().Format("060102150405Z")))
}

// GeneralizedTime writes a GeneralizedTime in UTC, to the second.
func (b *Builder) GeneralizedTime(t time.Time) {
	if year := t.UTC().Year(); year < 0 || year > 9999 {
		b.Fail(syntax(int64(len(b.buf)), "year %d does not fit in a GeneralizedTime", year))
	}
	b.primitive(GeneralizedTime, []byte(t.UTC().Format("20060102150405Z")))
}
