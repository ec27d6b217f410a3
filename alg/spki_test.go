package alg

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/peer"
)

// certificate is as much of one as these tests need.
type certificate struct {
	tbs, issuer, subject, spki []byte
	algorithm                  Identifier
	signature                  []byte
}

// parseCertificate reads it, if it is one.
func parseCertificate(b []byte) (certificate, bool) {
	c := der.NewCursor(b)
	outer := c.Sequence()
	var k certificate
	k.tbs = outer.Next().Raw
	k.algorithm = ParseIdentifier(outer)
	k.signature = outer.BitString().Bytes
	t := der.NewCursor(k.tbs)
	s := t.Sequence()
	s.Explicit(0)
	s.Next()
	ParseIdentifier(s)
	k.issuer = s.Next().Raw
	s.Next()
	k.subject = s.Next().Raw
	k.spki = s.Next().Raw
	return k, outer.Done() == nil && c.Err() == nil && s.Err() == nil
}

// certificates calls f with every certificate under a folder of test data.
func certificates(t testing.TB, f func(file string, k certificate), folders ...string) {
	for _, folder := range folders {
		root := peer.Vectors(t, strings.Split(folder, "/")...)
		err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(file, ".crl") {
				return err
			}
			b, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			for block, rest := pem.Decode(b); block != nil; block, rest = pem.Decode(rest) {
				if k, ok := parseCertificate(block.Bytes); ok && block.Type == "CERTIFICATE" {
					f(file, k)
				}
			}
			if k, ok := parseCertificate(b); ok {
				f(file, k)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Keys of certificates that others made are read, and written as they were.
func TestKeysOfCertificatesAreReadAndWritten(t *testing.T) {
	count := make(map[string]int)
	certificates(t, func(file string, k certificate) {
		pub, info, err := ParsePublicKey(k.spki)
		if bad := strings.HasSuffix(file, "badrsa.pem"); bad || err != nil { // its modulus is even
			if !bad || err == nil {
				t.Errorf("%s: %v", file, err)
			}
			return
		}
		name, _, _ := strings.Cut(info.Name, " ")
		count[name]++
		if info.Name != KeyName(pub) || info.Bits != KeyBits(pub) {
			t.Errorf("%s: %+v, %s", file, info, KeyName(pub))
		}
		again, err := MarshalPublicKey(pub)
		if err != nil || !bytes.Equal(again, k.spki) && !withoutNull(again, k.spki) {
			t.Errorf("%s: %s:\n%x\n%x, %v", file, info.Name, k.spki, again, err)
		}
		if other, _, err := ParsePublicKey(again); err != nil || !SameKey(pub, other) {
			t.Errorf("%s: %s is another key, %v", file, info.Name, err)
		}
		if std, err := x509.ParsePKIXPublicKey(k.spki); err == nil && std != nil && !SameKey(std, pub) && info.Algorithm.OID != OIDX448 {
			t.Errorf("%s: the standard library reads another key, %T", file, std)
		}
	}, "rfc9216", "openssl/smime-certs", "lamps", "pkits/certs", "zlint/smime", "rustcrypto/x509-cert", "MimeKit", "go-pkcs7-pem")
	for name, least := range map[string]int{"RSA": 500, "P-256": 5, "DSA": 5, "Ed25519": 3, "X25519": 1, "ML-DSA-44": 2, "ML-KEM-512": 1} {
		if count[name] < least {
			t.Errorf("%d keys of kind %s, want at least %d: %v", count[name], name, least, count)
		}
	}
}

// withoutNull reports whether a key differs only in a NULL that should or should not be there.
func withoutNull(a, b []byte) bool {
	strip := func(spki []byte) string {
		c := der.NewCursor(spki)
		s := c.Sequence()
		id := ParseIdentifier(s)
		if id.noParams() {
			id.Params = nil
		}
		return string(id.Bytes()) + string(s.BitString().Bytes)
	}
	return strip(a) == strip(b)
}

// Certificates that sign themselves verify by their own key.
func TestSelfSignedCertificatesVerify(t *testing.T) {
	n, unsupported := 0, 0
	certificates(t, func(file string, k certificate) {
		pub, _, err := ParsePublicKey(k.spki)
		if err != nil || !bytes.Equal(k.issuer, k.subject) {
			return
		}
		v, err := NewVerifier(k.algorithm, nil, pub, Allow{Legacy: true})
		if err != nil {
			unsupported++
			if e, _ := Lookup(k.algorithm.OID); e.Status == Current {
				t.Errorf("%s: %v", file, err)
			}
			return
		}
		switch {
		case v.VerifyMessage(k.tbs, k.signature) == nil:
			n++
		case !strings.Contains(file, "pkits"): // many there are issued to oneself by another key
			t.Errorf("%s does not verify", file)
		}
	}, "rfc9216", "openssl/smime-certs", "lamps", "pkits/certs", "rustcrypto/x509-cert")
	if n < 14 || unsupported < 3 {
		t.Errorf("%d verify, %d are of algorithms to come", n, unsupported)
	}
}

// numbers is an RSAPublicKey.
func numbers(n, e *big.Int) []byte {
	return tlv(func(b *der.Builder) { b.Sequence(func(b *der.Builder) { b.BigInt(n); b.BigInt(e) }) })
}

func spkiOf(id Identifier, bits []byte) []byte {
	return tlv(func(b *der.Builder) {
		b.Sequence(func(b *der.Builder) { id.Append(b); b.BitString(der.BitString{Bytes: bits}) })
	})
}

func TestPublicKeysThatAreMalformed(t *testing.T) {
	rsaID := Identifier{OIDRSA, null()}
	n, e := rsaKey(t).N, big.NewInt(65537)
	p256, brain := curveIdentifier(OIDCurveP256), curveIdentifier(OIDCurveBrainpoolP256r1)
	point := elliptic.Marshal(elliptic.P256(), elliptic.P256().Params().Gx, elliptic.P256().Params().Gy)
	for name, spki := range map[string][]byte{
		"nothing":                       nil,
		"not a sequence":                null(),
		"rubbish behind":                append(spkiOf(rsaID, numbers(n, e)), 0),
		"no key":                        rsaID.Bytes(),
		"RSA: no numbers":               spkiOf(rsaID, nil),
		"RSA: one number":               spkiOf(rsaID, tlv(func(b *der.Builder) { b.Sequence(func(b *der.Builder) { b.BigInt(n) }) })),
		"RSA: rubbish behind":           spkiOf(rsaID, append(numbers(n, e), 0)),
		"RSA: an even modulus":          spkiOf(rsaID, numbers(new(big.Int).Add(n, big.NewInt(1)), e)),
		"RSA: a negative modulus":       spkiOf(rsaID, numbers(new(big.Int).Neg(n), e)),
		"RSA: modulus 0":                spkiOf(rsaID, numbers(new(big.Int), e)),
		"RSA: a huge modulus":           spkiOf(rsaID, numbers(new(big.Int).SetBit(big.NewInt(1), maxModulus, 1), e)),
		"RSA: exponent 1":               spkiOf(rsaID, numbers(n, big.NewInt(1))),
		"RSA: an even exponent":         spkiOf(rsaID, numbers(n, big.NewInt(65536))),
		"RSA: a negative exponent":      spkiOf(rsaID, numbers(n, big.NewInt(-3))),
		"RSA: a huge exponent":          spkiOf(rsaID, numbers(n, big.NewInt(1<<32+1))),
		"RSA: a modulus of one octet":   spkiOf(rsaID, numbers(big.NewInt(3), big.NewInt(65537))),
		"PSS: malformed parameters":     spkiOf(Identifier{OIDRSASSAPSS, []byte{2, 1, 0}}, numbers(n, e)),
		"OAEP: malformed parameters":    spkiOf(Identifier{OIDRSAESOAEP, []byte{2, 1, 0}}, numbers(n, e)),
		"PSS with SHAKE: no numbers":    spkiOf(Identifier{OID: OIDRSAPSSSHAKE128}, nil),
		"EC: no point":                  spkiOf(p256, nil),
		"EC: infinity":                  spkiOf(p256, []byte{0}),
		"EC: half a point":              spkiOf(p256, point[:33]),
		"EC: hybrid":                    spkiOf(p256, append([]byte{6}, point[1:]...)),
		"EC: off the curve":             spkiOf(p256, flip(point)),
		"EC: no such x":                 spkiOf(p256, append([]byte{2}, bytes.Repeat([]byte{0xff}, 32)...)),
		"EC: of another curve":          spkiOf(curveIdentifier(OIDCurveP384), point),
		"brainpool: off the curve":      spkiOf(brain, point),
		"brainpool: no such x":          spkiOf(brain, append([]byte{3}, bytes.Repeat([]byte{0xff}, 32)...)),
		"brainpool: hybrid":             spkiOf(brain, append([]byte{7}, point[1:]...)),
		"Ed25519: short":                spkiOf(Identifier{OID: OIDEd25519}, make([]byte, 31)),
		"Ed448: short":                  spkiOf(Identifier{OID: OIDEd448}, make([]byte, 56)),
		"X25519: long":                  spkiOf(Identifier{OID: OIDX25519}, make([]byte, 33)),
		"X448: short":                   spkiOf(Identifier{OID: OIDX448}, make([]byte, 55)),
		"DSA: no number":                spkiOf(Identifier{OID: OIDDSA}, nil),
		"DSA: parameters of no numbers": spkiOf(Identifier{OIDDSA, []byte{0x30, 0}}, []byte{2, 1, 2}),
		"DSA: numbers out of range":     spkiOf(Identifier{OIDDSA, []byte{0x30, 9, 2, 1, 11, 2, 1, 5, 2, 1, 2}}, []byte{2, 1, 11}),
	} {
		if pub, info, err := ParsePublicKey(spki); err == nil {
			t.Errorf("%s: %s %v", name, info.Name, pub)
		}
	}
}

// A key of an algorithm that is not implemented has a name, and can be compared.
func TestKeysThatAreUnknownCanBeShown(t *testing.T) {
	explicit := Identifier{OIDECPublicKey, []byte{0x30, 0}}
	for name, id := range map[string]Identifier{
		"ML-DSA-65": {OID: OIDMLDSA65}, "ML-KEM-768": {OID: OIDMLKEM768}, "secp256k1": curveIdentifier(OIDCurveSecp256k1),
		"P-192": curveIdentifier(OIDCurveP192), "elliptic curve with explicit parameters": explicit, "1.2.3.4": {OID: "\x2a\x03\x04"},
		"1.2.3": curveIdentifier("\x2a\x03"),
	} {
		spki := spkiOf(id, []byte{1, 2, 3})
		pub, info, err := ParsePublicKey(spki)
		if err != nil || info.Name != name || info.Bits != 0 || !bytes.Equal(info.Raw, []byte{1, 2, 3}) {
			t.Errorf("%s: %+v, %v", name, info, err)
			continue
		}
		again, err := MarshalPublicKey(pub)
		if err != nil || !bytes.Equal(again, spki) {
			t.Errorf("%s is written as %x, %v", name, again, err)
		}
		other, _, err := ParsePublicKey(spkiOf(id, []byte{1, 2, 4}))
		if err != nil || SameKey(pub, other) || !SameKey(pub, pub) {
			t.Errorf("%s: compared wrongly", name)
		}
	}
	for _, pub := range []crypto.PublicKey{nil, 3, &ecdsa.PublicKey{Curve: elliptic.P256().Params()}} {
		if b, err := MarshalPublicKey(pub); err == nil {
			t.Errorf("%T is written as %x", pub, b)
		}
	}
}

func TestKeysOfEveryKindAreWrittenAndRead(t *testing.T) {
	keys := make([]crypto.PublicKey, 0, 24)
	for _, k := range signingKeys(t) {
		keys = append(keys, k.Public())
	}
	for _, c := range []ecdh.Curve{ecdh.P256(), ecdh.P384(), ecdh.P521(), ecdh.X25519()} {
		k, err := c.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, k.PublicKey())
	}
	n := &rsaKey(t).PublicKey
	keys = append(keys, X448PublicKey{5}, dsaKey(), &PSSPublicKey{PublicKey: n}, &PSSPublicKey{n, &PSSParams{SHA384, SHA1, 7}},
		&OAEPPublicKey{PublicKey: n}, &OAEPPublicKey{n, &OAEPParams{SHA256, SHA512, []byte("label")}})
	for i, k := range keys {
		spki, err := MarshalPublicKey(k)
		if err != nil {
			t.Errorf("%s: %v", KeyName(k), err)
			continue
		}
		got, info, err := ParsePublicKey(spki)
		if err != nil || info.Name != KeyName(k) {
			t.Errorf("%s is read as %s, %v", KeyName(k), info.Name, err)
			continue
		}
		if e, ok := k.(*ecdh.PublicKey); ok && e.Curve() != ecdh.X25519() {
			got, err = got.(*ecdsa.PublicKey).ECDH() // points are read for signing
		}
		for j, other := range keys {
			if _, isRSA := bareKey(other).(*rsa.PublicKey); err != nil || SameKey(got, other) != (i == j) && !(isRSA && SameKey(k, other)) {
				t.Errorf("%s and %s: %v, %v", KeyName(k), KeyName(other), SameKey(got, other), err)
			}
		}
	}
}
