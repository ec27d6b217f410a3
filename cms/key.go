package cms

import (
	"bytes"
	"crypto"

	"github.com/waxwing-mail/waxwing/pki"
)

// Keys is asked for the keys that may open a recipient entry, in the order to try them.
type Keys interface {
	For(r *Recipient) []Key
}

// Key is something that opens recipient entries. One of Private, KEK and Password is set.
type Key struct {
	Certificate *pki.Certificate  // names the key in key transport and key agreement
	Private     crypto.PrivateKey // *rsa.PrivateKey or crypto.Decrypter; *ecdh.PrivateKey, *ecdsa.PrivateKey or an agreement of alg's

	KEK   []byte // a key that both sides hold (RFC 5652 §6.2.3)
	KEKID []byte // its name; empty fits any

	Password []byte // RFC 5652 §6.2.4
}

// KeyList is Keys out of a list: each key is offered for the entries that name it.
type KeyList []Key

// For returns the keys that fit.
func (l KeyList) For(r *Recipient) []Key {
	var fit []Key
	for _, k := range l {
		if k.fits(r) {
			fit = append(fit, k)
		}
	}
	return fit
}

// fits tells whether an entry names the key. A password fits every entry for one.
func (k *Key) fits(r *Recipient) bool {
	switch r.Kind {
	case KEK:
		return k.KEK != nil && (len(k.KEKID) == 0 || bytes.Equal(k.KEKID, r.KeyID))
	case Password:
		return k.Password != nil
	}
	return k.Certificate != nil && k.Private != nil && r.Matches(k.Certificate)
}
