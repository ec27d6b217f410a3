package ca

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// maxJWK is the longest JWK that is read, in bytes.
const maxJWK = 64 << 10

// privateJWK is a private key as RFC 7518 §6 and RFC 8037 §2 write it.
type privateJWK struct {
	Kty, Crv, X, Y, D, N, E, P, Q string
}

// jwkPublic returns the public half of a private JWK, after it was computed from the private one.
func jwkPublic(data []byte) (crypto.PublicKey, error) {
	if len(data) > maxJWK {
		return nil, fmt.Errorf("a JWK of %d bytes is longer than %d", len(data), maxJWK)
	}
	var k privateJWK
	if err := json.Unmarshal(data, &k); err != nil {
		return nil, errors.New("it is no JWK: it cannot be read as JSON") // the error of the parser might show parts of the key
	}
	if k.D == "" {
		return nil, errors.New("the JWK has no private part (d)")
	}
	switch k.Kty {
	case "RSA":
		return k.rsa()
	case "EC":
		return k.ec()
	case "OKP":
		return k.okp()
	}
	return nil, fmt.Errorf("a JWK of the type %.20q is not known here", k.Kty)
}

// number reads a Base64urlUInt (RFC 7518 §2).
func number(s string) (*big.Int, error) {
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
	if err != nil || len(b) == 0 {
		return nil, errors.New("a number of the JWK is missing or no base64url")
	}
	return new(big.Int).SetBytes(b), nil
}

func (k *privateJWK) rsa() (crypto.PublicKey, error) {
	n, err1 := number(k.N)
	e, err2 := number(k.E)
	d, err3 := number(k.D)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, err
	}
	if n.BitLen() > 8192 || e.BitLen() > 31 || d.Cmp(n) >= 0 || n.Bit(0) == 0 || e.Bit(0) == 0 {
		return nil, errors.New("the numbers of the JWK are no RSA key")
	}
	// RFC 8017 §3.2: the private exponent undoes the public one. Two bases show that it does.
	for _, base := range []int64{2, 65537} {
		m := big.NewInt(base)
		c := new(big.Int).Exp(m, e, n)
		if c.Exp(c, d, n).Cmp(m) != 0 {
			return nil, errors.New("the private exponent of the JWK does not belong to its modulus")
		}
	}
	return &rsa.PublicKey{N: n, E: int(e.Int64())}, nil
}

func (k *privateJWK) ec() (crypto.PublicKey, error) {
	curve := map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()}[k.Crv]
	if curve == nil {
		return nil, fmt.Errorf("the curve %.20q is not known here", k.Crv)
	}
	d, err := number(k.D)
	if err != nil {
		return nil, err
	}
	size := (curve.Params().BitSize + 7) / 8
	if d.BitLen() > size*8 {
		return nil, errors.New("the private number of the JWK is too long for its curve")
	}
	private, err := ecdsa.ParseRawPrivateKey(curve, d.FillBytes(make([]byte, size)))
	if err != nil {
		return nil, errors.New("the private number of the JWK is none of its curve")
	}
	x, err1 := number(k.X)
	y, err2 := number(k.Y)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	if x.Cmp(private.X) != 0 || y.Cmp(private.Y) != 0 {
		return nil, errors.New("the point of the JWK is not that of its private number")
	}
	return &private.PublicKey, nil
}

func (k *privateJWK) okp() (crypto.PublicKey, error) {
	d, err1 := base64.RawURLEncoding.DecodeString(strings.TrimRight(k.D, "="))
	x, err2 := base64.RawURLEncoding.DecodeString(strings.TrimRight(k.X, "="))
	if err1 != nil || err2 != nil || len(d) != 32 {
		return nil, errors.New("the JWK is no key of its curve")
	}
	var pub crypto.PublicKey
	var bare []byte
	switch k.Crv {
	case "Ed25519":
		p := ed25519.NewKeyFromSeed(d).Public().(ed25519.PublicKey)
		pub, bare = p, p
	case "X25519":
		private, err := ecdh.X25519().NewPrivateKey(d)
		if err != nil {
			return nil, errors.New("the JWK is no key of its curve")
		}
		pub, bare = private.PublicKey(), private.PublicKey().Bytes()
	default:
		return nil, fmt.Errorf("the curve %.20q is not known here", k.Crv)
	}
	if !bytes.Equal(bare, x) {
		return nil, errors.New("the public part of the JWK is not that of its private part")
	}
	return pub, nil
}
