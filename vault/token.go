package vault

import (
	"crypto"
	"errors"

	"github.com/waxwing-mail/waxwing/db"
)

var errToken = errors.New("vault: tokens are not wired yet")

func (v *Vault) generateOnToken(tx *db.Tx, s Spec) (Key, error)  { return Key{}, errToken }
func (v *Vault) tokenSigner(k Key) (crypto.Signer, error)        { return nil, errToken }
func (v *Vault) tokenDecrypter(k Key) (crypto.PrivateKey, error) { return nil, errToken }

// Token takes the key-encryption key from a token: it is stored encrypted to an RSA key that stays on the token and alone can decrypt
// it. The URI (RFC 7512) names that key.
func Token(uri string) (Source, error) { return Source{}, errToken }
