package alg

import (
	"crypto"
	"crypto/dsa"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"strconv"

	"github.com/cloudflare/circl/sign/ed448"
)

// Beside the keys of the standard library and circl's ed448.PublicKey, a public key may be of
// these types. Keys on brainpool curves are *ecdsa.PublicKey with a curve from CurveOf.

// PSSPublicKey is an RSA key that its certificate reserves for RSASSA-PSS (RFC 4055 §1.2).
type PSSPublicKey struct {
	*rsa.PublicKey
	Params *PSSParams // what a signature must use at least (RFC 4055 §3.1); nil when any will do
}

// OAEPPublicKey is an RSA key that its certificate reserves for RSAES-OAEP (RFC 4055 §1.2).
type OAEPPublicKey struct {
	*rsa.PublicKey
	Params *OAEPParams // what a sender must use; nil when any will do
}

// X448PublicKey is the u-coordinate of an X448 key (RFC 7748 §5).
type X448PublicKey [56]byte

// UnknownPublicKey is a key of an algorithm or curve that is not implemented: it can be shown
// and compared, and nothing else.
type UnknownPublicKey struct {
	Algorithm Identifier
	Bits      []byte // contents of the BIT STRING
}

// KeyInfo describes a public key for people and for policies.
type KeyInfo struct {
	Algorithm Identifier // as it stands in the SubjectPublicKeyInfo
	Name      string     // "RSA 2048", "P-256", "Ed25519"
	Size      int        // bits of the modulus or of the field; 0 when unknown
	Bits      int        // strength; 0 when unknown
	Raw       []byte     // contents of the BIT STRING, from which key identifiers are made (RFC 5280 §4.2.1.2)
}

// KeyName returns what people call a key: "RSA 2048", "P-256", "Ed25519".
func KeyName(pub crypto.PublicKey) string { return infoOf(pub).Name }

// SameKey reports whether two public keys are the same numbers. An RSA key that is reserved for
// one scheme is the same as the key without that reservation.
func SameKey(a, b crypto.PublicKey) bool {
	a, b = bareKey(a), bareKey(b)
	if x, ok := a.(*UnknownPublicKey); ok {
		y, ok := b.(*UnknownPublicKey)
		return ok && x.Algorithm.SameAlgorithm(y.Algorithm) && string(x.Bits) == string(y.Bits)
	}
	if x, ok := a.(*dsa.PublicKey); ok {
		y, ok := b.(*dsa.PublicKey)
		return ok && x.Y.Cmp(y.Y) == 0
	}
	if x, ok := a.(X448PublicKey); ok {
		return any(x) == any(b)
	}
	x, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && x.Equal(b)
}

// bareKey takes an RSA key out of its reservation.
func bareKey(pub crypto.PublicKey) crypto.PublicKey {
	switch k := pub.(type) {
	case *PSSPublicKey:
		return k.PublicKey
	case *OAEPPublicKey:
		return k.PublicKey
	}
	return pub
}

// infoOf describes a key by its numbers alone.
func infoOf(pub crypto.PublicKey) KeyInfo {
	switch k := bareKey(pub).(type) {
	case *rsa.PublicKey:
		n := k.N.BitLen()
		return KeyInfo{Name: "RSA " + strconv.Itoa(n), Size: n, Bits: rsaBits(n)}
	case *ecdsa.PublicKey:
		if k.Curve == nil {
			break
		}
		p := k.Curve.Params()
		return KeyInfo{Name: p.Name, Size: p.BitSize, Bits: min(p.BitSize/2, 256)}
	case *ecdh.PublicKey:
		return ecdhInfo(k)
	case ed25519.PublicKey:
		return KeyInfo{Name: "Ed25519", Size: 255, Bits: 128}
	case ed448.PublicKey:
		return KeyInfo{Name: "Ed448", Size: 448, Bits: 224}
	case X448PublicKey:
		return KeyInfo{Name: "X448", Size: 448, Bits: 224}
	case *dsa.PublicKey:
		if k.P == nil { // RFC 3279 §2.3.2: the parameters are the issuer's
			return KeyInfo{Name: "DSA with inherited parameters"}
		}
		n := k.P.BitLen()
		return KeyInfo{Name: "DSA " + strconv.Itoa(n), Size: n, Bits: min(rsaBits(n), k.Q.BitLen()/2)}
	case *UnknownPublicKey:
		return KeyInfo{Name: unknownName(k)}
	}
	return KeyInfo{Name: "unknown key"}
}
