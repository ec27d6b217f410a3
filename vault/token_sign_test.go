package vault

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"testing"
)

// AUTHORITY 36: a token that returns a wrong signature. Nothing of it gets out.
func TestAWrongSignatureOfATokenIsThrownAway(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rs, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	pub, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte("text"))
	r, s, err := ecdsa.Sign(rand.Reader, ec, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	pkcs1, err1 := rs.Sign(rand.Reader, digest[:], crypto.SHA256)
	pss := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
	padded, err2 := rs.Sign(rand.Reader, digest[:], pss)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		pub  crypto.PublicKey
		opts crypto.SignerOpts
		good []byte
	}{
		"ECDSA":   {&ec.PublicKey, crypto.SHA256, append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)},
		"PKCS #1": {&rs.PublicKey, crypto.SHA256, pkcs1},
		"PSS":     {&rs.PublicKey, pss, padded},
		"Ed25519": {pub, crypto.Hash(0), ed25519.Sign(ed, digest[:])},
	} {
		how, err := signing(c.pub, digest[:], c.opts)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := how.check(c.good); err != nil {
			t.Errorf("%s: a good one: %v", name, err)
		}
		for n := range c.good {
			bad := append([]byte{}, c.good...)
			bad[n] ^= 1
			for what, sig := range map[string][]byte{"changed": bad, "cut": c.good[:n]} {
				if out, err := how.check(sig); !errors.Is(err, errWrongSignature) || out != nil {
					t.Fatalf("%s, %s at %d: %v", name, what, n, err)
				}
			}
		}
	}
}

func TestKeysThatATokenShowsAreReadOrRefused(t *testing.T) {
	k, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := k.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	params := curves()[1].params
	for _, form := range [][]byte{point, append([]byte{4, byte(len(point))}, point...)} {
		got, err := pointKey(params, form)
		if err != nil || !k.PublicKey.Equal(got) {
			t.Errorf("%d bytes: %v", len(form), err)
		}
	}
	for n := range point {
		if _, err := pointKey(params, point[:n]); err == nil {
			t.Errorf("a point of %d bytes", n)
		}
	}
	for name, params := range map[string][]byte{"another curve": curves()[0].params, "no curve": nil, "Ed25519": edwards25519} {
		if _, err := pointKey(params, point); err == nil {
			t.Errorf("%s: read", name)
		}
	}
}
