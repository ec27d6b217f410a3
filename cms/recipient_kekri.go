package cms

import (
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// readKEKRI reads a KEKRecipientInfo (RFC 5652 §6.2.3) from its contents.
func readKEKRI(c *der.Cursor) *Recipient {
	r := &Recipient{Kind: KEK, Version: readVersion(c)}
	id := readRecipientKeyID(c.Sequence())
	r.KeyID, r.Date = id.KeyID, id.Date
	r.KeyEncryption = alg.ParseIdentifier(c)
	r.EncryptedKey = c.OctetString()
	c.Empty()
	return r
}
