package alg

import (
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/der"
)

// ErrDecrypt is the one answer to a content or a key that does not decrypt: padding, length, checksum
// and tag are not told apart (STANDARDS 8).
var ErrDecrypt = errors.New("does not decrypt: wrong key, or it was changed")

// ErrAhead says that a cipher needs the length of the content, or its additional data, before the content:
// the message has to be read twice, or its length stated.
var ErrAhead = errors.New("the cipher needs the length and the attributes of the content before the content")

// Cipher is a content encryption algorithm with its parameters.
type Cipher struct {
	Entry         // under CEK-HKDF that of the cipher below
	KeySize   int // octets of the content encryption key
	BlockSize int // octets to which the content is padded; 1 for ciphers that do not pad
	TagSize   int // octets of the tag of an AEAD; 0 for CBC

	id     Identifier
	mode   *mode
	nonce  []byte // or the initialization vector
	rc2    int    // effective key bits of RC2
	derive []byte // RFC 9709: the encoded identifier of the cipher below; nil without CEK-HKDF
	fresh  bool   // the nonce was made here and nothing was encrypted under it
}

// CipherOf returns the content encryption that an identifier names, ready to decrypt.
// Errors are *NotAllowedError, *UnsupportedError and *ParamsError.
func CipherOf(id Identifier, allow Allow) (*Cipher, error) {
	if id.OID == OIDCEKHKDFSHA256 {
		return cipherUnderHKDF(id, allow)
	}
	c, err := newCipher(id.OID)
	if err != nil {
		return nil, err
	}
	c.id = id
	if err := c.mode.parse(c, id.Params); err != nil {
		return nil, err
	}
	if err := allow.Check(c.Entry); err != nil {
		return nil, err
	}
	return c, nil
}

// NewCipher returns a current cipher with a fresh nonce, which serves for one content.
// GCM gets 12 octets of nonce and a tag of 16 (RFC 5084 §3.2).
func NewCipher(oid der.OID) (*Cipher, error) {
	c, err := newCipher(oid)
	if err != nil {
		return nil, err
	}
	if err := (Allow{}).Check(c.Entry); err != nil {
		return nil, err
	}
	c.nonce = random(c.mode.nonce)
	if c.mode.tag > 0 {
		c.TagSize = c.mode.tag
	}
	c.id = Identifier{OID: oid, Params: c.mode.params(c)}
	c.fresh = true
	return c, nil
}

// newCipher returns a cipher without its parameters.
func newCipher(oid der.OID) (*Cipher, error) {
	e, err := find(oid, KindCipher)
	if err != nil {
		return nil, err
	}
	m, ok := modes[oid]
	if !ok {
		return nil, &UnsupportedError{Algorithm: e.String(), Status: e.Status, Use: string(KindCipher)}
	}
	return &Cipher{Entry: e, KeySize: m.key, BlockSize: m.block, mode: m}, nil
}

// AEAD tells whether the cipher authenticates what it encrypts. For a cipher under CEK-HKDF (RFC 9709) it
// looks at the cipher below, which IsAEAD cannot.
func (c *Cipher) AEAD() bool { return c.TagSize > 0 }

// Identifier returns the contentEncryptionAlgorithm.
func (c *Cipher) Identifier() Identifier { return c.id }

// NewKey returns a fresh content encryption key. A random key also takes the place of one that did not
// decrypt, so that failures look alike (RFC 3218 §2.3.2).
func (c *Cipher) NewKey() []byte { return random(c.KeySize) }

// CheckKey fails with ErrDecrypt when a content encryption key has not the cipher's length (STANDARDS 30).
func (c *Cipher) CheckKey(cek []byte) error {
	if len(cek) != c.KeySize {
		return ErrDecrypt
	}
	return nil
}

// CiphertextSize returns the octets of ciphertext, without tag, for so many octets of content.
func (c *Cipher) CiphertextSize(content int64) int64 {
	if c.BlockSize == 1 {
		return content
	}
	return content + int64(c.BlockSize) - content%int64(c.BlockSize)
}

// start returns the engine of the cipher under a content encryption key.
func (c *Cipher) start(cek []byte, a Ahead, open bool) (engine, error) {
	if err := c.CheckKey(cek); err != nil {
		return nil, err
	}
	key, err := c.contentKey(cek)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Name, err)
	}
	return c.mode.start(c, key, a, open)
}

// random returns octets that nobody can guess.
func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails
	return b
}
