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
	Unsigned   []Attribute       // anybody may have added them

	object *object
}

// readSigner reads a SignerInfo.
func readSigner(c *der.Cursor) Signer {
	raw, s := entered(c, der.Sequence)
	g := Signer{Raw: raw, Version: readVersion(s), ID: readID(s), Digest: alg.ParseIdentifier(s)}
	if t, ok := s.Peek(); ok && t == der.Context(0) {
		raw, list := entered(s, t)
		g.Attributes = readSignedAttributes(raw, list)
	}
	g.Algorithm = alg.ParseIdentifier(s)
	g.Signature = s.OctetString()
	if t, ok := s.Peek(); ok && t == der.Context(1) {
		g.Unsigned = readAttributes(s.Enter(t))
	}
	s.Empty()
	return g
}

// entered enters the next element and also returns it as received.
func entered(c *der.Cursor, t der.Tag) (raw []byte, inner *der.Cursor) {
	before := c.Rest()
	inner = c.Enter(t)
	return before[:len(before)-len(c.Rest())], inner
}

// Matches reports whether the signer names a certificate as its own.
func (g *Signer) Matches(c *pki.Certificate) bool { return g.ID.Matches(c) }

// wantsContent reports whether the signature is over the content itself and its algorithm takes no digest.
func (g *Signer) wantsContent() bool {
	return g.Attributes == nil && (g.Algorithm.OID == alg.OIDEd25519 || g.Algorithm.OID == alg.OIDEd448)
}

// Timestamps returns the RFC 3161 tokens among the unsigned attributes, each a ContentInfo. They are
// made over Signature.
func (g *Signer) Timestamps() [][]byte {
	var tokens [][]byte
	for _, a := range g.Unsigned {
		if a.Type == alg.OIDSignatureTimeStamp {
			tokens = append(tokens, a.Values...)
		}
	}
	return tokens
}
