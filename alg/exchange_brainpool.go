package alg

import (
	"crypto/ecdsa"
	"crypto/rand"

	"github.com/waxwing-mail/waxwing/internal/brainpool"
)

// exchangeBrainpool is the exchange with a key on a curve that crypto/ecdh does not know.
func exchangeBrainpool(to *ecdsa.PublicKey) *exchange {
	return &exchange{oid: OIDECPublicKey, hash: hashForCurve(to.Curve.Params().BitSize),
		send: func() (public, shared []byte, err error) {
			k, err := ecdsa.GenerateKey(to.Curve, rand.Reader)
			if err != nil {
				return nil, nil, err
			}
			if public, err = pointBytes(&k.PublicKey); err != nil {
				return nil, nil, err
			}
			shared, err = brainpool.ECDH(k, to.X, to.Y)
			return public, shared, err
		}}
}

// receiveBrainpool computes the shared secret of a recipient with such a key.
func receiveBrainpool(k *ecdsa.PrivateKey, from OriginatorKey) ([]byte, error) {
	oid, ok := curveOID(k.Curve)
	if !ok || from.Algorithm.OID != OIDECPublicKey && from.Algorithm.OID != OIDECDH {
		return nil, ErrDecrypt
	}
	// RFC 5753 §7.1.2: absent, NULL in old mail, or the recipient's curve.
	if !from.Algorithm.noParams() && namedCurve(from.Algorithm) != oid {
		return nil, ErrDecrypt
	}
	p, err := parsePoint(k.Curve, from.PublicKey)
	if err != nil {
		return nil, ErrDecrypt
	}
	z, err := brainpool.ECDH(k, p.X, p.Y)
	if err != nil {
		return nil, ErrDecrypt
	}
	return z, nil
}
