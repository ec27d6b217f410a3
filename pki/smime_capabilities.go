package pki

import (
	"errors"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// QCStatement is one statement of a qualified certificate (RFC 3739 §3.2.6).
type QCStatement struct {
	ID   der.OID
	Info []byte // the statement's information, with its header; nil when absent
}

// AttributeValues is an attribute with its set of values, as subjectDirectoryAttributes
// (RFC 5280 §4.2.1.8) and certification requests (RFC 2986 §4.1) carry it.
type AttributeValues struct {
	Type   der.OID
	Values [][]byte // each with its header
}

// parseCapabilities reads SMIMECapabilities (RFC 8551 §2.5.2) out of an extension (RFC 4262 §2).
// An algorithm identifier has the same shape, so capabilities are kept as such.
func parseCapabilities(value []byte) ([]alg.Identifier, error) {
	c := der.NewCursor(value)
	seq := c.Sequence()
	var list []alg.Identifier
	for seq.More() {
		list = append(list, alg.ParseIdentifier(seq))
	}
	return list, errors.Join(seq.Done(), c.Done())
}

// CapabilitiesExtension makes smimeCapabilities, not critical (RFC 4262 §2).
func CapabilitiesExtension(list ...alg.Identifier) (Extension, error) {
	return makeExtension(alg.OIDExtSMIMECapabilities, false, func(b *der.Builder) {
		b.Sequence(func(b *der.Builder) {
			for _, c := range list {
				c.Append(b)
			}
		})
	})
}

func parseQCStatements(value []byte) ([]QCStatement, error) {
	c := der.NewCursor(value)
	seq := c.Sequence()
	var list []QCStatement
	for seq.More() {
		one := seq.Sequence()
		s := QCStatement{ID: one.OID()}
		if one.More() {
			s.Info = one.Next().Raw
		}
		if err := one.Done(); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, errors.Join(seq.Done(), c.Done())
}

func parseDirectoryAttributes(value []byte) ([]AttributeValues, error) {
	c := der.NewCursor(value)
	list, err := readAttributeValues(c.Expect(der.Sequence).Body)
	return list, errors.Join(err, c.Done())
}

// readAttributeValues reads a run of SEQUENCE { type, SET OF value }.
func readAttributeValues(body []byte) ([]AttributeValues, error) {
	var list []AttributeValues
	c := der.NewCursor(body)
	for c.More() {
		one := c.Sequence()
		a := AttributeValues{Type: one.OID()}
		values := one.Set()
		for values.More() {
			a.Values = append(a.Values, values.Next().Raw)
		}
		if err := errors.Join(values.Done(), one.Done()); err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, c.Done()
}
