package alg

import (
	"bytes"
	"crypto/hmac"
	"crypto/x509"
	"errors"
	"testing"

	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/limit"
)

func TestPBES2AgreesWithWycheproof(t *testing.T) {
	n := 0
	for _, g := range wycheproof(t, "pbes2_hmacsha256_aes_256_test.json") {
		for _, c := range g.Tests {
			n++
			kdf := &KDF{Entry: table[OIDPBKDF2], Salt: unhex(t, c.Salt), Iterations: c.IterationCount, PRF: mustHMAC(t, SHA256)}
			p, err := PBEOf(pbes2(kdf, Identifier{OIDAES256CBC, octets(unhex(t, c.IV))}), Allow{})
			if err != nil {
				t.Fatal(err)
			}
			got, err := p.Decrypt(unhex(t, c.Password), unhex(t, c.CT), budget())
			if good := err == nil && bytes.Equal(got, unhex(t, c.Msg)); good != (c.Result == "valid") {
				t.Errorf("%d (%s): %x, %v", c.ID, c.Comment, got, err)
			}
		}
	}
	if n < 80 {
		t.Errorf("only %d cases", n)
	}
}

// pbes2 writes PBES2 with any cipher.
func pbes2(kdf *KDF, cipher Identifier) Identifier {
	var b der.Builder
	b.Sequence(func(b *der.Builder) { kdf.Identifier().Append(b); cipher.Append(b) })
	return Identifier{OIDPBES2, mustBytes(&b)}
}

// encryptedKey reads an EncryptedPrivateKeyInfo (RFC 5958 §3).
func encryptedKey(t *testing.T, b []byte) (Identifier, []byte) {
	t.Helper()
	c := der.NewCursor(b)
	s := c.Sequence()
	id, data := ParseIdentifier(s), s.OctetString()
	if err := errors.Join(s.Done(), c.Done()); err != nil {
		t.Fatal(err)
	}
	return id, data
}

func TestEveryPBEReadsWhatOpenSSLWrote(t *testing.T) {
	peer.Need(t, "openssl")
	key, err := x509.MarshalPKCS8PrivateKey(rsaKey(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []struct {
		legacy bool
		name   string
		args   []string
	}{
		{false, "PBES2", []string{"-v2", "aes-128-cbc"}},
		{false, "PBES2", []string{"-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA512"}},
		{false, "PBES2", []string{"-v2", "aes-192-cbc", "-v2prf", "hmacWithSHA1"}},
		{false, "PBES2", []string{"-scrypt"}},
		{true, "PBES2", []string{"-v2", "des-ede3-cbc"}},
		{true, "PBES2", []string{"-v2", "rc2-cbc"}},
		{true, "PBES1 with MD5 and DES", []string{"-v1", "PBE-MD5-DES"}},
		{true, "PBES1 with MD5 and RC2", []string{"-v1", "PBE-MD5-RC2-64"}},
		{true, "PBES1 with SHA-1 and DES", []string{"-v1", "PBE-SHA1-DES"}},
		{true, "PBES1 with SHA-1 and RC2", []string{"-v1", "PBE-SHA1-RC2-64"}},
		{true, "PKCS#12 with SHA-1 and 3DES", []string{"-v1", "PBE-SHA1-3DES"}},
		{true, "PKCS#12 with SHA-1 and 3DES with two keys", []string{"-v1", "PBE-SHA1-2DES"}},
		{true, "PKCS#12 with SHA-1 and RC2-128", []string{"-v1", "PBE-SHA1-RC2-128"}},
		{true, "PKCS#12 with SHA-1 and RC2-40", []string{"-v1", "PBE-SHA1-RC2-40"}},
	} {
		args := append([]string{"openssl", "pkcs8", "-topk8", "-inform", "DER", "-outform", "DER", "-passout", "pass:Käse",
			"-provider", "legacy", "-provider", "default"}, v.args...)
		id, data := encryptedKey(t, peer.Run(t, key, args...))
		var n *NotAllowedError
		if _, err := PBEOf(id, Allow{}); v.legacy != errors.As(err, &n) {
			t.Errorf("%v: unasked: %v", v.args, err)
		}
		p, err := PBEOf(id, Allow{Legacy: true})
		if err != nil || p.Name != v.name {
			t.Errorf("%v: %v", v.args, err)
			continue
		}
		if got, err := p.Decrypt([]byte("Käse"), data, budget()); err != nil || !bytes.Equal(got, key) {
			t.Errorf("%v: %v", v.args, err)
		}
		if got, err := p.Decrypt([]byte("kase"), data, budget()); err == nil && bytes.Equal(got, key) {
			t.Errorf("%v: another password decrypts", v.args)
		}
		var full *limit.Error
		if _, err := p.Decrypt([]byte("Käse"), data, limit.New(limit.Limits{KDF: 10})); !errors.As(err, &full) {
			t.Errorf("%v: with a budget of 10 iterations: %v", v.args, err)
		}
		if p.old != nil {
			if _, err := p.Encrypt([]byte("x"), key, budget()); err == nil {
				t.Errorf("%v is written", v.args)
			}
		}
	}
}

func TestOpenSSLReadsOurPBES2(t *testing.T) {
	peer.Need(t, "openssl")
	key, err := x509.MarshalPKCS8PrivateKey(rsaKey(t))
	if err != nil {
		t.Fatal(err)
	}
	pbkdf2, err := NewPBKDF2(nil, 2000)
	if err != nil {
		t.Fatal(err)
	}
	scrypt, err := NewScrypt(1<<10, 8, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, kdf := range []*KDF{pbkdf2, scrypt} {
		p, err := NewPBES2(OIDAES256CBC, kdf)
		if err != nil {
			t.Fatal(err)
		}
		data, err := p.Encrypt([]byte("Käse"), key, budget())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Encrypt([]byte("Käse"), key, budget()); err == nil {
			t.Error("its initialization vector served twice")
		}
		var b der.Builder
		b.Sequence(func(b *der.Builder) { p.Identifier().Append(b); b.OctetString(data) })
		got := peer.Run(t, mustBytes(&b), "openssl", "pkcs8", "-inform", "DER", "-outform", "DER", "-passin", "pass:Käse")
		if k, err := x509.ParsePKCS1PrivateKey(got); err == nil {
			got, err = x509.MarshalPKCS8PrivateKey(k)
			if err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(got, key) {
			t.Errorf("%s: openssl reads something else", kdf.Name)
		}
	}
}

func TestPBESThatAreRefused(t *testing.T) {
	kdf, err := NewPBKDF2(nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	for name, id := range map[string]Identifier{
		"no parameters": {OID: OIDPBES2}, "GCM": pbes2(kdf, Identifier{OIDAES128GCM, nonceAndTag(random(12), 16)}),
		"3DES without salt": {OIDPBESHA13DES, []byte{0x30, 0}}, "DES with a salt of 4 octets": {OIDPBEMD5DES, oldParams(4, 1)},
		"no iterations": {OIDPBESHA13DES, oldParams(8, 0)}, "negative iterations": {OIDPBESHA13DES, oldParams(8, -5)},
	} {
		var p *ParamsError
		if _, err := PBEOf(id, Allow{Legacy: true}); !errors.As(err, &p) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, oid := range []der.OID{OIDPBEMD2DES, OIDPBESHA1RC4128, OIDAES128CBC} {
		var u *UnsupportedError
		if _, err := PBEOf(Identifier{oid, oldParams(8, 1)}, Allow{Legacy: true}); !errors.As(err, &u) {
			t.Errorf("%s: %v", Name(oid), err)
		}
	}
}

func oldParams(salt int, iterations int64) []byte {
	var b der.Builder
	b.Sequence(func(b *der.Builder) { b.OctetString(random(salt)); b.Int(iterations) })
	return mustBytes(&b)
}

func TestPBMAC1IsReadAsItWasWritten(t *testing.T) {
	for _, h := range []*Hash{nil, SHA512} {
		w, err := NewPBMAC1(h, 100)
		if err != nil {
			t.Fatal(err)
		}
		r, err := PasswordMACOf(w.Identifier())
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.Sum([]byte("p"), []byte("content"), budget())
		if err != nil {
			t.Fatal(err)
		}
		key, err := w.KDF.Key([]byte("p"), w.MAC.Size, budget())
		if err != nil {
			t.Fatal(err)
		}
		m := hmac.New(w.MAC.hash.New, key)
		m.Write([]byte("content"))
		if !hmac.Equal(m.Sum(nil), got) {
			t.Errorf("%s: another MAC", w.MAC.Name)
		}
	}
}

// RFC 9579 §4, and CVE-2025-11187: a key of one octet would be guessed.
func TestPBMAC1WithAShortKeyIsRefused(t *testing.T) {
	for _, size := range []int64{0, 1, 19} {
		var b der.Builder
		b.Sequence(func(b *der.Builder) {
			Identifier{OIDPBKDF2, pbkdf2Params(1, size, OIDHMACSHA256)}.Append(b)
			Identifier{OIDHMACSHA256, null()}.Append(b)
		})
		var p *ParamsError
		if _, err := PasswordMACOf(Identifier{OIDPBMAC1, mustBytes(&b)}); !errors.As(err, &p) {
			t.Errorf("%d octets: %v", size, err)
		}
	}
	var u *UnsupportedError
	if _, err := PasswordMACOf(Identifier{OID: OIDHMACSHA256}); !errors.As(err, &u) {
		t.Errorf("HMAC: %v", err)
	}
}
