package pki

import (
	"errors"
	"math/big"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// AuthorityKeyID names the key that signed (RFC 5280 §4.2.1.1).
type AuthorityKeyID struct {
	KeyID  []byte       // nil when absent
	Issuer GeneralNames // the issuer of the issuer's certificate
	Serial *big.Int     // and its serial number; nil when absent
}

func parseAuthorityKeyID(value []byte, f *faults) (AuthorityKeyID, error) {
	var id AuthorityKeyID
	c := der.NewCursor(value)
	seq := c.Sequence()
	if v, ok := seq.Optional(der.Context(0)); ok {
		id.KeyID = v.Body
	}
	if v, ok := seq.Optional(der.Context(1)); ok {
		var err error
		if id.Issuer, err = readGeneralNames(v.Body, "authorityKeyIdentifier", f); err != nil {
			return id, err
		}
	}
	if v, ok := seq.Optional(der.Context(2)); ok {
		id.Serial = signedInt(v.Body)
	}
	return id, errors.Join(seq.Done(), c.Done())
}

func parseSubjectKeyID(value []byte) ([]byte, error) {
	c := der.NewCursor(value)
	id := c.Expect(der.OctetString)
	return id.Body, c.Done()
}

// AuthorityKeyIDExtension makes the extension with the key identifier alone, not critical.
func AuthorityKeyIDExtension(keyID []byte) (Extension, error) {
	return makeExtension(alg.OIDExtAuthorityKeyID, false, func(b *der.Builder) {
		b.Sequence(func(b *der.Builder) {
			b.Implicit(der.Context(0), false, func(b *der.Builder) { b.AppendBytes(keyID) })
		})
	})
}

// SubjectKeyIDExtension makes the extension, not critical.
func SubjectKeyIDExtension(keyID []byte) (Extension, error) {
	return makeExtension(alg.OIDExtSubjectKeyID, false, func(b *der.Builder) { b.OctetString(keyID) })
}
