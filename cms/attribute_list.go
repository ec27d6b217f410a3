package cms

import (
	"fmt"
	"slices"

	"github.com/waxwing-mail/waxwing/der"
)

// encodeSet writes a SET OF Attribute, in which each type stands once.
func encodeSet(list []Attribute) ([]byte, error) {
	var l attributeList
	l.addAll(list)
	return l.set()
}

// attributeList collects encoded attributes, of which each type stands once.
type attributeList struct {
	types []der.OID
	raw   [][]byte
	err   error
}

// add adds an attribute whose values f writes.
func (l *attributeList) add(t der.OID, f func(*der.Builder)) {
	if l.err != nil {
		return
	}
	if slices.Contains(l.types, t) {
		l.err = fmt.Errorf("the attribute %s is given twice", AttributeName(t))
		return
	}
	var raw []byte
	if raw, l.err = encodeAttribute(t, f); l.err == nil {
		l.types, l.raw = append(l.types, t), append(l.raw, raw)
	}
}

func (l *attributeList) addAll(list []Attribute) {
	for _, a := range list {
		l.add(a.Type, func(b *der.Builder) { b.SortedRaw(a.Values) })
	}
}

// set returns the SET OF all.
func (l *attributeList) set() ([]byte, error) {
	var b der.Builder
	b.Fail(l.err)
	b.SetOf(l.raw)
	return b.Bytes()
}

// encodeAttribute writes an Attribute whose values f writes, in the order of a SET OF.
func encodeAttribute(t der.OID, f func(*der.Builder)) ([]byte, error) {
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.OID(t)
		b.Set(f)
	})
	return b.Bytes()
}

// encode writes an Attribute.
func (a Attribute) encode() ([]byte, error) {
	return encodeAttribute(a.Type, func(b *der.Builder) { b.SortedRaw(a.Values) })
}
