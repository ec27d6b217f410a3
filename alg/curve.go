package alg

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"errors"
	"math/big"

	"github.com/ProtonMail/go-crypto/brainpool"

	"github.com/waxwing-mail/waxwing/der"
)

// curves are the named curves that are implemented. The brainpool ones (RFC 5639) verify
// signatures only: their arithmetic does not take the same time for every secret.
var curves = map[der.OID]func() elliptic.Curve{
	OIDCurveP224:            elliptic.P224,
	OIDCurveP256:            elliptic.P256,
	OIDCurveP384:            elliptic.P384,
	OIDCurveP521:            elliptic.P521,
	OIDCurveBrainpoolP256r1: brainpool.P256r1,
	OIDCurveBrainpoolP384r1: brainpool.P384r1,
	OIDCurveBrainpoolP512r1: brainpool.P512r1,
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

// isBrainpool reports whether a curve may not be used with secrets.
func isBrainpool(c elliptic.Curve) bool {
	return c == brainpool.P256r1() || c == brainpool.P384r1() || c == brainpool.P512r1()
}

var errPoint = errors.New("public key is not a point of its curve")

// parsePoint reads an ECPoint (RFC 5480 §2.2), uncompressed or compressed.
func parsePoint(c elliptic.Curve, b []byte) (*ecdsa.PublicKey, error) {
	size := (c.Params().BitSize + 7) / 8
	var x, y *big.Int
	switch {
	case len(b) == 1+size && (b[0] == 2 || b[0] == 3) && !isBrainpool(c):
		x, y = elliptic.UnmarshalCompressed(c, b)
	case len(b) == 1+2*size && b[0] == 4 && isBrainpool(c):
		x, y = brainpoolPoint(c, b[1:1+size], b[1+size:])
	case len(b) == 1+2*size && b[0] == 4:
		return ecdsa.ParseUncompressedPublicKey(c, b)
	}
	if x == nil {
		return nil, errPoint
	}
	return &ecdsa.PublicKey{Curve: c, X: x, Y: y}, nil
}

// brainpoolPoint returns the coordinates of a point of the curve, and nil for anything else.
func brainpoolPoint(c elliptic.Curve, xb, yb []byte) (x, y *big.Int) {
	x, y = new(big.Int).SetBytes(xb), new(big.Int).SetBytes(yb)
	if p := c.Params().P; x.Cmp(p) >= 0 || y.Cmp(p) >= 0 || !c.IsOnCurve(x, y) {
		return nil, nil
	}
	return x, y
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
