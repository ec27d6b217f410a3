package alg

import (
	"crypto/hmac"
	"fmt"
	"hash"

	"github.com/waxwing-mail/waxwing/der"
)

// MAC is a message authentication algorithm.
type MAC struct {
	Entry
	Size    int // octets of a MAC
	KeySize int // octets of a key; for HMAC that of the keys that are written, as it takes any

	id    Identifier
	hash  *Hash  // of HMAC; nil for GMAC
	nonce []byte // of GMAC
}

// hmacs are the digests of HMAC.
var hmacs = map[der.OID]*Hash{
	OIDHMACSHA1: SHA1, OIDHMACSHA1IPsec: SHA1, OIDHMACSHA224: SHA224, OIDHMACSHA256: SHA256, OIDHMACSHA384: SHA384,
	OIDHMACSHA512: SHA512, OIDHMACSHA512224: SHA512224, OIDHMACSHA512256: SHA512256,
	OIDHMACSHA3224: SHA3224, OIDHMACSHA3256: SHA3256, OIDHMACSHA3384: SHA3384, OIDHMACSHA3512: SHA3512,
}

// gmacs are the key sizes of GMAC.
var gmacs = map[der.OID]int{OIDAES128GMAC: 16, OIDAES192GMAC: 24, OIDAES256GMAC: 32}

// MACOf returns the MAC that an identifier names: HMAC over SHA-1, SHA-2 or SHA-3, or AES-GMAC.
func MACOf(id Identifier) (*MAC, error) {
	e, err := find(id.OID, KindMAC)
	if err != nil {
		return nil, err
	}
	m := &MAC{Entry: e, id: id}
	if size, ok := gmacs[id.OID]; ok {
		m.KeySize = size
		return m, m.parseGMAC()
	}
	h, ok := hmacs[id.OID]
	if !ok {
		return nil, &UnsupportedError{Algorithm: e.Name, Status: e.Status, Use: string(KindMAC)}
	}
	m.hash, m.Size, m.KeySize = h, h.Size, h.Size
	return m, e.checkParams(id)
}

// NewMAC returns a MAC by its identifier, for writing: alg.OIDHMACSHA256 for example. GMAC gets a fresh nonce, for one
// content.
func NewMAC(oid der.OID) (*MAC, error) {
	if _, ok := gmacs[oid]; ok {
		return MACOf(Identifier{OID: oid, Params: nonceAndTag(random(12), 16)})
	}
	e, _ := Lookup(oid)
	return MACOf(e.Identifier())
}

// hmacOf returns HMAC over a digest.
func hmacOf(h *Hash) (*MAC, error) {
	for oid, of := range hmacs {
		if of == h && oid != OIDHMACSHA1IPsec {
			return NewMAC(oid)
		}
	}
	return nil, &UnsupportedError{Algorithm: "HMAC with " + h.Name, Use: string(KindMAC)}
}

// Identifier returns the macAlgorithm.
func (m *MAC) Identifier() Identifier { return m.id }

// NewKey returns a fresh key, of a length that AES key wrap takes (RFC 3394 §2).
func (m *MAC) NewKey() []byte { return random((m.KeySize + 7) &^ 7) }

// New returns a computation under a key. The key of GMAC has KeySize octets, or it is ErrDecrypt; HMAC takes any
// but an empty one.
func (m *MAC) New(key []byte) (hash.Hash, error) {
	switch {
	case len(key) == 0:
		return nil, fmt.Errorf("%s: %w", m.Name, errLength)
	case m.hash != nil:
		return hmac.New(m.hash.New, key), nil
	case len(key) != m.KeySize:
		return nil, ErrDecrypt
	}
	return newGMAC(key, m.nonce, m.Size)
}
