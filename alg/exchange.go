package alg

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/cloudflare/circl/dh/x448"

	"github.com/waxwing-mail/waxwing/der"
)

// exchange is the sender's side of a Diffie-Hellman with one recipient.
type exchange struct {
	oid  der.OID // of the key
	hash *Hash   // that fits the key (RFC 5753 §8, RFC 8418 §1)
	hkdf bool    // RFC 8418 has HKDF for these keys
	send func() (public, shared []byte, err error)
}

// CanAgree tells whether a public key is one that NewAgreement takes.
func CanAgree(pub crypto.PublicKey) bool {
	_, err := exchangeFor(pub)
	return err == nil
}

// exchangeFor finds the exchange for a recipient's key.
func exchangeFor(pub crypto.PublicKey) (*exchange, error) {
	switch k := pub.(type) {
	case *ecdsa.PublicKey:
		if isBrainpool(k.Curve) {
			return exchangeBrainpool(k), nil
		}
		if p, err := k.ECDH(); err == nil {
			return exchangeFor(p)
		}
	case *ecdh.PublicKey:
		x := &exchange{oid: OIDECPublicKey, send: func() (public, shared []byte, err error) { return sendECDH(k) }}
		switch k.Curve() {
		case ecdh.P256():
			x.hash = SHA256
		case ecdh.P384():
			x.hash = SHA384
		case ecdh.P521():
			x.hash = SHA512
		case ecdh.X25519():
			x.oid, x.hash, x.hkdf = OIDX25519, SHA256, true
		}
		return x, nil
	case X448PublicKey:
		return &exchange{oid: OIDX448, hash: SHA512, hkdf: true,
			send: func() (public, shared []byte, err error) { return sendX448(k) }}, nil
	}
	return nil, &UnsupportedError{Algorithm: KeyName(pub), Use: string(KindKeyAgreement)}
}

func sendECDH(to *ecdh.PublicKey) (public, shared []byte, err error) {
	k, err := to.Curve().GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	shared, err = k.ECDH(to)
	return k.PublicKey().Bytes(), shared, err
}

func sendX448(to X448PublicKey) (public, shared []byte, err error) {
	k, err := NewX448PrivateKey(random(x448.Size))
	if err != nil {
		return nil, nil, err
	}
	shared, err = k.exchange(to)
	return k.public[:], shared, err
}

// receive computes the shared secret of the recipient.
func receive(key crypto.PrivateKey, from OriginatorKey) ([]byte, error) {
	switch k := key.(type) {
	case *ecdsa.PrivateKey:
		if isBrainpool(k.Curve) {
			return receiveBrainpool(k, from)
		}
		e, err := k.ECDH()
		if err != nil {
			return nil, &UnsupportedError{Algorithm: KeyName(&k.PublicKey), Use: string(KindKeyAgreement)}
		}
		return receive(e, from)
	case *X448PrivateKey:
		if from.Algorithm.OID != OIDX448 || len(from.PublicKey) != x448.Size {
			return nil, ErrDecrypt
		}
		return k.exchange(X448PublicKey(from.PublicKey))
	case ecdh.KeyExchanger:
		peer, err := peerKey(k.Curve(), from)
		if err != nil {
			return nil, ErrDecrypt
		}
		z, err := k.ECDH(peer)
		if errors.Is(err, ErrKeyUnavailable) {
			return nil, err
		}
		if err != nil {
			return nil, ErrDecrypt
		}
		return z, nil
	}
	return nil, fmt.Errorf("no key agreement with a private key of type %T", key)
}

// peerKey reads the sender's key on the curve of the recipient's.
func peerKey(curve ecdh.Curve, from OriginatorKey) (*ecdh.PublicKey, error) {
	if curve == ecdh.X25519() {
		if from.Algorithm.OID != OIDX25519 {
			return nil, errPoint
		}
		return curve.NewPublicKey(from.PublicKey)
	}
	oid, ok := ecdhCurves[curve]
	if !ok || from.Algorithm.OID != OIDECPublicKey && from.Algorithm.OID != OIDECDH {
		return nil, errPoint
	}
	// RFC 5753 §7.1.2: absent, NULL in old mail, or the recipient's curve.
	if !from.Algorithm.noParams() && namedCurve(from.Algorithm) != oid {
		return nil, errPoint
	}
	p, err := parsePoint(curves[oid](), from.PublicKey)
	if err != nil {
		return nil, err
	}
	return p.ECDH()
}

// X448PrivateKey is a private key of X448 (RFC 7748 §5).
type X448PrivateKey struct {
	scalar x448.Key
	public X448PublicKey
}

// NewX448PrivateKey takes the 56 octets of a CurvePrivateKey (RFC 8410 §7).
func NewX448PrivateKey(b []byte) (*X448PrivateKey, error) {
	if len(b) != x448.Size {
		return nil, errLength
	}
	k := new(X448PrivateKey)
	copy(k.scalar[:], b)
	var public x448.Key
	x448.KeyGen(&public, &k.scalar)
	k.public = X448PublicKey(public)
	return k, nil
}

// Bytes returns the 56 octets of the CurvePrivateKey.
func (k *X448PrivateKey) Bytes() []byte { return append([]byte(nil), k.scalar[:]...) }

// Public returns the X448PublicKey.
func (k *X448PrivateKey) Public() crypto.PublicKey { return k.public }

// exchange fails for the few public keys that make every secret the same (RFC 7748 §6.2).
func (k *X448PrivateKey) exchange(with X448PublicKey) ([]byte, error) {
	var z x448.Key
	p := x448.Key(with)
	if !x448.Shared(&z, &k.scalar, &p) {
		return nil, ErrDecrypt
	}
	return z[:], nil
}
