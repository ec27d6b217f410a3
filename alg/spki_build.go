package alg

import (
	"crypto"
	"crypto/dsa"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"fmt"
	"math/big"

	"github.com/cloudflare/circl/sign/ed448"

	"github.com/waxwing-mail/waxwing/der"
)

// MarshalPublicKey returns the SubjectPublicKeyInfo of a key.
func MarshalPublicKey(pub crypto.PublicKey) ([]byte, error) {
	id, bits, err := keyBits(pub)
	if err != nil {
		return nil, err
	}
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		id.Append(b)
		b.BitString(der.BitString{Bytes: bits})
	})
	return b.Bytes()
}

// keyBits returns the identifier of a key and the contents of its BIT STRING.
func keyBits(pub crypto.PublicKey) (Identifier, []byte, error) {
	switch k := pub.(type) {
	case *rsa.PublicKey:
		return Identifier{OIDRSA, null()}, rsaBytes(k), nil
	case *PSSPublicKey:
		id := Identifier{OID: OIDRSASSAPSS}
		if k.Params != nil {
			id = k.Params.identifier()
		}
		return id, rsaBytes(k.PublicKey), nil
	case *OAEPPublicKey:
		id := Identifier{OID: OIDRSAESOAEP}
		if k.Params != nil {
			id = k.Params.identifier()
		}
		return id, rsaBytes(k.PublicKey), nil
	case *ecdsa.PublicKey:
		return ecBits(k)
	case *ecdh.PublicKey:
		return ecdhBits(k)
	case ed25519.PublicKey:
		return Identifier{OID: OIDEd25519}, k, nil
	case ed448.PublicKey:
		return Identifier{OID: OIDEd448}, k, nil
	case X448PublicKey:
		return Identifier{OID: OIDX448}, k[:], nil
	case *UnknownPublicKey:
		return k.Algorithm, k.Bits, nil
	case *dsa.PublicKey:
		return dsaBits(k)
	}
	return Identifier{}, nil, fmt.Errorf("no public key: %T", pub)
}

func rsaBytes(k *rsa.PublicKey) []byte {
	var b der.Builder
	b.Sequence(func(b *der.Builder) { b.BigInt(k.N); b.Int(int64(k.E)) })
	return mustBytes(&b)
}

func ecBits(k *ecdsa.PublicKey) (Identifier, []byte, error) {
	oid, ok := curveOID(k.Curve)
	if !ok {
		return Identifier{}, nil, fmt.Errorf("no public key: curve %s", k.Curve.Params().Name)
	}
	point, err := pointBytes(k)
	return curveIdentifier(oid), point, err
}

func curveIdentifier(curve der.OID) Identifier {
	var b der.Builder
	b.OID(curve)
	return Identifier{OID: OIDECPublicKey, Params: mustBytes(&b)}
}

// ecdhCurves are the names of the curves of crypto/ecdh.
var ecdhCurves = map[ecdh.Curve]der.OID{
	ecdh.P256(): OIDCurveP256, ecdh.P384(): OIDCurveP384, ecdh.P521(): OIDCurveP521,
}

func ecdhBits(k *ecdh.PublicKey) (Identifier, []byte, error) {
	if k.Curve() == ecdh.X25519() {
		return Identifier{OID: OIDX25519}, k.Bytes(), nil
	}
	return curveIdentifier(ecdhCurves[k.Curve()]), k.Bytes(), nil
}

func ecdhInfo(k *ecdh.PublicKey) KeyInfo {
	if k.Curve() == ecdh.X25519() {
		return KeyInfo{Name: "X25519", Size: 255, Bits: 128}
	}
	oid := ecdhCurves[k.Curve()]
	return KeyInfo{Name: table[oid].Name, Size: curves[oid]().Params().BitSize, Bits: table[oid].Bits}
}

func dsaBits(k *dsa.PublicKey) (Identifier, []byte, error) {
	integer := func(n *big.Int) []byte {
		var b der.Builder
		b.BigInt(n)
		return mustBytes(&b)
	}
	if k.P == nil {
		return Identifier{OID: OIDDSA}, integer(k.Y), nil
	}
	var b der.Builder
	b.Sequence(func(b *der.Builder) { b.BigInt(k.P); b.BigInt(k.Q); b.BigInt(k.G) })
	return Identifier{OID: OIDDSA, Params: mustBytes(&b)}, integer(k.Y), nil
}

// unknownName says as much as possible about a key that is not implemented.
func unknownName(k *UnknownPublicKey) string {
	name := Name(k.Algorithm.OID)
	if k.Algorithm.OID != OIDECPublicKey && k.Algorithm.OID != OIDECDH {
		return name
	}
	if curve := namedCurve(k.Algorithm); curve != "" {
		return Name(curve)
	}
	return name + " with explicit parameters"
}
