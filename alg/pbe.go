package alg

import (
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
)

// PBE is password-based encryption with its parameters: PBES2 (RFC 8018 §6.2), and for reading the old ways, PBES1
// and those of PKCS#12.
type PBE struct {
	Entry
	KDF    *KDF    // of PBES2
	Cipher *Cipher // of PBES2

	id Identifier
}

// PBEOf returns the encryption that an identifier names. With PBES2 the cipher decides whether it is allowed.
func PBEOf(id Identifier, allow Allow) (*PBE, error) {
	return nil, &UnsupportedError{Algorithm: Name(id.OID)}
}

// NewPBES2 returns PBES2 for writing, for one content.
func NewPBES2(cipher der.OID, kdf *KDF) (*PBE, error) { return nil, ErrDecrypt }

// Identifier returns the encryptionAlgorithm.
func (p *PBE) Identifier() Identifier { return p.id }

// UsesBMP tells whether the password is taken as BMPString (RFC 7292 Appendix B.1), where an empty
// password has two forms: see DecryptNoPassword.
func (p *PBE) UsesBMP() bool { return false }

// Decrypt decrypts with a password in UTF-8. A wrong password is ErrDecrypt, though one in 256 is not
// noticed with CBC.
func (p *PBE) Decrypt(password, ciphertext []byte, b *limit.Budget) ([]byte, error) {
	return nil, ErrDecrypt
}

// DecryptNoPassword decrypts what was encrypted with no password at all, which for PKCS#12 is not the empty one.
func (p *PBE) DecryptNoPassword(ciphertext []byte, b *limit.Budget) ([]byte, error) {
	return nil, ErrDecrypt
}

// Encrypt encrypts with a password in UTF-8.
func (p *PBE) Encrypt(password, content []byte, b *limit.Budget) ([]byte, error) {
	return nil, ErrDecrypt
}
