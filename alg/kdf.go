package alg

import "github.com/waxwing-mail/waxwing/limit"

// KDF is a way to make a key of a password, with its parameters: PBKDF2 or scrypt.
type KDF struct {
	Entry
	Salt       []byte
	Iterations int  // of PBKDF2
	PRF        *MAC // of PBKDF2
	N, R, P    int  // of scrypt
	KeySize    int  // octets of the key as the parameters state it; 0 when they do not

	id Identifier
}

// KDFOf returns the key derivation that an identifier names (RFC 8018 Appendix A.2, RFC 7914 §7).
func KDFOf(id Identifier) (*KDF, error) { return nil, &UnsupportedError{Algorithm: Name(id.OID)} }

// NewPBKDF2 returns PBKDF2 with HMAC over h and a fresh salt of 16 octets, for writing; 0 iterations mean 600,000.
func NewPBKDF2(h *Hash, iterations int) *KDF { return nil }

// NewScrypt returns scrypt with a fresh salt, for writing; n must be a power of two.
func NewScrypt(n, r, p int) (*KDF, error) { return nil, ErrDecrypt }

// Identifier returns the keyDerivationAlgorithm. size is the octets of the key, which the parameters then state; 0: they do not.
func (k *KDF) Identifier() Identifier { return k.id }

// Key makes a key of size octets. The iterations are taken from the budget (limit.KDF), and the memory
// of scrypt must be within limit.Bytes. It fails when the parameters state another size.
func (k *KDF) Key(password []byte, size int, b *limit.Budget) ([]byte, error) { return nil, ErrDecrypt }

// PKCS12Key derives a key by the method of RFC 7292 Appendix B.2. purpose is 1 for a cipher's key, 2 for its
// initialization vector and 3 for a MAC; password is as BMPPassword gives it.
func PKCS12Key(h *Hash, purpose byte, password, salt []byte, iterations, size int, b *limit.Budget) ([]byte, error) {
	return nil, ErrDecrypt
}

// BMPPassword returns a password, given in UTF-8, as PKCS#12 wants it: as BMPString with two zero octets after it
// (RFC 7292 Appendix B.1). Characters beyond U+FFFF become surrogates; octets that are not UTF-8 are
// taken as Latin-1, as OpenSSL does.
func BMPPassword(password []byte) []byte { return nil }
