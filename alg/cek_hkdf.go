package alg

import (
	"crypto/hkdf"
	"crypto/sha256"

	"github.com/waxwing-mail/waxwing/der"
)

// cekSalt is the salt of CEK-HKDF-SHA256 (RFC 9709 §2).
const cekSalt = "The Cryptographic Message Syntax"

// cipherUnderHKDF reads id-alg-cek-hkdf-sha256, whose parameters are the identifier of the cipher below
// (RFC 9709 §4).
func cipherUnderHKDF(id Identifier, allow Allow) (*Cipher, error) {
	p := der.NewCursor(id.Params)
	inner := ParseIdentifier(p)
	if p.Done() != nil || inner.OID == OIDCEKHKDFSHA256 {
		return nil, &ParamsError{Algorithm: Name(id.OID), Reason: "malformed"}
	}
	c, err := CipherOf(inner, allow)
	if err != nil {
		return nil, err
	}
	return c.below(id), nil
}

// UnderHKDF puts the cipher under CEK-HKDF-SHA256 (RFC 9709): the key that recipients get is then not the key of
// the content but what that is derived from, so that nobody can pass the content off as one of another cipher.
// The cipher itself must not be used any more.
func (c *Cipher) UnderHKDF() *Cipher {
	return c.below(Identifier{OID: OIDCEKHKDFSHA256, Params: c.id.Bytes()})
}

// below returns the cipher with its key derived as id says.
func (c *Cipher) below(id Identifier) *Cipher {
	under := *c
	under.derive = id.Params
	under.id = id
	c.fresh = false
	return &under
}

// contentKey returns the key of the content.
// RFC 9709 §2: HKDF with the encoded identifier of the cipher as info, as long as the key that was sent.
func (c *Cipher) contentKey(cek []byte) ([]byte, error) {
	if c.derive == nil {
		return cek, nil
	}
	return hkdf.Key(sha256.New, cek, []byte(cekSalt), string(c.derive), c.KeySize)
}
