package vault

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/p11rpc"
)

// curve is one that tokens have keys on.
type curve struct {
	algorithm Algorithm
	params    []byte // CKA_EC_PARAMS: the DER of its identifier
	curve     elliptic.Curve
}

func oidDER(o der.OID) []byte {
	var b der.Builder
	b.OID(o)
	raw, err := b.Bytes()
	if err != nil {
		panic(err) // the identifiers are constants
	}
	return raw
}

func curves() []curve {
	return []curve{{P256, oidDER(alg.OIDCurveP256), elliptic.P256()}, {P384, oidDER(alg.OIDCurveP384), elliptic.P384()}, {"P-521", oidDER(alg.OIDCurveP521), elliptic.P521()}}
}

// edwards25519 is CKA_EC_PARAMS of Ed25519: a PrintableString (PKCS #11 v3.0 §2.3.5), or the identifier.
var edwards25519 = append([]byte{0x13, 12}, "edwards25519"...)

// generate makes a key pair with the id of the URI.
func (k *link) generate(u p11rpc.URI, s Spec) error {
	common := []p11rpc.Attribute{p11rpc.Bool(p11rpc.Token, true), p11rpc.Bytes(p11rpc.Label, []byte(u.Object)), p11rpc.Bytes(p11rpc.ID, u.ID)}
	private := append(common[:3:3], p11rpc.Bool(p11rpc.Private, true), p11rpc.Bool(p11rpc.Sensitive, true), p11rpc.Bool(p11rpc.Extractable, false))
	public := common[:3:3]
	if s.Purpose.Signs() {
		private, public = append(private, p11rpc.Bool(p11rpc.CanSign, true)), append(public, p11rpc.Bool(p11rpc.CanVerify, true))
	}
	m := p11rpc.Mechanism{Type: p11rpc.ECKeyPairGen}
	bits := map[Algorithm]uint64{RSA2048: 2048, RSA3072: 3072, RSA4096: 4096}[s.Algorithm]
	switch {
	case bits > 0:
		m.Type = p11rpc.RSAKeyPairGen
		public = append(public, p11rpc.Ulong(p11rpc.ModulusBits, bits), p11rpc.Bytes(p11rpc.PublicExponent, []byte{1, 0, 1}))
		if s.Purpose.Decrypts() {
			private, public = append(private, p11rpc.Bool(p11rpc.CanDecrypt, true)), append(public, p11rpc.Bool(p11rpc.CanEncrypt, true))
		}
	case s.Algorithm == Ed25519:
		m.Type = p11rpc.EdwardsKeyPairGen
		public = append(public, p11rpc.Bytes(p11rpc.ECParams, edwards25519))
	default:
		params := []byte(nil)
		for _, c := range curves() {
			if c.algorithm == s.Algorithm {
				params = c.params
			}
		}
		if params == nil {
			return fmt.Errorf("vault: keys of kind %s are not made on tokens", s.Algorithm)
		}
		public = append(public, p11rpc.Bytes(p11rpc.ECParams, params))
		if s.Purpose.Decrypts() {
			private = append(private, p11rpc.Bool(p11rpc.CanDerive, true))
		}
	}
	_, _, err := k.client.GenerateKeyPair(k.session, m, public, private)
	return err
}

// public reads the public half of a key.
func (k *link) public(u p11rpc.URI) (crypto.PublicKey, error) {
	object, err := k.find(u, p11rpc.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("the public half: %w", err)
	}
	a, err := k.client.Attributes(k.session, object, p11rpc.KeyType, p11rpc.Modulus, p11rpc.PublicExponent, p11rpc.ECParams, p11rpc.ECPoint)
	if err != nil {
		return nil, err
	}
	switch a[0].Number {
	case p11rpc.KeyRSA:
		e := new(big.Int).SetBytes(a[2].Value)
		n := new(big.Int).SetBytes(a[1].Value)
		if n.BitLen() < 1024 || !e.IsInt64() || e.Int64() < 3 || e.Int64() >= 1<<31 {
			return nil, errors.New("vault: the token's RSA key is too short or has a strange exponent")
		}
		return &rsa.PublicKey{N: n, E: int(e.Int64())}, nil
	case p11rpc.KeyEC, p11rpc.KeyEdwards:
		return pointKey(a[3].Value, a[4].Value)
	}
	return nil, fmt.Errorf("vault: the token's key is of type 0x%x, which is not known here", a[0].Number)
}

// pointKey reads CKA_EC_POINT: an OCTET STRING with the point, where some modules give the bare point.
func pointKey(params, point []byte) (crypto.PublicKey, error) {
	inner := point
	if len(point) > 2 && point[0] == 4 && int(point[1]) == len(point)-2 {
		inner = point[2:]
	} else if len(point) > 3 && point[0] == 4 && point[1] == 0x81 && int(point[2]) == len(point)-3 {
		inner = point[3:]
	}
	for _, c := range curves() {
		if bytes.Equal(params, c.params) {
			key, err := ecdsa.ParseUncompressedPublicKey(c.curve, inner)
			if err != nil {
				return nil, fmt.Errorf("vault: the point of the token's key: %w", err)
			}
			return key, nil
		}
	}
	if bytes.Equal(params, edwards25519) || bytes.Equal(params, oidDER(alg.OIDEd25519)) {
		if len(inner) != ed25519.PublicKeySize {
			return nil, errors.New("vault: the token's Ed25519 key has a wrong length")
		}
		return ed25519.PublicKey(inner), nil
	}
	return nil, errors.New("vault: the token's key is on a curve that is not known here")
}
