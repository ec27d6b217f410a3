package p11rpc

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// errAnswer says that the other side does not keep to the protocol.
var errAnswer = errors.New("p11rpc: the answer of the token's server is damaged")

// null is the length of a byte array that is not there.
const null = 0xffffffff

// writer builds the arguments of a call.
type writer struct{ b []byte }

func (w *writer) byte(v byte)     { w.b = append(w.b, v) }
func (w *writer) uint32(v uint32) { w.b = binary.BigEndian.AppendUint32(w.b, v) }
func (w *writer) ulong(v uint64)  { w.b = binary.BigEndian.AppendUint64(w.b, v) }

// raw writes a length and the bytes.
func (w *writer) raw(p []byte) {
	w.uint32(uint32(len(p)))
	w.b = append(w.b, p...)
}

// array is raw behind a byte that says that there are bytes.
func (w *writer) array(p []byte) {
	w.byte(1)
	w.raw(p)
}

func (w *writer) attributes(list []Attribute) {
	w.uint32(uint32(len(list)))
	for _, a := range list {
		w.uint32(uint32(a.Type))
		w.byte(1)
		switch a.kind() {
		case kindBool:
			w.uint32(1)
			w.byte(byte(a.Number))
		case kindUlong:
			w.uint32(8)
			w.ulong(a.Number)
		default:
			w.uint32(uint32(len(a.Value)))
			w.raw(a.Value)
		}
	}
}

func (w *writer) mechanism(m Mechanism) {
	w.uint32(uint32(m.Type))
	switch {
	case m.PSS != nil:
		w.ulong(m.PSS.Hash)
		w.ulong(m.PSS.MGF)
		w.ulong(m.PSS.SaltLength)
	case m.OAEP != nil:
		w.ulong(m.OAEP.Hash)
		w.ulong(m.OAEP.MGF)
		w.ulong(dataSpecified)
		w.optional(m.OAEP.Label)
	case m.ECDH != nil:
		w.ulong(noKDF)
		w.uint32(null)
		w.raw(m.ECDH)
	default:
		w.uint32(null)
	}
}

func (w *writer) optional(p []byte) {
	if p == nil {
		w.uint32(null)
		return
	}
	w.raw(p)
}

// reader reads an answer. The first fault sticks, and everything after it is zero.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) take(n int) []byte {
	if r.bad || n < 0 || n > len(r.b) {
		r.bad = true
		return nil
	}
	p := r.b[:n]
	r.b = r.b[n:]
	return p
}

func (r *reader) byte() byte {
	if p := r.take(1); p != nil {
		return p[0]
	}
	return 0
}

func (r *reader) uint32() uint32 {
	if p := r.take(4); p != nil {
		return binary.BigEndian.Uint32(p)
	}
	return 0
}

func (r *reader) ulong() uint64 {
	if p := r.take(8); p != nil {
		return binary.BigEndian.Uint64(p)
	}
	return 0
}

// raw reads a length and the bytes; nil if they are not there.
func (r *reader) raw() []byte {
	n := r.uint32()
	if n == null {
		return nil
	}
	if uint64(n) > uint64(len(r.b)) {
		r.bad = true
		return nil
	}
	return r.take(int(n))
}

// array reads bytes that may be announced with their length alone, which says that the buffer was too small.
func (r *reader) array() []byte {
	if r.byte() == 0 {
		r.bad = true
		return nil
	}
	return r.raw()
}

// ulongs reads a list of numbers.
func (r *reader) ulongs(most int) []uint64 {
	valid, n := r.byte(), r.uint32()
	if r.bad || valid == 0 && n != 0 || uint64(n) > uint64(most) || uint64(n)*8 > uint64(len(r.b)) {
		r.bad = true
		return nil
	}
	list := make([]uint64, n)
	for i := range list {
		list[i] = r.ulong()
	}
	return list
}

// attributes reads the attributes that were asked for, in their order. One that the token does not give has no Value and no Number.
func (r *reader) attributes(asked []AttributeType) []Attribute {
	if n := r.uint32(); r.bad || int64(n) != int64(len(asked)) {
		r.bad = true
		return nil
	}
	list := make([]Attribute, len(asked))
	for i, t := range asked {
		a := Attribute{Type: t}
		if r.uint32() != uint32(t) {
			r.bad = true
		}
		if r.byte() != 0 {
			a.Present = true
			r.uint32() // the length that the value has in C
			switch a.kind() {
			case kindBool:
				a.Number = uint64(r.byte())
			case kindUlong:
				a.Number = r.ulong()
			default:
				a.Value = append([]byte{}, r.raw()...)
			}
		}
		if list[i] = a; r.bad {
			return nil
		}
	}
	return list
}

// text reads a string that is padded with blanks to n bytes.
func (r *reader) text(n int) string {
	p := r.raw()
	if len(p) != n {
		r.bad = true
		return ""
	}
	for len(p) > 0 && (p[len(p)-1] == ' ' || p[len(p)-1] == 0) {
		p = p[:len(p)-1]
	}
	return string(p)
}

// end says whether the whole answer was read without a fault.
func (r *reader) end() error {
	if r.bad {
		return errAnswer
	}
	if len(r.b) > 0 {
		return fmt.Errorf("%w: %d bytes too many", errAnswer, len(r.b))
	}
	return nil
}
