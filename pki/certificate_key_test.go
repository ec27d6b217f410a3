package pki_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/elliptic"
	"crypto/x509"
	"errors"
	"math/big"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
)

// spki is a SubjectPublicKeyInfo.
func spki(algorithm der.OID, params, bits []byte) []byte {
	return seq(alg.Identifier{OID: algorithm, Params: params}.Bytes(), el(der.TagBitString, false, []byte{0}, bits))
}

// Keys of every kind are shown by name; what cannot be used says why.
func TestCertificatesWithAnyKeyAreShown(t *testing.T) {
	p256 := elliptic.MarshalCompressed(elliptic.P256(), elliptic.P256().Params().Gx, elliptic.P256().Params().Gy)
	x25519, err := ecdh.X25519().NewPrivateKey(bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	rsaBits := seq(enc(func(b *der.Builder) { b.BigInt(new(big.Int).SetBytes(bytes.Repeat([]byte{0xff}, 256))); b.Int(65537) }))
	for name, v := range map[string]struct {
		spki []byte
		want string
		bad  bool // it has a KeyError
	}{
		"a compressed point":            {spki(alg.OIDECPublicKey, oid(alg.OIDCurveP256), p256), "P-256", false},
		"an unknown curve":              {spki(alg.OIDECPublicKey, oid(der.MustOID("1.3.132.0.10")), p256), "secp256k1", false},
		"explicit parameters":           {spki(alg.OIDECPublicKey, seq(integer(1)), p256), "elliptic curve with explicit parameters", false},
		"a point that is off its curve": {spki(alg.OIDECPublicKey, oid(alg.OIDCurveP256), append([]byte{4}, make([]byte, 64)...)), "", true},
		"no point":                      {spki(alg.OIDECPublicKey, oid(alg.OIDCurveP256), nil), "", true},
		"RSA for PSS only":              {spki(alg.OIDRSASSAPSS, nil, rsaBits), "RSA 2048", false},
		"RSA for OAEP only":             {spki(alg.OIDRSAESOAEP, nil, rsaBits), "RSA 2048", false},
		"RSA without parameters":        {spki(alg.OIDRSA, nil, rsaBits), "RSA 2048", false},
		"RSA of no numbers":             {spki(alg.OIDRSA, []byte{5, 0}, seq()), "", true},
		"X25519":                        {spki(alg.OIDX25519, nil, x25519.PublicKey().Bytes()), "X25519", false},
		"X448":                          {spki(alg.OIDX448, nil, make([]byte, 56)), "X448", false},
		"Ed448":                         {spki(alg.OIDEd448, nil, make([]byte, 57)), "Ed448", false},
		"Ed25519 that is short":         {spki(alg.OIDEd25519, nil, make([]byte, 31)), "", true},
		"an unknown algorithm":          {spki(der.MustOID("1.2.3.4"), nil, []byte("key")), "1.2.3.4", false},
	} {
		raw := craft(t, func(p *parts) { p.spki = v.spki })
		c, err := pki.ParseCertificate(raw)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if (c.KeyError != nil) != v.bad || (c.PublicKey == nil) != v.bad {
			t.Errorf("%s: key %T, %v", name, c.PublicKey, c.KeyError)
		}
		if v.want != "" && c.KeyInfo.Name != v.want {
			t.Errorf("%s is called %q, not %q", name, c.KeyInfo.Name, v.want)
		}
		if c.KeyInfo.Name == "" || len(c.KeyHash()) != 20 {
			t.Errorf("%s has no name", name)
		}
		show(c)
	}
}

// A signature that cannot be checked is an error, never a pass.
func TestNoSignatureIsGoodWithoutAKey(t *testing.T) {
	good := craft(t, nil)
	c, err := pki.ParseCertificate(good)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.CheckSignatureFrom(c, alg.Allow{}); err != nil {
		t.Fatal(err)
	}
	noKey, err := pki.ParseCertificate(craft(t, func(p *parts) { p.spki = spki(alg.OIDEd25519, nil, nil) }))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.CheckSignatureFrom(noKey, alg.Allow{}); err == nil {
		t.Error("an unreadable key verifies")
	}
	unused, err := pki.ParseCertificate(craft(t, func(p *parts) { p.unused = 1 }))
	if err != nil {
		t.Fatal(err)
	}
	if err := unused.CheckSignatureFrom(c, alg.Allow{}); err == nil {
		t.Error("a signature of broken octets verifies")
	}
	other := testca.Root(t, "Another")
	if err := c.CheckSignatureFrom(other.Certificate, alg.Allow{}); err == nil {
		t.Error("another key verifies")
	}
	for i := 10; i < len(good); i += 7 {
		changed := bytes.Clone(good)
		changed[i] ^= 1
		bad, err := pki.ParseCertificate(changed)
		if err != nil {
			continue
		}
		if bad.CheckSignatureFrom(c, alg.Allow{}) == nil {
			t.Errorf("octet %d changed, and the signature verifies", i)
		}
	}
}

// What has not the outline of a certificate is one clear error.
func TestWhatIsNoCertificateIsRefused(t *testing.T) {
	good := craft(t, nil)
	for i := range good {
		if _, err := pki.ParseCertificate(good[:i]); err == nil {
			t.Errorf("the first %d octets are read", i)
		}
	}
	for name, raw := range map[string][]byte{
		"nothing":              nil,
		"a number":             integer(1),
		"text":                 []byte("-----BEGIN CERTIFICATE-----"),
		"an empty sequence":    seq(),
		"a certificate in one": seq(good),
		"no names":             craft(t, func(p *parts) { p.issuer, p.subject = nil, nil }),
		"a name of nothing":    craft(t, func(p *parts) { p.subject = seq(integer(1)) }),
		"no time":              craft(t, func(p *parts) { p.validity = seq() }),
		"three times": craft(t, func(p *parts) {
			p.validity = seq(utcTime("250101000000Z"), utcTime("250101000000Z"), utcTime("250101000000Z"))
		}),
		"more behind":           craft(t, func(p *parts) { p.uniqueIDs = integer(1) }),
		"fields out of order":   craft(t, func(p *parts) { p.uniqueIDs = append(ctxPrim(2, []byte{0}), ctxPrim(1, []byte{0})...) }),
		"extensions in a set":   craft(t, func(p *parts) { p.uniqueIDs = ctx(3, set()) }),
		"a half extension":      craft(t, func(p *parts) { p.extensions = [][]byte{seq(oid(alg.OIDExtKeyUsage))} }),
		"a version of 16 bytes": craft(t, func(p *parts) { p.version = ctx(0, integer(bytes.Repeat([]byte{1}, 16)...)) }),
	} {
		if c, err := pki.ParseCertificate(raw); err == nil || c != nil || len(err.Error()) > 300 {
			t.Errorf("%s: %v, %v", name, c, err)
		}
	}
	if _, err := (&pki.Certificate{Raw: []byte{1}}).X509(); err == nil {
		t.Error("crypto/x509 reads anything")
	}
	var nobody *pki.Certificate
	if nobody.Equal(nil) || nobody.Equal(&pki.Certificate{}) {
		t.Error("nothing equals something")
	}
	if _, err := pki.FromX509(&x509.Certificate{}); err == nil || errors.Unwrap(err) == nil {
		t.Errorf("an empty certificate: %v", err)
	}
}

// Faults cost no more than they are worth, and the one that matters is never lost among them.
func TestFaultsAreBounded(t *testing.T) {
	var many [][]byte
	for range 500 {
		many = append(many, ctxPrim(1, nil))
	}
	san := ext(alg.OIDExtSubjectAltName, false, seq(many...))
	c, err := pki.ParseCertificate(craft(t, extensions(san, ext(alg.OIDExtKeyUsage, true, []byte("?")))))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Faults) > 101 {
		t.Errorf("%d faults", len(c.Faults))
	}
	if f, broken := c.Broken(); !broken || f.Error() == "" {
		t.Error("the broken keyUsage is lost")
	}
}
