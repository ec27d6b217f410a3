package alg

import (
	"crypto"
	"crypto/dsa"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"

	"github.com/cloudflare/circl/sign/ed448"

	"github.com/waxwing-mail/waxwing/der"
)

// maxModulus is the longest RSA or DSA modulus that is read, in bits. Work with a modulus grows
// with the cube of its length, and a message may carry many.
const maxModulus = 16384

// ParsePublicKey reads a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7). A key of an algorithm or on a
// curve that is not implemented is no error: it comes back as *UnknownPublicKey. An error
// is a key that is malformed; KeyInfo then says as much as could be read.
func ParsePublicKey(spki []byte) (crypto.PublicKey, KeyInfo, error) {
	c := der.NewCursor(spki)
	s := c.Sequence()
	id := ParseIdentifier(s)
	bits := s.BitString()
	if err := errors.Join(s.Done(), c.Done()); err != nil {
		return nil, KeyInfo{}, fmt.Errorf("public key: %w", err)
	}
	info := KeyInfo{Algorithm: id, Name: Name(id.OID), Raw: bits.Bytes}
	pub, err := parseKeyBits(id, bits.Bytes)
	if err != nil {
		return nil, info, fmt.Errorf("%s public key: %w", info.Name, err)
	}
	numbers := infoOf(pub)
	info.Name, info.Size, info.Bits = numbers.Name, numbers.Size, numbers.Bits
	return pub, info, nil
}

// parseKeyBits reads the contents of the BIT STRING.
func parseKeyBits(id Identifier, b []byte) (crypto.PublicKey, error) {
	switch id.OID {
	case OIDRSA:
		return parseRSA(b)
	case OIDRSASSAPSS:
		return parsePSSKey(id, b)
	case OIDRSAPSSSHAKE128, OIDRSAPSSSHAKE256: // RFC 8692 §4
		pub, err := parseRSA(b)
		return &PSSPublicKey{PublicKey: pub, Params: shakeParams(id.OID)}, err
	case OIDRSAESOAEP:
		return parseOAEPKey(id, b)
	case OIDECPublicKey, OIDECDH:
		return parseEC(id, b)
	case OIDX25519:
		return ecdh.X25519().NewPublicKey(b)
	case OIDX448:
		if len(b) != len(X448PublicKey{}) {
			return nil, errLength
		}
		return X448PublicKey(b), nil
	case OIDEd25519:
		if len(b) != ed25519.PublicKeySize {
			return nil, errLength
		}
		return ed25519.PublicKey(b), nil
	case OIDEd448:
		if len(b) != ed448.PublicKeySize {
			return nil, errLength
		}
		return ed448.PublicKey(b), nil
	case OIDDSA:
		return parseDSA(id, b)
	}
	return &UnknownPublicKey{Algorithm: id, Bits: b}, nil
}

var errLength = errors.New("wrong length")

// parseRSA reads an RSAPublicKey (RFC 8017 Appendix A.1.1).
func parseRSA(b []byte) (*rsa.PublicKey, error) {
	c := der.NewCursor(b)
	s := c.Sequence()
	n, e := s.Int(), s.Int()
	if err := errors.Join(s.Done(), c.Done()); err != nil {
		return nil, err
	}
	if err := checkRSA(n, e); err != nil {
		return nil, err
	}
	return &rsa.PublicKey{N: n, E: int(e.Int64())}, nil
}

// parsePSSKey reads a key under id-RSASSA-PSS; its parameters may be absent (RFC 4055 §1.2).
func parsePSSKey(id Identifier, b []byte) (crypto.PublicKey, error) {
	pub, err := parseRSA(b)
	if err != nil || id.noParams() {
		return &PSSPublicKey{PublicKey: pub}, err
	}
	p, err := parsePSSParams(id.Params)
	if err == nil && (p.Hash.Std == 0 || p.MGFHash.Std == 0) {
		return &UnknownPublicKey{Algorithm: id, Bits: b}, nil
	}
	return &PSSPublicKey{PublicKey: pub, Params: p}, err
}

// parseOAEPKey reads a key under id-RSAES-OAEP; its parameters may be absent (RFC 4055 §1.2).
func parseOAEPKey(id Identifier, b []byte) (crypto.PublicKey, error) {
	pub, err := parseRSA(b)
	if err != nil || id.noParams() {
		return &OAEPPublicKey{PublicKey: pub}, err
	}
	p, err := parseOAEPParams(id.Params)
	return &OAEPPublicKey{PublicKey: pub, Params: p}, err
}

// parseEC reads a point on a named curve (RFC 5480 §2.1.1). Explicit parameters, which RFC 5480
// forbids, and unknown curves make an unknown key.
func parseEC(id Identifier, b []byte) (crypto.PublicKey, error) {
	curve, ok := curves[namedCurve(id)]
	if !ok {
		return &UnknownPublicKey{Algorithm: id, Bits: b}, nil
	}
	return parsePoint(curve(), b)
}

// namedCurve returns the curve that the parameters name, "" when they name none.
func namedCurve(id Identifier) der.OID {
	c := der.NewCursor(id.Params)
	oid := c.OID()
	if c.Done() != nil {
		return ""
	}
	return oid
}

// parseDSA reads a DSAPublicKey (RFC 3279 §2.3.2). Without parameters, which a certificate may
// inherit from its issuer, P, Q and G are nil; see InheritDSA.
func parseDSA(id Identifier, b []byte) (crypto.PublicKey, error) {
	c := der.NewCursor(b)
	pub := &dsa.PublicKey{Y: c.Int()}
	if err := c.Done(); err != nil {
		return nil, err
	}
	if id.noParams() {
		return pub, nil
	}
	p := der.NewCursor(id.Params)
	s := p.Sequence()
	pub.P, pub.Q, pub.G = s.Int(), s.Int(), s.Int()
	if err := errors.Join(s.Done(), p.Done()); err != nil {
		return nil, err
	}
	return pub, checkDSA(pub)
}

// checkDSA bounds the numbers of a key, and with them the work of a verification.
func checkDSA(k *dsa.PublicKey) error {
	one := big.NewInt(1)
	if k.P.BitLen() > maxModulus || k.Q.BitLen() > 512 || k.Q.Cmp(one) <= 0 ||
		k.G.Cmp(one) <= 0 || k.G.Cmp(k.P) >= 0 || k.Y.Cmp(one) <= 0 || k.Y.Cmp(k.P) >= 0 {
		return errors.New("numbers are out of range")
	}
	return nil
}

// InheritDSA gives a DSA key without parameters those of its issuer's key (RFC 3279 §2.3.2).
// Any other key is returned as it is.
func InheritDSA(pub, issuer crypto.PublicKey) crypto.PublicKey {
	child, ok := pub.(*dsa.PublicKey)
	if !ok || child.P != nil {
		return pub
	}
	parent, ok := issuer.(*dsa.PublicKey)
	if !ok || parent.P == nil {
		return pub
	}
	whole := &dsa.PublicKey{Parameters: parent.Parameters, Y: child.Y}
	if checkDSA(whole) != nil {
		return pub
	}
	return whole
}
