package cms

import (
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// readPWRI reads a PasswordRecipientInfo (RFC 5652 §6.2.4) from its contents. The key derivation
// may be absent: then the password is the key itself (STANDARDS item 9).
func readPWRI(c *der.Cursor) *Recipient {
	r := &Recipient{Kind: Password, Version: readVersion(c)}
	if t, ok := c.Peek(); ok && t == der.Context(0) {
		r.KDF = readImplicitIdentifier(c.Enter(t))
	}
	r.KeyEncryption = alg.ParseIdentifier(c)
	r.EncryptedKey = c.OctetString()
	c.Empty()
	return r
}
