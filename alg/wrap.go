package alg

import "github.com/waxwing-mail/waxwing/der"

// Wrap is a way to encrypt a key by a key, with its parameters.
type Wrap struct {
	Entry
	KeySize int // octets of the key encryption key

	id Identifier
}

// WrapOf returns the key wrapping that an identifier names: AES key wrap, with or without padding, the
// password key wrap of RFC 3211, or, with allow.Legacy and for reading only, that of 3DES.
func WrapOf(id Identifier, allow Allow) (*Wrap, error) {
	return nil, &UnsupportedError{Algorithm: Name(id.OID)}
}

// NewWrap returns AES key wrap by its identifier, for writing.
func NewWrap(oid der.OID) (*Wrap, error) { return nil, &UnsupportedError{Algorithm: Name(oid)} }

// NewPasswordWrap returns id-alg-PWRI-KEK (RFC 3211 §2.3) over a current CBC cipher, with a fresh
// initialization vector, for one wrapping.
func NewPasswordWrap(cbc der.OID) (*Wrap, error) { return nil, &UnsupportedError{Algorithm: Name(cbc)} }

// WrapFor returns the AES key wrap whose keys are as long as those of a cipher (RFC 8551 §2.7).
func WrapFor(c *Cipher) *Wrap { return nil }

// Identifier returns the keyEncryptionAlgorithm.
func (w *Wrap) Identifier() Identifier { return w.id }

// Wrap encrypts a key.
func (w *Wrap) Wrap(kek, cek []byte) ([]byte, error) { return nil, ErrDecrypt }

// Unwrap decrypts a key. Every failure is ErrDecrypt. The caller checks the length of what comes out:
// see Cipher.CheckKey.
func (w *Wrap) Unwrap(kek, wrapped []byte) ([]byte, error) { return nil, ErrDecrypt }
