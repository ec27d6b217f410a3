package cms

import (
	"fmt"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// KeyPreference names the certificate that its owner wants mail encrypted to (RFC 8551 §2.5.3).
type KeyPreference struct{ ID ID }

// readKeyPreference reads an SMIMEEncryptionKeyPreference.
func readKeyPreference(c *der.Cursor) *KeyPreference {
	v := c.Next()
	inner := der.NewCursor(v.Body)
	p := &KeyPreference{}
	switch v.Tag {
	case der.Context(0):
		p.ID = readIssuerSerial(inner)
	case der.Context(1):
		p.ID = readRecipientKeyID(inner)
	case der.Context(2):
		p.ID = ID{KeyID: v.Body}
		return p
	default:
		c.Fail(errChoice(v.Tag))
	}
	c.Fail(inner.Done())
	return p
}

// readCapabilities reads SMIMECapabilities (RFC 8551 §2.5.2). A capability has the form of an
// algorithm identifier.
func readCapabilities(c *der.Cursor) []alg.Identifier {
	var list []alg.Identifier
	for s := c.Sequence(); counted(s, len(list)); {
		list = append(list, alg.ParseIdentifier(s))
	}
	return list
}

// CertificateHash names a certificate by its hash (RFC 2634 §5.4.1, RFC 5035 §4).
type CertificateHash struct {
	Hash  alg.Identifier
	Value []byte
	ID    *ID // issuerSerial; nil when absent
}

// matches reports whether the hash is that of a certificate, and the issuer and serial, if given, too.
func (h *CertificateHash) matches(c *pki.Certificate) bool {
	hash, err := alg.HashOf(h.Hash)
	if err != nil || string(hash.Sum(c.Raw)) != string(h.Value) {
		return false
	}
	return h.ID == nil || h.ID.Matches(c)
}

// readSigningCertificate reads a SigningCertificate, or in the second version of the attribute a
// SigningCertificateV2, whose entries may name their hash.
func readSigningCertificate(c *der.Cursor, hash alg.Identifier, v2 bool) []CertificateHash {
	s := c.Sequence()
	var list []CertificateHash
	for ids := s.Sequence(); counted(ids, len(list)); {
		id := ids.Sequence()
		h := CertificateHash{Hash: hash}
		if t, ok := id.Peek(); v2 && ok && t == der.Sequence {
			h.Hash = alg.ParseIdentifier(id)
		}
		h.Value = id.OctetString()
		if id.More() {
			h.ID = readIssuerSerialName(id.Sequence())
		}
		id.Empty()
		list = append(list, h)
	}
	s.Optional(der.Sequence) // policies (RFC 2634 §5.4) are nobody's concern here
	s.Empty()
	return list
}

// readIssuerSerialName reads an IssuerSerial (RFC 5035 §3). Where the GeneralNames hold no directory
// name there is nothing to compare.
func readIssuerSerialName(c *der.Cursor) *ID {
	var issuer []byte
	for names := c.Sequence(); names.More(); {
		v := names.Next()
		if v.Tag == der.Context(4) {
			issuer = v.Body
		}
	}
	serial := c.Expect(der.Integer).Body
	c.Empty()
	if issuer == nil {
		return nil
	}
	return &ID{RawIssuer: issuer, RawSerial: serial}
}

// AlgorithmProtection repeats the algorithms under the signature (RFC 6211 §2).
type AlgorithmProtection struct {
	Digest    alg.Identifier
	Signature alg.Identifier // of a signer
	MAC       alg.Identifier // of AuthenticatedData
}

// readProtection reads a CMSAlgorithmProtection.
func readProtection(c *der.Cursor) *AlgorithmProtection {
	s := c.Sequence()
	p := &AlgorithmProtection{Digest: alg.ParseIdentifier(s)}
	if t, ok := s.Peek(); ok && t == der.Context(1) {
		p.Signature = readImplicitIdentifier(s.Enter(t))
	}
	if t, ok := s.Peek(); ok && t == der.Context(2) {
		p.MAC = readImplicitIdentifier(s.Enter(t))
	}
	s.Empty()
	return p
}

// readImplicitIdentifier reads the contents of an AlgorithmIdentifier under another tag.
func readImplicitIdentifier(c *der.Cursor) alg.Identifier {
	id := alg.Identifier{OID: c.OID()}
	if c.More() {
		id.Params = c.Next().Raw
	}
	c.Empty()
	return id
}

// errChoice says that none of the alternatives of a CHOICE has the tag.
func errChoice(t der.Tag) error { return fmt.Errorf("unexpected %v", t) }
