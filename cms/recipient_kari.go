package cms

import (
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// Originator is the sender's side of a key agreement (RFC 5652 §6.2.2): a certificate, or a public key.
type Originator struct {
	ID        *ID            // of a certificate; nil when the key is here
	Algorithm alg.Identifier // of PublicKey
	PublicKey []byte         // contents of the BIT STRING of an ephemeral key
}

// readKARI reads a KeyAgreeRecipientInfo (RFC 5652 §6.2.2) from its contents: one Recipient for each
// RecipientEncryptedKey.
func readKARI(c *der.Cursor) []*Recipient {
	shared := Recipient{Kind: KeyAgreement, Version: readVersion(c), Originator: &Originator{}}
	if o, ok := c.Explicit(0); ok {
		*shared.Originator = readOriginator(o)
	}
	shared.UKM = readUKM(c, 1)
	shared.KeyEncryption = alg.ParseIdentifier(c)
	var list []*Recipient
	for keys := c.Sequence(); keys.More(); {
		k := keys.Sequence()
		r := shared
		r.ID = readAgreementID(k)
		r.EncryptedKey = k.OctetString()
		k.Empty()
		list = append(list, &r)
	}
	c.Empty()
	return list
}

// readUKM reads user keying material, [n] EXPLICIT OCTET STRING OPTIONAL. Absent gives nil, empty does not:
// the two give different keys (STANDARDS item 31).
func readUKM(c *der.Cursor, n uint32) []byte {
	u, ok := c.Explicit(n)
	if !ok {
		return nil
	}
	ukm := u.OctetString()
	u.Empty()
	if ukm == nil {
		ukm = []byte{}
	}
	return ukm
}

// readOriginator reads an OriginatorIdentifierOrKey.
func readOriginator(c *der.Cursor) (o Originator) {
	if t, ok := c.Peek(); ok && t == der.Context(1) {
		k := c.Enter(t)
		o.Algorithm = alg.ParseIdentifier(k)
		o.PublicKey = k.BitString().Bytes
		k.Empty()
	} else {
		id := readID(c)
		o.ID = &id
	}
	c.Empty()
	return o
}

// readAgreementID reads a KeyAgreeRecipientIdentifier.
func readAgreementID(c *der.Cursor) ID {
	if t, ok := c.Peek(); ok && t == der.Context(0) {
		return readRecipientKeyID(c.Enter(t))
	}
	return readIssuerSerial(c.Sequence())
}

// readRecipientKeyID reads a RecipientKeyIdentifier from its contents.
func readRecipientKeyID(c *der.Cursor) ID {
	id := ID{KeyID: c.OctetString()}
	if t, ok := c.Peek(); ok && t == der.GeneralizedTime {
		id.Date = c.Time()
	}
	c.Optional(der.Sequence) // OtherKeyAttribute (RFC 5652 §10.2.7): nobody uses it
	c.Empty()
	return id
}
