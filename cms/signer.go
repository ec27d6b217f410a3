package cms

import (
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// Signer is a SignerInfo as it is read (RFC 5652 §5.3).
type Signer struct {
	Raw       []byte // the whole SignerInfo
	Version   int
	ID        ID
	Digest    alg.Identifier // digestAlgorithm
	Algorithm alg.Identifier // signatureAlgorithm
	Signature []byte

	Attributes *SignedAttributes // nil when absent
	Unsigned   []Attribute
}

// Matches reports whether the signer names a certificate as its own.
func (g *Signer) Matches(c *pki.Certificate) bool { return g.ID.Matches(c) }

// Check checks the signer against one certificate (RFC 5652 §5.4, §5.6). digest is that of the content
// by the signer's digest algorithm and contentType the eContentType. A pure signature algorithm
// without signed attributes needs the content itself: use Signed.Check.
func (g *Signer) Check(c *pki.Certificate, digest []byte, contentType der.OID, allow alg.Allow) Check {
	return Check{}
}

// Timestamps returns the RFC 3161 tokens among the unsigned attributes, each a ContentInfo. They are
// made over Signature.
func (g *Signer) Timestamps() [][]byte { return nil }

// Countersignatures returns the signers of this signer's signature (RFC 5652 §11.4).
func (g *Signer) Countersignatures() ([]*Signer, error) { return nil, nil }

// CheckCountersignature checks a countersignature c of g against a certificate.
func (g *Signer) CheckCountersignature(c *Signer, cert *pki.Certificate, allow alg.Allow) Check {
	return Check{}
}
