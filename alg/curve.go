package alg

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"errors"
	"math/big"

	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/brainpool"
)

// curves are the named curves that are implemented.
var curves = map[der.OID]func() elliptic.Curve{
	OIDCurveP224:            elliptic.P224,
	OIDCurveP256:            elliptic.P256,
	OIDCurveP384:            elliptic.P384,
	OIDCurveP521:            elliptic.P521,
	OIDCurveBrainpoolP256r1: brainpool.P256r1,
	OIDCurveBrainpoolP384r1: brainpool.P384r1,
	OIDCurveBrainpoolP512r1: brainpool.P512r1,
	OIDCurveBrainpoolP256t1: brainpool.P256t1,
	OIDCurveBrainpoolP384t1: brainpool.P384t1,
	OIDCurveBrainpoolP512t1: brainpool.P512t1,
}

// CurveOf returns a named curve (RFC 5480 §2.1.1.1, RFC 5639 §4.1), and false for one that is not implemented.
func CurveOf(oid der.OID) (elliptic.Curve, bool) {
	f, ok := curves[oid]
	if !ok {
		return nil, false
	}
	return f(), true
}

// curveOID returns the identifier of an implemented curve.
func curveOID(c elliptic.Curve) (der.OID, bool) {
	for oid, f := range curves {
		if f() == c {
			return oid, true
		}
	}
	return "", false
}

// isBrainpool reports whether the standard library does not know a curve.
func isBrainpool(c elliptic.Curve) bool {
	_, ok := c.(*brainpool.Curve)
	return ok
}

var errPoint = errors.New("public key is not a point of its curve")

// parsePoint reads an ECPoint (RFC 5480 §2.2), uncompressed or compressed.
func parsePoint(c elliptic.Curve, b []byte) (*ecdsa.PublicKey, error) {
	size := (c.Params().BitSize + 7) / 8
	compressed := len(b) == 1+size && (b[0] == 2 || b[0] == 3)
	if !compressed && (len(b) != 1+2*size || b[0] != 4) {
		return nil, errPoint
	}
	x, y := new(big.Int).SetBytes(b[1:1+size]), new(big.Int).SetBytes(b[1+size:])
	own, ok := c.(*brainpool.Curve)
	switch {
	case ok && compressed:
		y = own.Decompress(x, b[0] == 3)
	case ok && !own.IsOnCurve(x, y):
		return nil, errPoint
	case !ok && compressed:
		x, y = elliptic.UnmarshalCompressed(c, b)
	case !ok:
		return ecdsa.ParseUncompressedPublicKey(c, b)
	}
	if x == nil || y == nil {
		return nil, errPoint
	}
	return &ecdsa.PublicKey{Curve: c, X: x, Y: y}, nil
}

// pointBytes returns the uncompressed ECPoint of a key.
func pointBytes(pub *ecdsa.PublicKey) ([]byte, error) {
	if !isBrainpool(pub.Curve) {
		return pub.Bytes()
	}
	size := (pub.Curve.Params().BitSize + 7) / 8
	out := make([]byte, 1+2*size)
	out[0] = 4
	pub.X.FillBytes(out[1 : 1+size])
	pub.Y.FillBytes(out[1+size:])
	return out, nil
}
