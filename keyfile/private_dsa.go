package keyfile

import (
	"crypto"
	"crypto/dsa"
	"errors"
	"math/big"

	"github.com/waxwing-mail/waxwing/der"
)

// DSAPrivateKey is a DSA key, which is read to be shown and not used.
type DSAPrivateKey struct{ dsa.PrivateKey }

// Public returns the public half.
func (k *DSAPrivateKey) Public() crypto.PublicKey { return &k.PublicKey }

// dsaKey reads a DSA key of PKCS #8 (RFC 3279 §2.3.2 for the parameters).
func dsaKey(octets, params []byte) (*DSAPrivateKey, error) {
	c, p := der.NewCursor(octets), der.NewCursor(params)
	s := p.Sequence()
	k := &DSAPrivateKey{}
	k.P, k.Q, k.G, k.X = s.Int(), s.Int(), s.Int(), c.Int()
	if c.Done() != nil || s.Done() != nil || p.Done() != nil {
		return nil, errors.New("malformed")
	}
	return k, k.complete()
}

// dsaTraditional reads OpenSSL's form: version, p, q, g, public and private number.
func dsaTraditional(data []byte) (*DSAPrivateKey, error) {
	c := der.NewCursor(data)
	s := c.Sequence()
	version := s.SmallInt()
	k := &DSAPrivateKey{}
	k.P, k.Q, k.G, k.Y, k.X = s.Int(), s.Int(), s.Int(), s.Int(), s.Int()
	if s.Done() != nil || c.Done() != nil || version != 0 {
		return nil, errors.New("malformed")
	}
	stated := k.Y
	if err := k.complete(); err != nil {
		return nil, err
	}
	if k.Y.Cmp(stated) != 0 {
		return nil, errOtherPublic
	}
	return k, nil
}

// complete checks the ranges and computes the public number.
func (k *DSAPrivateKey) complete() error {
	const longestP, longestQ = 4096, 512
	if k.P.Sign() <= 0 || k.P.BitLen() > longestP || k.Q.Sign() <= 0 || k.Q.BitLen() > longestQ ||
		k.G.Sign() <= 0 || k.G.Cmp(k.P) >= 0 || k.X.Sign() <= 0 || k.X.Cmp(k.Q) >= 0 {
		return errors.New("a number is out of range")
	}
	k.Y = new(big.Int).Exp(k.G, k.X, k.P)
	return nil
}
