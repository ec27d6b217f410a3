package alg

import (
	"errors"
	"io"

	"github.com/waxwing-mail/waxwing/der"
)

// ErrDecrypt is the one answer to a content or a key that does not decrypt: padding, length, checksum
// and tag are not told apart.
var ErrDecrypt = errors.New("does not decrypt: wrong key, or it was changed")

// ErrAhead says that a cipher needs the length of the content, or its additional data, before the content:
// the message has to be read twice, or its length stated.
var ErrAhead = errors.New("the cipher needs the length and the attributes of the content before the content")

// Cipher is a content encryption algorithm with its parameters.
type Cipher struct {
	Entry
	KeySize   int // octets of the content encryption key
	BlockSize int // octets to which the content is padded; 1 for ciphers that do not pad
	TagSize   int // octets of the tag of an AEAD; 0 for CBC

	id     Identifier
	nonce  []byte // or the initialization vector
	rc2    int    // effective key bits of RC2
	derive []byte // RFC 9709: the encoded identifier of the cipher below; nil without CEK-HKDF
	fresh  bool   // the nonce was made here and nothing was encrypted under it
}

// Ahead is what is known of a content before it is there. The zero value knows nothing, which is enough
// for CBC and GCM, and for contents up to 1 MiB with every cipher.
type Ahead struct {
	Known bool   // the fields below are true
	AAD   []byte // the additional data: the encoded authenticated attributes; nil: there are none
	Size  int64  // octets of the content, without padding and tag; -1: not known
}

// AEAD tells whether the cipher authenticates what it encrypts. For a cipher under CEK-HKDF (RFC 9709) it
// looks at the cipher below, which IsAEAD cannot.
func (c *Cipher) AEAD() bool { return c.TagSize > 0 }

// Identifier returns the contentEncryptionAlgorithm.
func (c *Cipher) Identifier() Identifier { return c.id }

// CipherOf returns the content encryption that an identifier names, ready to decrypt.
// Errors are *NotAllowedError, *UnsupportedError and *ParamsError.
func CipherOf(id Identifier, allow Allow) (*Cipher, error) {
	return nil, &UnsupportedError{Algorithm: Name(id.OID)}
}

// NewCipher returns a current cipher with a fresh nonce, which serves for one content.
// GCM gets 12 octets of nonce and a tag of 16 (RFC 5084 §3.2).
func NewCipher(oid der.OID) (*Cipher, error) { return nil, &UnsupportedError{Algorithm: Name(oid)} }

// UnderHKDF puts a cipher that NewCipher made under CEK-HKDF-SHA256 (RFC 9709): the key that recipients get is
// then not the key of the content but what that is derived from.
func (c *Cipher) UnderHKDF() *Cipher { return c }

// NewKey returns a fresh content encryption key.
func (c *Cipher) NewKey() []byte { return nil }

// RandomKey returns what takes the place of a key that did not decrypt, so that failures look alike (RFC 3218 §2.3).
func (c *Cipher) RandomKey() []byte { return c.NewKey() }

// CheckKey fails with ErrDecrypt when a content encryption key has not the cipher's length (STANDARDS 30).
func (c *Cipher) CheckKey(cek []byte) error { return nil }

// Decrypter decrypts what is written to it. What comes out is worth nothing until Finish returned nil.
type Decrypter struct{ c *Cipher }

// NewDecrypter returns what decrypts to w, which is a quarantine: see Finish.
func (c *Cipher) NewDecrypter(cek []byte, w io.Writer, ahead Ahead) (*Decrypter, error) {
	return nil, ErrDecrypt
}

// Write decrypts. Errors are those of the writer below, *ErrAhead*, or a content over the cipher's limit.
func (d *Decrypter) Write(p []byte) (int, error) { return 0, ErrDecrypt }

// Finish decrypts what is left and checks it: the tag and the additional data of an AEAD, the padding of others,
// for which tag and aad are nil. It fails with ErrDecrypt, or with ErrAhead when the additional data had
// to be known before. For CBC nil does not mean that nothing was changed.
func (d *Decrypter) Finish(tag, aad []byte) error { return ErrDecrypt }

// Encrypter encrypts what is written to it.
type Encrypter struct{ c *Cipher }

// NewEncrypter returns what encrypts to w. It fails when the cipher was not made by NewCipher or was used before:
// a nonce serves once (RFC 5084 §3.2). CCM needs ahead.Size; CCM and ChaCha20-Poly1305 need ahead.AAD.
func (c *Cipher) NewEncrypter(cek []byte, w io.Writer, ahead Ahead) (*Encrypter, error) {
	return nil, ErrDecrypt
}

// Write encrypts.
func (e *Encrypter) Write(p []byte) (int, error) { return 0, ErrDecrypt }

// Finish writes the padding, and returns the tag of an AEAD over the content and aad, the encoded authenticated
// attributes; nil for other ciphers. Where Ahead was needed, aad must be the same.
func (e *Encrypter) Finish(aad []byte) (tag []byte, err error) { return nil, ErrDecrypt }

// CiphertextSize returns the octets of ciphertext, without tag, for so many octets of content.
func (c *Cipher) CiphertextSize(content int64) int64 { return content }
