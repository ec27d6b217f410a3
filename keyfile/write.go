package keyfile

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"

	"github.com/cloudflare/circl/sign/ed448"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
)

// MarshalPEM writes the keys of a bundle, each as PKCS #8, then its certificates, then its CRLs. With a password (not
// nil) the keys are encrypted as MarshalPKCS8 does.
func MarshalPEM(b *Bundle, password []byte) ([]byte, error) {
	var out []byte
	write := func(kind string, raw []byte) {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: raw})...)
	}
	var p *protector
	for _, k := range b.Keys {
		raw, err := plainPKCS8(k.Private)
		if err != nil {
			return nil, err
		}
		if password == nil {
			write("PRIVATE KEY", raw)
			continue
		}
		if p == nil {
			if p, err = newProtector(password, 0); err != nil {
				return nil, err
			}
		}
		if raw, err = encryptedPKCS8(raw, p); err != nil {
			return nil, err
		}
		write("ENCRYPTED PRIVATE KEY", raw)
	}
	for _, c := range b.Certificates {
		write("CERTIFICATE", c.Raw)
	}
	for _, c := range b.CRLs {
		write("X509 CRL", c)
	}
	return out, nil
}

// MarshalPKCS8 writes a key as a OneAsymmetricKey (RFC 5958), or, with a password (not nil), encrypted by PBES2 with
// AES-256 and 600,000 rounds of PBKDF2 with HMAC-SHA-256. A key that its certificate reserves for one RSA scheme is
// written as one for all.
func MarshalPKCS8(key crypto.PrivateKey, password []byte) ([]byte, error) {
	raw, err := plainPKCS8(key)
	if err != nil || password == nil {
		return raw, err
	}
	p, err := newProtector(password, 0)
	if err != nil {
		return nil, err
	}
	return encryptedPKCS8(raw, p)
}

// encryptedPKCS8 writes an EncryptedPrivateKeyInfo (RFC 5958 §3).
func encryptedPKCS8(plain []byte, s sealer) ([]byte, error) {
	id, ciphertext, err := s.seal(plain)
	if err != nil {
		return nil, err
	}
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		id.Append(b)
		b.OctetString(ciphertext)
	})
	return b.Bytes()
}

var errUnwritable = errors.New("keys of this kind cannot be written; a key that stays inside a token cannot either")

// plainPKCS8 writes a OneAsymmetricKey. The algorithm is that of the public key.
func plainPKCS8(key crypto.PrivateKey) ([]byte, error) {
	if u, ok := key.(*UnknownPrivateKey); ok {
		return u.PKCS8, nil
	}
	octets, err := keyOctets(key)
	if err != nil {
		return nil, err
	}
	spki, err := alg.MarshalPublicKey(Key{Private: key}.Public())
	if err != nil {
		return nil, err
	}
	return oneAsymmetricKey(alg.ParseIdentifier(der.NewCursor(spki).Sequence()), octets)
}

// oneAsymmetricKey writes version 1, which everybody reads (RFC 5958 §2).
func oneAsymmetricKey(id alg.Identifier, octets []byte) ([]byte, error) {
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.Int(0)
		id.Append(b)
		b.OctetString(octets)
	})
	return b.Bytes()
}

// keyOctets writes the contents of privateKey.
func keyOctets(key crypto.PrivateKey) ([]byte, error) {
	var b der.Builder
	switch k := key.(type) {
	case *rsa.PrivateKey:
		if len(k.Primes) != 2 {
			return nil, errUnwritable
		}
		return x509.MarshalPKCS1PrivateKey(k), nil
	case *ecdsa.PrivateKey:
		size := (k.Curve.Params().N.BitLen() + 7) / 8
		return ecOctets(k.Public(), k.D.FillBytes(make([]byte, size)))
	case *ecdh.PrivateKey:
		if k.Curve() != ecdh.X25519() {
			return ecOctets(k.PublicKey(), k.Bytes())
		}
		b.OctetString(k.Bytes()) // RFC 8410 §7: CurvePrivateKey
	case ed25519.PrivateKey:
		b.OctetString(k.Seed())
	case ed448.PrivateKey:
		b.OctetString(k.Seed())
	case *alg.X448PrivateKey:
		b.OctetString(k.Bytes())
	case *DSAPrivateKey:
		b.BigInt(k.X)
	default:
		return nil, errUnwritable
	}
	return b.Bytes()
}

// ecOctets writes an ECPrivateKey (RFC 5915 §3) with the public half; the curve stands outside.
func ecOctets(public crypto.PublicKey, scalar []byte) ([]byte, error) {
	spki, err := alg.MarshalPublicKey(public)
	if err != nil {
		return nil, err
	}
	s := der.NewCursor(spki).Sequence()
	s.Sequence()
	point := s.BitString()
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.Int(1)
		b.OctetString(scalar)
		b.Explicit(1, func(b *der.Builder) { b.BitString(point) })
	})
	return b.Bytes()
}
