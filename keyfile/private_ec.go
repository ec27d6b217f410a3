package keyfile

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"errors"
	"math/big"

	"github.com/cloudflare/circl/sign/ed448"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// ecKey reads an ECPrivateKey (RFC 5915 §3). curve is the curve that stands outside, as an element; nil when it stands
// inside. whole is what a key on an unknown curve is kept as; nil when it has to be wrapped for that.
func ecKey(octets, curve, whole []byte) (crypto.PrivateKey, error) {
	c := der.NewCursor(octets)
	s := c.Sequence()
	version := s.SmallInt()
	scalar := s.OctetString()
	if in, ok := s.Explicit(0); ok {
		inside := in.Next().Raw
		if curve != nil && in.Err() == nil && !bytes.Equal(inside, curve) {
			return nil, errors.New("it names two curves")
		}
		curve = inside
	}
	var public []byte
	if in, ok := s.Explicit(1); ok {
		public = in.BitString().Bytes
	}
	if s.Err() != nil || version != 1 {
		return nil, errors.New("malformed")
	}
	if curve == nil {
		return nil, errors.New("it does not name its curve")
	}
	id := alg.Identifier{OID: alg.OIDECPublicKey, Params: curve}
	on, ok := curveOf(curve)
	if !ok { // RFC 5480 §2.1.1 forbids curves that are given by their numbers; nobody can tell that they are sound
		var err error
		if whole == nil {
			whole, err = oneAsymmetricKey(id, octets)
		}
		return &UnknownPrivateKey{Algorithm: id, PKCS8: whole}, err
	}
	key, err := ecPrivate(on, scalar)
	if err != nil || len(public) == 0 {
		return key, err
	}
	return key, samePublic(key.Public(), id, public)
}

// curveOf returns the named curve that an element names.
func curveOf(element []byte) (elliptic.Curve, bool) {
	c := der.NewCursor(element)
	oid := c.OID()
	if c.Done() != nil {
		return nil, false
	}
	return alg.CurveOf(oid)
}

// ecPrivate makes a key of its number.
func ecPrivate(on elliptic.Curve, scalar []byte) (*ecdsa.PrivateKey, error) {
	d := new(big.Int).SetBytes(scalar)
	if d.Sign() <= 0 || d.Cmp(on.Params().N) >= 0 {
		return nil, errors.New("its number is out of range")
	}
	raw := d.FillBytes(make([]byte, (on.Params().N.BitLen()+7)/8))
	if key, err := ecdsa.ParseRawPrivateKey(on, raw); err == nil {
		return key, nil
	}
	// A curve that the standard library does not know.
	key := &ecdsa.PrivateKey{D: d}
	key.Curve = on
	key.X, key.Y = on.ScalarBaseMult(raw)
	return key, nil
}

// edwardsKey reads a CurvePrivateKey (RFC 8410 §7).
func edwardsKey(octets []byte, oid der.OID) (crypto.PrivateKey, error) {
	c := der.NewCursor(octets)
	b := c.OctetString()
	if c.Done() != nil {
		return nil, errors.New("malformed")
	}
	switch {
	case oid == alg.OIDEd25519 && len(b) == ed25519.SeedSize:
		return ed25519.NewKeyFromSeed(b), nil
	case oid == alg.OIDX25519 && len(b) == 32:
		return ecdh.X25519().NewPrivateKey(b)
	case oid == alg.OIDEd448 && len(b) == ed448.SeedSize:
		return ed448.NewKeyFromSeed(b), nil
	case oid == alg.OIDX448 && len(b) == len(alg.X448PublicKey{}):
		return alg.NewX448PrivateKey(b)
	}
	return nil, errors.New("its length is not that of its curve")
}
