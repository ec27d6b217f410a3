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
	"github.com/waxwing-mail/waxwing/limit"
)

// MarshalPEM writes the keys of a bundle, each as PKCS #8, then its certificates. With a password (not nil) the keys are
// encrypted.
func MarshalPEM(b *Bundle, password []byte) ([]byte, error) {
	var out []byte
	for _, k := range b.Keys {
		raw, err := MarshalPKCS8(k.Private, password)
		if err != nil {
			return nil, err
		}
		label := "PRIVATE KEY"
		if password != nil {
			label = "ENCRYPTED PRIVATE KEY"
		}
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: label, Bytes: raw})...)
	}
	for _, c := range b.Certificates {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return out, nil
}

// MarshalPKCS8 writes a key as a OneAsymmetricKey (RFC 5958), or, with a password (not nil), encrypted by PBES2 with
// AES-256 and 600,000 rounds of PBKDF2 with HMAC-SHA-256.
func MarshalPKCS8(key crypto.PrivateKey, password []byte) ([]byte, error) {
	raw, err := plainPKCS8(key)
	if err != nil || password == nil {
		return raw, err
	}
	return encryptPBES2(raw, password, 0)
}

// encryptPBES2 writes an EncryptedPrivateKeyInfo (RFC 5958 §3).
func encryptPBES2(plain, password []byte, iterations int) ([]byte, error) {
	id, ciphertext, err := pbes2(plain, password, iterations)
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

func pbes2(plain, password []byte, iterations int) (alg.Identifier, []byte, error) {
	kdf, err := alg.NewPBKDF2(alg.SHA256, iterations)
	if err != nil {
		return alg.Identifier{}, nil, err
	}
	p, err := alg.NewPBES2(alg.OIDAES256CBC, kdf)
	if err != nil {
		return alg.Identifier{}, nil, err
	}
	ciphertext, err := p.Encrypt(password, plain, limit.New(limit.Limits{}))
	return p.Identifier(), ciphertext, err
}

var errUnwritable = errors.New("keys of this kind cannot be written")

// plainPKCS8 writes a OneAsymmetricKey of version 1. The algorithm is that of the public key.
func plainPKCS8(key crypto.PrivateKey) ([]byte, error) {
	if u, ok := key.(*UnknownPrivateKey); ok && kind(u.PKCS8) == isPKCS8 {
		return u.PKCS8, nil
	}
	inner, err := keyOctets(key)
	if err != nil {
		return nil, err
	}
	spki, err := alg.MarshalPublicKey(Key{Private: key}.Public())
	if err != nil {
		return nil, err
	}
	id := alg.ParseIdentifier(der.NewCursor(spki).Sequence())
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.Int(0)
		id.Append(b)
		b.OctetString(inner)
	})
	return b.Bytes()
}

// keyOctets writes the contents of privateKey.
func keyOctets(key crypto.PrivateKey) ([]byte, error) {
	var seed []byte
	switch k := key.(type) {
	case *rsa.PrivateKey:
		return x509.MarshalPKCS1PrivateKey(k), nil
	case *ecdsa.PrivateKey:
		return ecOctets(k)
	case ed25519.PrivateKey:
		seed = k.Seed()
	case *ecdh.PrivateKey:
		if k.Curve() != ecdh.X25519() {
			return nil, errUnwritable
		}
		seed = k.Bytes()
	case ed448.PrivateKey:
		seed = k.Seed()
	case *alg.X448PrivateKey:
		seed = k.Bytes()
	default:
		return nil, errUnwritable
	}
	var b der.Builder
	b.OctetString(seed) // RFC 8410 §7: CurvePrivateKey
	return b.Bytes()
}

// ecOctets writes an ECPrivateKey (RFC 5915 §3) with the public half; the curve stands outside.
func ecOctets(k *ecdsa.PrivateKey) ([]byte, error) {
	spki, err := alg.MarshalPublicKey(k.Public())
	if err != nil {
		return nil, err
	}
	s := der.NewCursor(spki).Sequence()
	s.Sequence()
	point := s.BitString()
	size := (k.Curve.Params().N.BitLen() + 7) / 8
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.Int(1)
		b.OctetString(k.D.FillBytes(make([]byte, size)))
		b.Explicit(1, func(b *der.Builder) { b.BitString(point) })
	})
	return b.Bytes()
}
