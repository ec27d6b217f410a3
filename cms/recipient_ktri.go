package cms

import (
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// readKTRI reads a KeyTransRecipientInfo (RFC 5652 §6.2.1) from its contents.
func readKTRI(c *der.Cursor) *Recipient {
	r := &Recipient{Kind: KeyTransport, Version: readVersion(c), ID: readID(c),
		KeyEncryption: alg.ParseIdentifier(c), EncryptedKey: c.OctetString()}
	c.Empty()
	return r
}
