package brainpool

import (
	"crypto/ecdsa"
	"crypto/rand"
	"errors"
	"math/big"

	"filippo.io/bigmod"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

var errKey = errors.New("brainpool: not a private key on a brainpool curve")

// Sign signs a digest (SEC 1 §4.1.3) and returns an ECDSA-Sig-Value (RFC 3279 §2.2.3). A digest that is longer than
// the order of the group is cut.
func Sign(key *ecdsa.PrivateKey, digest []byte) ([]byte, error) {
	c, d, err := secret(key)
	if err != nil {
		return nil, err
	}
	// SEC 1 §4.1.3 step 5. The orders have as many bits as octets can have.
	e, err := new(bigmod.Nat).SetOverflowingBytes(digest[:min(len(digest), c.n.Size())], c.n)
	if err != nil {
		return nil, err
	}
	for {
		k, err := c.random()
		if err != nil {
			return nil, err
		}
		x, _ := c.affine(c.times(c.base, k.Bytes(c.n)))
		// The order is less than the field, with as many bits, so x is at most once too large.
		r, err := new(bigmod.Nat).SetOverflowingBytes(x.Bytes(c.p), c.n)
		if err != nil {
			return nil, err
		}
		// s = (e + r d) / k
		s := new(bigmod.Nat).ExpandFor(c.n)
		copy(s.Bits(), r.Bits())
		s.Mul(d, c.n).Add(e, c.n).Mul(inverse(k, c.n), c.n)
		if r.IsZero() == 0 && s.IsZero() == 0 {
			return encode(r.Bytes(c.n), s.Bytes(c.n))
		}
	}
}

// ECDH returns the x-coordinate of the shared point (SEC 1 §3.3.1), as long as the field. It fails
// for a public key that is no point of the curve.
func ECDH(key *ecdsa.PrivateKey, x, y *big.Int) ([]byte, error) {
	c, d, err := secret(key)
	if err != nil {
		return nil, err
	}
	p, ok := c.point(x, y)
	if !ok {
		return nil, errors.New("brainpool: the public key is not a point of its curve")
	}
	// The groups are of prime order, so that the product is never infinity.
	shared, _ := c.affine(c.times(c.multiples(p), d.Bytes(c.n)))
	return shared.Bytes(c.p), nil
}

// secret returns the curve and the number of a private key.
func secret(key *ecdsa.PrivateKey) (*Curve, *bigmod.Nat, error) {
	c, ok := key.Curve.(*Curve)
	if !ok || key.D == nil || key.D.Sign() <= 0 || key.D.BitLen() > c.params.BitSize {
		return nil, nil, errKey
	}
	d, err := new(bigmod.Nat).SetBytes(key.D.FillBytes(make([]byte, c.n.Size())), c.n)
	if err != nil {
		return nil, nil, errKey
	}
	return c, d, nil
}

// random returns a number from 1 to the order less 1, every one with the same chance.
func (c *Curve) random() (*bigmod.Nat, error) {
	b := make([]byte, c.n.Size())
	for {
		if _, err := rand.Read(b); err != nil {
			return nil, err
		}
		if k, err := new(bigmod.Nat).SetBytes(b, c.n); err == nil && k.IsZero() == 0 {
			return k, nil
		}
	}
}

// encode writes the two numbers.
func encode(r, s []byte) ([]byte, error) {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1BigInt(new(big.Int).SetBytes(r))
		b.AddASN1BigInt(new(big.Int).SetBytes(s))
	})
	return b.Bytes()
}
