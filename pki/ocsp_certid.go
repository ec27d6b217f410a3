package pki

import (
	"bytes"
	"fmt"
	"math/big"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// CertID names a certificate by hashes of its issuer's name and key and by its serial number
// (RFC 6960 §4.1.1).
type CertID struct {
	Raw      []byte // with its header
	Hash     alg.Identifier
	NameHash []byte   // of the issuer's Name
	KeyHash  []byte   // of the issuer's public key, without algorithm, tag and length
	Serial   *big.Int // of the certificate
}

func readCertID(c *der.Cursor) CertID {
	v := c.Expect(der.Sequence)
	seq := der.NewCursor(v.Body)
	id := CertID{Raw: v.Raw, Hash: alg.ParseIdentifier(seq)}
	id.NameHash, id.KeyHash = seq.OctetString(), seq.OctetString()
	id.Serial = signedInt(seq.Expect(der.Integer).Body)
	if err := seq.Done(); err != nil {
		c.Fail(fmt.Errorf("certID: %w", err))
	}
	return id
}

// NewCertID names a certificate of an issuer with a hash: alg.SHA1, which every responder
// knows (RFC 9919 §3.1.1 wants SHA-256 in new ones), or alg.SHA256.
func NewCertID(c, issuer *Certificate, h *alg.Hash) (CertID, error) {
	// QUIRK: OpenSSL and others write the NULL, which RFC 5754 §2 asks readers to accept and some compare.
	id := CertID{Hash: alg.Identifier{OID: h.OID, Params: []byte{5, 0}}, Serial: c.Serial}
	id.NameHash, id.KeyHash = h.Sum(c.RawIssuer), h.Sum(issuer.KeyInfo.Raw)
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		id.Hash.Append(b)
		b.OctetString(id.NameHash)
		b.OctetString(id.KeyHash)
		b.BigInt(id.Serial)
	})
	var err error
	if id.Raw, err = b.Bytes(); err != nil {
		return id, fmt.Errorf("certID: %w", err)
	}
	return id, nil
}

// Matches reports whether the identifier is that of a certificate of an issuer, whose name and key are
// hashed with the hash that the identifier names. It does not say that the issuer issued it.
func (id CertID) Matches(c, issuer *Certificate) bool {
	h, err := alg.HashOf(id.Hash)
	if err != nil || id.Serial == nil || id.Serial.Cmp(c.Serial) != 0 {
		return false
	}
	if !bytes.Equal(h.Sum(issuer.KeyInfo.Raw), id.KeyHash) {
		return false
	}
	// RFC 6960 §4.1.1: the name as it stands in the certificate being checked. The issuer's
	// own spelling of it is accepted too, since some responders hash that.
	return bytes.Equal(h.Sum(c.RawIssuer), id.NameHash) ||
		c.Issuer.Equal(issuer.Subject) && bytes.Equal(h.Sum(issuer.RawSubject), id.NameHash)
}

// KeyHash returns the SHA-1 of the certificate's key bits, which names a responder by key
// (RFC 6960 §4.2.1) and is the usual subject key identifier (RFC 5280 §4.2.1.2 (1)).
func (c *Certificate) KeyHash() []byte { return alg.SHA1.Sum(c.KeyInfo.Raw) }
