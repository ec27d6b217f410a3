package alg

import (
	"crypto"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"hash"

	"github.com/waxwing-mail/waxwing/der"
)

// Hash is a digest algorithm.
type Hash struct {
	Entry
	Size int         // octets of a digest
	Std  crypto.Hash // its number in the standard library; 0 for SHAKE, which has none

	new func() hash.Hash
}

// The digests. Their pointers may be compared.
var (
	MD5       = newHash(OIDMD5, crypto.MD5, md5.New)
	SHA1      = newHash(OIDSHA1, crypto.SHA1, sha1.New)
	SHA224    = newHash(OIDSHA224, crypto.SHA224, sha256.New224)
	SHA256    = newHash(OIDSHA256, crypto.SHA256, sha256.New)
	SHA384    = newHash(OIDSHA384, crypto.SHA384, sha512.New384)
	SHA512    = newHash(OIDSHA512, crypto.SHA512, sha512.New)
	SHA512224 = newHash(OIDSHA512224, crypto.SHA512_224, sha512.New512_224)
	SHA512256 = newHash(OIDSHA512256, crypto.SHA512_256, sha512.New512_256)
	SHA3224   = newHash(OIDSHA3224, crypto.SHA3_224, func() hash.Hash { return sha3.New224() })
	SHA3256   = newHash(OIDSHA3256, crypto.SHA3_256, func() hash.Hash { return sha3.New256() })
	SHA3384   = newHash(OIDSHA3384, crypto.SHA3_384, func() hash.Hash { return sha3.New384() })
	SHA3512   = newHash(OIDSHA3512, crypto.SHA3_512, func() hash.Hash { return sha3.New512() })
	SHAKE128  = newHash(OIDSHAKE128, 0, func() hash.Hash { return &shake{sha3.NewSHAKE128(), 32} })
	SHAKE256  = newHash(OIDSHAKE256, 0, func() hash.Hash { return &shake{sha3.NewSHAKE256(), 64} })
)

// hashes are all of them, by identifier.
var hashes = map[der.OID]*Hash{
	OIDMD5: MD5, OIDSHA1: SHA1, OIDSHA224: SHA224, OIDSHA256: SHA256, OIDSHA384: SHA384, OIDSHA512: SHA512,
	OIDSHA512224: SHA512224, OIDSHA512256: SHA512256, OIDSHA3224: SHA3224, OIDSHA3256: SHA3256,
	OIDSHA3384: SHA3384, OIDSHA3512: SHA3512, OIDSHAKE128: SHAKE128, OIDSHAKE256: SHAKE256,
}

func newHash(oid der.OID, std crypto.Hash, new func() hash.Hash) *Hash {
	return &Hash{Entry: table[oid], Size: new().Size(), Std: std, new: new}
}

// New returns a fresh computation.
func (h *Hash) New() hash.Hash { return h.new() }

// Sum returns the digest of b.
func (h *Hash) Sum(b []byte) []byte {
	s := h.new()
	s.Write(b)
	return s.Sum(nil)
}

// Identifier returns the digest as a digestAlgorithm: without parameters (RFC 5754 §2).
func (h *Hash) Identifier() Identifier { return Identifier{OID: h.OID} }

// HashFunc returns the standard library's number, so that a *Hash is a crypto.SignerOpts.
func (h *Hash) HashFunc() crypto.Hash { return h.Std }

// HashOf returns the digest algorithm that an identifier names, whatever its status:
// a reader has to compute a digest before it can say that it is worth nothing.
func HashOf(id Identifier) (*Hash, error) {
	if id.OID == OIDSHAKE256Len {
		return shakeWithLength(id)
	}
	h, ok := hashes[id.OID]
	if !ok {
		e, _ := Lookup(id.OID)
		return nil, &UnsupportedError{Algorithm: Name(id.OID), Status: e.Status, Use: string(KindDigest)}
	}
	return h, h.checkParams(id)
}

// shakeWithLength reads id-shake256-len, whose parameter is the length in bits:
// with Ed448 it is 512, which makes it id-shake256 (RFC 8419 §2.3).
func shakeWithLength(id Identifier) (*Hash, error) {
	c := der.NewCursor(id.Params)
	if bits := c.SmallInt(); c.Done() != nil || bits != 512 {
		return nil, &ParamsError{Algorithm: Name(id.OID), Reason: "the length is not 512 bits"}
	}
	return SHAKE256, nil
}

// shake makes a hash of an extendable-output function: SHAKE128 gives 32 octets and
// SHAKE256 gives 64 (RFC 8702 §2).
type shake struct {
	*sha3.SHAKE
	size int
}

func (s *shake) Size() int { return s.size }

// Sum leaves the state as it was, which reading from the sponge would not.
func (s *shake) Sum(b []byte) []byte {
	c := *s.SHAKE
	out := make([]byte, s.size)
	c.Read(out)
	return append(b, out...)
}
