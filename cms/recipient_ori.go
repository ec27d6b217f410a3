package cms

import (
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// KEM is what a KEMRecipientInfo has more (RFC 9629 §3).
type KEM struct {
	Algorithm  alg.Identifier
	Ciphertext []byte
	KEKLength  int
}

// readORI reads an OtherRecipientInfo (RFC 5652 §6.2.5) from its contents. What is of an unknown type is
// kept as it came.
func readORI(c *der.Cursor) *Recipient {
	r := &Recipient{Kind: Other, OtherType: c.OID(), OtherValue: c.Next().Raw}
	c.Empty()
	if r.OtherType == alg.OIDRecipientKEM && c.Err() == nil {
		inner := der.NewCursor(r.OtherValue)
		r.readKEM(inner.Sequence())
		if err := inner.Done(); err != nil {
			c.Fail(err)
		}
	}
	return r
}

// readKEM reads a KEMRecipientInfo (RFC 9629 §3) from its contents.
func (r *Recipient) readKEM(c *der.Cursor) {
	r.Version, r.ID = readVersion(c), readID(c)
	r.KEM = &KEM{Algorithm: alg.ParseIdentifier(c), Ciphertext: c.OctetString()}
	r.KDF = alg.ParseIdentifier(c)
	r.KEM.KEKLength = int(c.SmallInt())
	r.UKM = readUKM(c, 0)
	r.KeyEncryption = alg.ParseIdentifier(c)
	r.EncryptedKey = c.OctetString()
	c.Empty()
}
