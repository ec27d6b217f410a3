package alg

import (
	"bytes"

	"github.com/waxwing-mail/waxwing/der"
)

// Identifier is an AlgorithmIdentifier (RFC 5280 §4.1.1.2): which algorithm, with which parameters.
type Identifier struct {
	OID    der.OID
	Params []byte // the parameters as one encoded element; nil when absent
}

// ParseIdentifier reads an AlgorithmIdentifier where c stands. A fault sticks to c.
func ParseIdentifier(c *der.Cursor) Identifier { return identifierIn(c.Sequence()) }

// identifierIn reads the contents of an AlgorithmIdentifier, whatever its tag was.
func identifierIn(s *der.Cursor) Identifier {
	id := Identifier{OID: s.OID()}
	if s.More() {
		id.Params = s.Next().Raw
	}
	s.Empty()
	return id
}

// Append writes the AlgorithmIdentifier.
func (id Identifier) Append(b *der.Builder) {
	b.Sequence(id.contents)
}

// contents writes what stands inside the SEQUENCE.
func (id Identifier) contents(b *der.Builder) {
	b.OID(id.OID)
	if id.Params != nil {
		b.Raw(id.Params)
	}
}

// Bytes returns the encoded AlgorithmIdentifier.
func (id Identifier) Bytes() []byte {
	var b der.Builder
	id.Append(&b)
	return mustBytes(&b)
}

// Equal reports whether two identifiers are the same bytes. RFC 8551 §2.5.2 compares abilities so:
// absent parameters and NULL are not the same. For algorithms see SameAlgorithm.
func (id Identifier) Equal(o Identifier) bool {
	return id.OID == o.OID && (id.Params == nil) == (o.Params == nil) && bytes.Equal(id.Params, o.Params)
}

// SameAlgorithm reports whether two identifiers mean the same: as Equal, except that parameters
// that are NULL and parameters that are absent do not differ (RFC 5754 §2).
func (id Identifier) SameAlgorithm(o Identifier) bool {
	if id.noParams() && o.noParams() {
		return id.OID == o.OID
	}
	return id.Equal(o)
}

// String returns the algorithm's name, or its dotted identifier when it has none.
func (id Identifier) String() string { return Name(id.OID) }

// noParams reports whether the parameters are absent or NULL.
func (id Identifier) noParams() bool { return id.Params == nil || isNull(id.Params) }

// isNull reports whether an encoded element is NULL.
func isNull(tlv []byte) bool { return string(tlv) == "\x05\x00" }

// null is an encoded NULL.
func null() []byte { return []byte{5, 0} }
