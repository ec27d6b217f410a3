package alg

import (
	"hash"

	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
)

// MAC is a message authentication algorithm.
type MAC struct {
	Entry
	Size    int // octets of a MAC
	KeySize int // octets of a key as it is made for writing

	id Identifier
}

// MACOf returns the MAC that an identifier names: HMAC over SHA-1, SHA-2 or SHA-3.
func MACOf(id Identifier) (*MAC, error) { return nil, &UnsupportedError{Algorithm: Name(id.OID)} }

// NewMAC returns a MAC by its identifier, for writing; alg.OIDHMACSHA256 for example.
func NewMAC(oid der.OID) (*MAC, error) { return nil, &UnsupportedError{Algorithm: Name(oid)} }

// Identifier returns the macAlgorithm.
func (m *MAC) Identifier() Identifier { return m.id }

// New returns a computation under a key.
func (m *MAC) New(key []byte) (hash.Hash, error) { return nil, ErrDecrypt }

// NewKey returns a fresh key.
func (m *MAC) NewKey() []byte { return nil }

// PasswordMAC is PBMAC1 (RFC 8018 §7.1, RFC 9579): a MAC under a key made of a password.
type PasswordMAC struct {
	Entry
	KDF *KDF
	MAC *MAC

	id Identifier
}

// PasswordMACOf reads PBMAC1 and its parameters. RFC 9579 §7: a key of less than 20 octets is a *ParamsError.
func PasswordMACOf(id Identifier) (*PasswordMAC, error) {
	return nil, &UnsupportedError{Algorithm: Name(id.OID)}
}

// NewPBMAC1 returns PBMAC1 with PBKDF2 and HMAC over h, for writing.
func NewPBMAC1(h *Hash, iterations int) *PasswordMAC { return nil }

// Identifier returns PBMAC1 with its parameters.
func (p *PasswordMAC) Identifier() Identifier { return p.id }

// Sum computes the MAC of a content under a password in UTF-8.
func (p *PasswordMAC) Sum(password, content []byte, b *limit.Budget) ([]byte, error) {
	return nil, ErrDecrypt
}
