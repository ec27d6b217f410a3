package cms

import (
	"context"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// Encrypted is an EncryptedData as it is read (RFC 5652 §8): its key is managed elsewhere.
type Encrypted struct {
	Version     int
	ContentType der.OID
	Cipher      alg.Identifier
	Attributes  []Attribute // unprotected; known after Decrypt
}

// Type returns id-encryptedData.
func (e *Encrypted) Type() der.OID { return alg.OIDEncryptedData }

// Decrypt decrypts the content to w under the rules of Enveloped.Decrypt.
func (e *Encrypted) Decrypt(ctx context.Context, w io.Writer, key []byte, allow alg.Allow) error {
	return ErrDecrypt
}
