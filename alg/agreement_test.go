package alg

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/brainpool"
	"github.com/waxwing-mail/waxwing/internal/peer"
)

// agreementKeys are private keys of every kind.
func agreementKeys(t *testing.T) map[string]crypto.PrivateKey {
	t.Helper()
	keys := make(map[string]crypto.PrivateKey)
	for _, c := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521(), brainpool.P256r1(), brainpool.P384r1(), brainpool.P512r1()} {
		k, err := ecdsa.GenerateKey(c, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		keys[c.Params().Name] = k
	}
	x, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keys["X25519"] = x
	if keys["X448"], err = NewX448PrivateKey(random(56)); err != nil {
		t.Fatal(err)
	}
	return keys
}

// publicOf is the public half of one of them.
func publicOf(k crypto.PrivateKey) crypto.PublicKey {
	return k.(interface{ Public() crypto.PublicKey }).Public()
}

func newWrap(t *testing.T, oid der.OID) *Wrap {
	t.Helper()
	w, err := NewWrap(oid)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestBothSidesAgreeWithEveryKey(t *testing.T) {
	want := map[string]der.OID{"P-256": OIDStdDHSHA256KDF, "P-384": OIDStdDHSHA384KDF, "P-521": OIDStdDHSHA512KDF,
		"brainpoolP256r1": OIDStdDHSHA256KDF, "brainpoolP384r1": OIDStdDHSHA384KDF, "brainpoolP512r1": OIDStdDHSHA512KDF,
		"X25519": OIDStdDHHKDFSHA256, "X448": OIDStdDHHKDFSHA512}
	for name, key := range agreementKeys(t) {
		pub := publicOf(key)
		a, err := NewAgreement(pub, nil, newWrap(t, OIDAES256Wrap))
		if err != nil || a.OID != want[name] || !CanAgree(pub) {
			t.Fatalf("%s: %s, %v", name, a.Name, err)
		}
		keks := make(map[string]bool)
		for _, ukm := range [][]byte{nil, {}, {1}} {
			from, kek, err := a.Send(pub, ukm)
			if err != nil || from.Algorithm.Params != nil {
				t.Fatalf("%s: %v", name, err)
			}
			r, err := AgreementOf(a.Identifier(), Allow{})
			if err != nil {
				t.Fatal(err)
			}
			got, err := r.Receive(key, from, ukm)
			if err != nil || !bytes.Equal(got, kek) || len(kek) != 32 {
				t.Errorf("%s, ukm %v: %v", name, ukm, err)
			}
			// STANDARDS 31: absent and empty are not the same.
			for _, other := range [][]byte{nil, {}, {1}} {
				got, err := r.Receive(key, from, other)
				if err != nil {
					t.Fatal(err)
				}
				keks[hex.EncodeToString(got)] = true
			}
		}
		if len(keks) != 9 {
			t.Errorf("%s: %d different keys of 9", name, len(keks))
		}
	}
}

func TestEverySchemeIsRead(t *testing.T) {
	key := agreementKeys(t)["P-256"]
	for oid, k := range agreements {
		a, err := AgreementOf(Identifier{oid, newWrap(t, OIDAES128Wrap).Identifier().Bytes()}, Allow{})
		if err != nil {
			t.Fatal(err)
		}
		from, kek, err := a.Send(publicOf(key), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := a.Receive(key, from, nil); err != nil || !bytes.Equal(got, kek) || a.hash != k.hash {
			t.Errorf("%s: %v", a.Name, err)
		}
	}
	if _, err := NewAgreement(publicOf(key), SHA1, newWrap(t, OIDAES128Wrap)); err == nil {
		t.Error("SHA-1 is written")
	}
	for _, oid := range []der.OID{OIDMQVSHA256KDF, OIDESDH, OIDAES128Wrap} {
		var u *UnsupportedError
		if _, err := AgreementOf(Identifier{oid, null()}, Allow{Legacy: true}); !errors.As(err, &u) {
			t.Errorf("%s: %v", Name(oid), err)
		}
	}
}

// RFC 5753 §7.2: the octets of ECC-CMS-SharedInfo for AES-128 key wrap.
func TestSharedInfoIsThatOfRFC5753(t *testing.T) {
	a, err := AgreementOf(Identifier{OIDStdDHSHA256KDF, newWrap(t, OIDAES128Wrap).Identifier().Bytes()}, Allow{})
	if err != nil {
		t.Fatal(err)
	}
	for ukm, want := range map[string]string{
		"absent": "3015 300b 0609608648016503040105 a206 0404 00000080",
		"":       "3019 300b 0609608648016503040105 a002 0400 a206 0404 00000080",
		"\xaa":   "301a 300b 0609608648016503040105 a003 0401aa a206 0404 00000080",
	} {
		u := []byte(ukm)
		if ukm == "absent" {
			u = nil
		}
		if got := a.sharedInfo(u); !bytes.Equal(got, unhex(t, want)) {
			t.Errorf("ukm %q: %x", ukm, got)
		}
	}
}

// OpenSSL computes the shared secret from our private keys, and the two key derivations.
func TestAgreementIsThatOfOpenSSL(t *testing.T) {
	peer.Need(t, "openssl")
	for scheme, v := range map[der.OID]struct{ kdf, digest string }{
		OIDStdDHSHA1KDF: {"X963KDF", "SHA1"}, OIDStdDHSHA256KDF: {"X963KDF", "SHA2-256"}, OIDStdDHSHA512KDF: {"X963KDF", "SHA2-512"},
		OIDStdDHHKDFSHA256: {"HKDF", "SHA2-256"}, OIDStdDHHKDFSHA384: {"HKDF", "SHA2-384"},
	} {
		a, err := AgreementOf(Identifier{scheme, newWrap(t, OIDAES256Wrap).Identifier().Bytes()}, Allow{})
		if err != nil {
			t.Fatal(err)
		}
		z, ukm := random(32), random(20)
		args := []string{"openssl", "kdf", "-binary", "-keylen", "32", "-kdfopt", "digest:" + v.digest, "-kdfopt", "hexkey:" + hex.EncodeToString(z),
			"-kdfopt", "hexinfo:" + hex.EncodeToString(a.sharedInfo(ukm))}
		if a.hkdf {
			args = append(args, "-kdfopt", "hexsalt:"+hex.EncodeToString(ukm))
		}
		got, err := a.derive(z, ukm)
		if want := peer.Run(t, nil, append(args, v.kdf)...); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: key %x, openssl's is %x", a.Name, got, want)
		}
	}
}

func TestX448IsThatOfOpenSSL(t *testing.T) {
	peer.Need(t, "openssl")
	dir := t.TempDir()
	theirs := peer.Run(t, nil, "openssl", "genpkey", "-algorithm", "X448", "-outform", "DER")
	k, err := NewX448PrivateKey(theirs[len(theirs)-56:])
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "key.der")
	if err := os.WriteFile(file, theirs, 0o600); err != nil {
		t.Fatal(err)
	}
	spki, err := MarshalPublicKey(k.Public())
	if err != nil {
		t.Fatal(err)
	}
	if want := peer.Run(t, theirs, "openssl", "pkey", "-inform", "DER", "-pubout", "-outform", "DER"); !bytes.Equal(spki, want) {
		t.Errorf("public key %x, want %x", spki, want)
	}
	ours, err := NewX448PrivateKey(random(56))
	if err != nil {
		t.Fatal(err)
	}
	if spki, err = MarshalPublicKey(ours.Public()); err != nil {
		t.Fatal(err)
	}
	public := filepath.Join(dir, "public.der")
	if err := os.WriteFile(public, spki, 0o600); err != nil {
		t.Fatal(err)
	}
	want := peer.Run(t, nil, "openssl", "pkeyutl", "-derive", "-inkey", file, "-keyform", "DER", "-peerkey", public, "-peerform", "DER")
	if got, err := ours.exchange(k.public); err != nil || !bytes.Equal(got, want) {
		t.Errorf("shared secret %x, %v, want %x", got, err, want)
	}
}

// A sender's key that is on another curve, off the curve, or of low order is ErrDecrypt.
func TestSendersKeysThatAreRefused(t *testing.T) {
	keys := agreementKeys(t)
	p256, p384 := keys["P-256"].(*ecdsa.PrivateKey), keys["P-384"].(*ecdsa.PrivateKey)
	point, err := p256.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	big, err := p384.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	brain := keys["brainpoolP256r1"].(*ecdsa.PrivateKey)
	brainPoint, err := pointBytes(&brain.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]struct {
		key  crypto.PrivateKey
		from OriginatorKey
	}{
		"brainpool: another curve":       {brain, OriginatorKey{curveIdentifier(OIDCurveP256), brainPoint}},
		"brainpool: the twist":           {brain, OriginatorKey{curveIdentifier(OIDCurveBrainpoolP256t1), brainPoint}},
		"brainpool: a point of P-256":    {brain, OriginatorKey{Identifier{OID: OIDECPublicKey}, point}},
		"brainpool: a point on no curve": {brain, OriginatorKey{Identifier{OID: OIDECPublicKey}, flip(brainPoint)}},
		"brainpool: another algorithm":   {brain, OriginatorKey{Identifier{OID: OIDX25519}, brainPoint}},
		"brainpool point for P-256":      {p256, OriginatorKey{Identifier{OID: OIDECPublicKey}, brainPoint}},
		"another curve, named":           {p256, OriginatorKey{curveIdentifier(OIDCurveP384), point}},
		"a point of another curve":       {p256, OriginatorKey{Identifier{OID: OIDECPublicKey}, big}},
		"off the curve":                  {p256, OriginatorKey{Identifier{OID: OIDECPublicKey}, flip(point)}},
		"infinity":                       {p256, OriginatorKey{Identifier{OID: OIDECPublicKey}, []byte{0}}},
		"empty":                          {p256, OriginatorKey{Identifier{OID: OIDECPublicKey}, nil}},
		"hybrid":                         {p256, OriginatorKey{Identifier{OID: OIDECPublicKey}, append([]byte{6}, point[1:]...)}},
		"RSA":                            {p256, OriginatorKey{Identifier{OID: OIDRSA}, point}},
		"X25519 of zeros":                {keys["X25519"], OriginatorKey{Identifier{OID: OIDX25519}, make([]byte, 32)}},
		"X25519 that is short":           {keys["X25519"], OriginatorKey{Identifier{OID: OIDX25519}, make([]byte, 31)}},
		"X25519 by another name":         {keys["X25519"], OriginatorKey{Identifier{OID: OIDECPublicKey}, point}},
		"X448 of zeros":                  {keys["X448"], OriginatorKey{Identifier{OID: OIDX448}, make([]byte, 56)}},
		"X448 that is long":              {keys["X448"], OriginatorKey{Identifier{OID: OIDX448}, make([]byte, 57)}},
	} {
		if _, err := receive(v.key, v.from); err != ErrDecrypt {
			t.Errorf("%s: %v", name, err)
		}
	}
	compressed := elliptic.MarshalCompressed(elliptic.P256(), p256.X, p256.Y)
	for name, from := range map[string]OriginatorKey{
		"NULL as parameters": {Identifier{OIDECPublicKey, null()}, point},
		"the curve named":    {curveIdentifier(OIDCurveP256), point},
		"compressed":         {Identifier{OID: OIDECPublicKey}, compressed}, // RFC 5753 §7.2: MAY
	} {
		if _, err := receive(p256, from); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	squeezed := append([]byte{2 + brainPoint[64]&1}, brainPoint[1:33]...)
	for _, from := range []OriginatorKey{{curveIdentifier(OIDCurveBrainpoolP256r1), brainPoint}, {Identifier{OIDECDH, null()}, squeezed}} {
		if _, err := receive(brain, from); err != nil {
			t.Errorf("brainpool: %v", err)
		}
	}
}

// exchanger is a key in a token.
type exchanger struct {
	*ecdh.PrivateKey
	err error
}

func (e exchanger) ECDH(p *ecdh.PublicKey) ([]byte, error) {
	if e.err != nil {
		return nil, e.err
	}
	return e.PrivateKey.ECDH(p)
}

func TestATokenAgrees(t *testing.T) {
	k, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	a, err := NewAgreement(k.PublicKey(), nil, newWrap(t, OIDAES128Wrap))
	if err != nil {
		t.Fatal(err)
	}
	from, kek, err := a.Send(k.PublicKey(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := a.Receive(exchanger{PrivateKey: k}, from, nil); err != nil || !bytes.Equal(got, kek) {
		t.Error(err)
	}
	if _, err := a.Receive(exchanger{k, errors.New("CKR_DEVICE_ERROR")}, from, nil); err != ErrDecrypt {
		t.Errorf("a token that fails: %v", err)
	}
	if _, err := a.Receive(exchanger{k, fmt.Errorf("slot 0: %w", ErrKeyUnavailable)}, from, nil); !errors.Is(err, ErrKeyUnavailable) {
		t.Errorf("a token that is gone: %v", err)
	}
	if _, err := a.Receive(rsaKey(t), from, nil); err == nil {
		t.Error("an RSA key agrees")
	}
	if CanAgree(&rsaKey(t).PublicKey) {
		t.Error("CanAgree says that an RSA key does")
	}
}
