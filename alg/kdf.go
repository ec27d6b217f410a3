package alg

import (
	"crypto/hkdf"
	"crypto/pbkdf2"
	"fmt"

	"golang.org/x/crypto/scrypt"

	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
)

// defaultIterations are those of PBKDF2 as it is written.
const defaultIterations = 600_000

// maxDerived is more octets than any key has that is made of a password.
const maxDerived = 1024

// KDF is a way to make a key of a password, with its parameters: PBKDF2 or scrypt.
type KDF struct {
	Entry
	Salt       []byte
	Iterations int  // of PBKDF2
	PRF        *MAC // of PBKDF2
	N, R, P    int  // of scrypt
	KeySize    int  // octets of the key as the parameters state it; 0 when they do not
}

// KDFOf returns the key derivation that an identifier names (RFC 8018 Appendix A.2, RFC 7914 §7).
func KDFOf(id Identifier) (*KDF, error) {
	e, err := find(id.OID, KindKDF)
	if err != nil {
		return nil, err
	}
	k := &KDF{Entry: e}
	switch id.OID {
	case OIDPBKDF2:
		return k, k.parsePBKDF2(id.Params)
	case OIDScrypt:
		return k, k.parseScrypt(id.Params)
	}
	return nil, &UnsupportedError{Algorithm: e.Name, Status: e.Status, Use: string(KindKDF)}
}

// NewPBKDF2 returns PBKDF2 with HMAC over h (nil: SHA-256) and a fresh salt of 16 octets, for writing;
// 0 iterations mean 600,000.
func NewPBKDF2(h *Hash, iterations int) (*KDF, error) {
	if h == nil {
		h = SHA256
	}
	prf, err := hmacOf(h)
	if err != nil {
		return nil, err
	}
	if iterations == 0 {
		iterations = defaultIterations
	}
	return &KDF{Entry: table[OIDPBKDF2], Salt: random(16), Iterations: iterations, PRF: prf}, nil
}

// NewScrypt returns scrypt with a fresh salt of 16 octets, for writing; n is a power of two.
func NewScrypt(n, r, p int) (*KDF, error) {
	k := &KDF{Entry: table[OIDScrypt], Salt: random(16), N: n, R: r, P: p}
	return k, k.checkScrypt()
}

// Identifier returns the keyDerivationAlgorithm.
func (k *KDF) Identifier() Identifier {
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.OctetString(k.Salt)
		if k.OID == OIDScrypt {
			b.Int(int64(k.N))
			b.Int(int64(k.R))
			b.Int(int64(k.P))
		} else {
			b.Int(int64(k.Iterations))
		}
		if k.KeySize > 0 {
			b.Int(int64(k.KeySize))
		}
		if k.PRF != nil && k.PRF.OID != OIDHMACSHA1 {
			k.PRF.id.Append(b)
		}
	})
	return Identifier{OID: k.OID, Params: mustBytes(&b)}
}

// Key makes a key of size octets of a password as it is. The work is taken from the budget (limit.KDF, in
// iterations of PBKDF2), and the memory of scrypt must be within limit.Bytes. It fails with a *ParamsError
// when the parameters state another size.
func (k *KDF) Key(password []byte, size int, b *limit.Budget) ([]byte, error) {
	if k.KeySize > 0 && k.KeySize != size || size <= 0 || size > maxDerived {
		return nil, k.bad("length of the key is not that of its cipher")
	}
	if k.OID == OIDScrypt {
		return k.scrypt(password, size, b)
	}
	blocks := int64(size+k.PRF.Size-1) / int64(k.PRF.Size)
	if err := b.Take(limit.KDF, times(int64(k.Iterations), blocks)); err != nil {
		return nil, err
	}
	return pbkdf2.Key(k.PRF.hash.New, string(password), k.Salt, k.Iterations, size)
}

// scrypt counts a call of Salsa20/8 as an iteration: there are 4·N·r·p of them.
func (k *KDF) scrypt(password []byte, size int, b *limit.Budget) ([]byte, error) {
	r := int64(k.R)
	if err := b.Within(limit.Bytes, times(128*r, int64(k.N)+int64(k.P))); err != nil {
		return nil, err
	}
	if err := b.Take(limit.KDF, times(times(4*r, int64(k.N)), int64(k.P))); err != nil {
		return nil, err
	}
	return scrypt.Key(password, k.Salt, k.N, k.R, k.P, size)
}

// times multiplies without overflow; too much is as much as there is.
func times(a, b int64) int64 {
	if a > 0 && b > (1<<63-1)/a {
		return 1<<63 - 1
	}
	return a * b
}

// HKDF is the HMAC-based key derivation of RFC 5869. No salt means zeros.
func HKDF(h *Hash, secret, salt, info []byte, size int) ([]byte, error) {
	if h.Std == 0 {
		return nil, fmt.Errorf("HKDF with %s is not defined", h.Name)
	}
	return hkdf.Key(h.New, secret, salt, string(info), size)
}
