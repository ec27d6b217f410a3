package alg

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/waxwing-mail/waxwing/internal/peer"
)

// anRSAKey is made once, as that takes long.
var anRSAKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

// rsaKey returns a key to test with.
func rsaKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	k, err := anRSAKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// pkcs8RSA reads the private key of a group of Wycheproof.
func pkcs8RSA(t *testing.T, g wycheproofGroup) *rsa.PrivateKey {
	t.Helper()
	k, err := x509.ParsePKCS8PrivateKey(unhex(t, g.PrivateKeyPkcs8))
	if err != nil {
		t.Fatal(err)
	}
	return k.(*rsa.PrivateKey)
}

// token is a key that is somewhere else, and gives the errors that it is told to.
type token struct {
	*rsa.PrivateKey
	err  error
	opts crypto.DecrypterOpts
}

func (k *token) Decrypt(r io.Reader, b []byte, o crypto.DecrypterOpts) ([]byte, error) {
	k.opts = o
	if k.err != nil {
		return nil, k.err
	}
	return k.PrivateKey.Decrypt(r, b, o)
}

// STANDARDS 6: with PKCS #1 v1.5 every fault gives a random key and no error, from a key in memory and from a token.
func TestPKCS1AgreesWithWycheproofAndNeverFails(t *testing.T) {
	n := 0
	for _, g := range wycheproof(t, "rsa_pkcs1_2048_test.json") {
		k := pkcs8RSA(t, g)
		for _, c := range g.Tests {
			n++
			msg, ct := unhex(t, c.Msg), unhex(t, c.CT)
			size := max(len(msg), 1)
			for name, key := range map[string]crypto.Decrypter{"key": k, "token": &token{PrivateKey: k}} {
				got, err := NewPKCS1().Decrypt(key, ct, size)
				if err != nil || len(got) != size {
					t.Fatalf("%d (%s), %s: %d octets, %v", c.ID, c.Comment, name, len(got), err)
				}
				if good := bytes.Equal(got, msg); good != (c.Result == "valid" && len(msg) > 0) {
					t.Errorf("%d (%s), %s: decrypts: %v", c.ID, c.Comment, name, good)
				}
			}
		}
	}
	if n < 60 {
		t.Errorf("only %d cases", n)
	}
}

// A key in memory gives the same key for the same fault: else repeating a message would tell, by the content that
// decrypts once in a while under CBC, that the key of the content was not in it.
func TestPKCS1GivesAKeyThatNobodyCanGuess(t *testing.T) {
	k := rsaKey(t)
	tr := NewPKCS1()
	encrypted, err := tr.Encrypt(&k.PublicKey, random(16))
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"of another size": encrypted, "changed": flip(encrypted), "short": encrypted[1:], "empty": nil,
		"over the modulus": bytes.Repeat([]byte{0xff}, 256), "long": append(bytes.Clone(encrypted), 1),
	} {
		for where, key := range map[string]crypto.Decrypter{
			"key": k, "token": &token{PrivateKey: k}, "token that tells": &token{PrivateKey: k, err: errors.New("CKR_ENCRYPTED_DATA_INVALID")},
		} {
			one, err1 := tr.Decrypt(key, b, 32)
			two, err2 := tr.Decrypt(key, b, 32)
			if err1 != nil || err2 != nil || len(one) != 32 || bytes.Equal(one, two) != (where == "key") {
				t.Errorf("%s, %s: %x, %x, %v, %v", name, where, one, two, err1, err2)
			}
		}
	}
	if got, err := tr.Decrypt(k, encrypted, 0); err != nil || len(got) != 16 {
		t.Errorf("of any size: %d octets, %v", len(got), err)
	}
	if got, err := tr.Decrypt(k, flip(encrypted), 0); err != nil || len(got) != 32 {
		t.Errorf("of any size, changed: %d octets, %v", len(got), err)
	}
	if got, err := tr.Decrypt(k, encrypted, 5000); err != nil || len(got) != 5000 {
		t.Errorf("longer than the modulus: %d octets, %v", len(got), err)
	}
}

// STANDARDS 17: several keys may be meant by one entry.
func TestOfSeveralKeysTheOneThatFitsDecrypts(t *testing.T) {
	right := rsaKey(t)
	other, otherErr := rsa.GenerateKey(rand.Reader, 2048)
	oaep, err := NewOAEP(SHA256)
	if err != nil || otherErr != nil {
		t.Fatal(err, otherErr)
	}
	cek := random(16)
	for _, tr := range []*Transport{NewPKCS1(), oaep} {
		encrypted, err := tr.Encrypt(&right.PublicKey, cek)
		if err != nil {
			t.Fatal(err)
		}
		gone := &token{PrivateKey: right, err: ErrKeyUnavailable}
		for name, keys := range map[string][]crypto.Decrypter{
			"first": {right, other}, "last": {other, right}, "beside tokens": {&token{PrivateKey: other}, gone, &token{PrivateKey: right}, right},
		} {
			for _, size := range []int{16, 0} {
				if got, err := tr.DecryptAny(keys, encrypted, size); err != nil || !bytes.Equal(got, cek) {
					t.Errorf("%s, %s, size %d: %x, %v", tr.Name, name, size, got, err)
				}
			}
		}
		if _, err := tr.DecryptAny([]crypto.Decrypter{other, gone}, encrypted, 16); errors.Is(err, ErrKeyUnavailable) != (tr == oaep) {
			t.Errorf("%s: one of two keys is gone, and it says %v", tr.Name, err)
		}
	}
}

func TestATokenThatIsGoneIsAnError(t *testing.T) {
	k := rsaKey(t)
	gone := &token{PrivateKey: k, err: fmt.Errorf("slot 0: %w", ErrKeyUnavailable)}
	oaep, err := NewOAEP(SHA256)
	if err != nil {
		t.Fatal(err)
	}
	for _, tr := range []*Transport{NewPKCS1(), oaep} {
		if _, err := tr.Decrypt(gone, make([]byte, 256), 16); !errors.Is(err, ErrKeyUnavailable) {
			t.Errorf("%s: %v", tr.Name, err)
		}
	}
	if o, ok := gone.opts.(*rsa.OAEPOptions); !ok || o.Hash != crypto.SHA256 {
		t.Errorf("the token was told %v", gone.opts)
	}
}

// STANDARDS 7: digest, mask and label count.
func TestOAEPAgreesWithWycheproof(t *testing.T) {
	t.Setenv("GODEBUG", "rsa1024min=0")
	digests := map[string]*Hash{"SHA-1": SHA1, "SHA-224": SHA224, "SHA-256": SHA256, "SHA-384": SHA384, "SHA-512": SHA512,
		"SHA-512/224": SHA512224, "SHA-512/256": SHA512256, "SHA3-224": SHA3224, "SHA3-256": SHA3256, "SHA3-384": SHA3384, "SHA3-512": SHA3512}
	n := 0
	for _, g := range wycheproof(t, "rsa_oaep_misc_test.json") {
		h, mgf := digests[g.SHA], digests[g.MGFSHA]
		if h == nil || mgf == nil {
			t.Logf("not implemented: %s with %s", g.SHA, g.MGFSHA)
			continue
		}
		k := pkcs8RSA(t, g)
		for _, c := range g.Tests {
			n++
			params := &OAEPParams{Hash: h, MGFHash: mgf, Label: unhex(t, c.Label)}
			tr, err := TransportOf(params.identifier(), Allow{})
			if err != nil {
				t.Fatal(err)
			}
			got, err := tr.Decrypt(k, unhex(t, c.CT), 0)
			if c.Result == "invalid" && err != ErrDecrypt || c.Result == "valid" && (err != nil || !bytes.Equal(got, unhex(t, c.Msg))) {
				t.Errorf("%d (%s): %x, %v", c.ID, c.Comment, got, err)
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d cases", n)
	}
}

// STANDARDS 7.
func TestOAEPWithoutGoodParametersIsAnError(t *testing.T) {
	for name, params := range map[string][]byte{
		"absent": nil, "NULL": null(), "an OCTET STRING": octets(nil), "half a SEQUENCE": {0x30, 5}, "text": []byte("SHA-256"),
		"a SEQUENCE with something else": {0x30, 2, 5, 0},
	} {
		var p *ParamsError
		if _, err := TransportOf(Identifier{OIDRSAESOAEP, params}, Allow{Legacy: true}); !errors.As(err, &p) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// RFC 4055 §4.1: what is absent inside stands for SHA-1.
	tr, err := TransportOf(Identifier{OIDRSAESOAEP, []byte{0x30, 0}}, Allow{})
	if err != nil || tr.OAEP.Hash != SHA1 || tr.OAEP.MGFHash != SHA1 {
		t.Errorf("an empty SEQUENCE: %v", err)
	}
	for _, h := range []*Hash{MD5, SHAKE128} {
		if _, err := NewOAEP(h); err == nil {
			t.Errorf("OAEP with %s", h.Name)
		}
	}
	var u *UnsupportedError
	if _, err := TransportOf(Identifier{OID: OIDRSAKEM}, Allow{}); !errors.As(err, &u) || u.Algorithm != "RSA-KEM" {
		t.Errorf("RSA-KEM: %v", err)
	}
}

func TestTransportForAKeyKeepsToItsReservation(t *testing.T) {
	k := rsaKey(t)
	pub := &k.PublicKey
	strict := &OAEPPublicKey{PublicKey: pub, Params: &OAEPParams{Hash: SHA384, MGFHash: SHA1}}
	for name, v := range map[string]struct {
		pub  crypto.PublicKey
		h    *Hash
		want func(*Transport) bool
	}{
		"a plain key":        {pub, nil, func(tr *Transport) bool { return tr.OAEP == nil }},
		"a plain key, asked": {pub, SHA512, func(tr *Transport) bool { return tr.OAEP.Hash == SHA512 && tr.OAEP.MGFHash == SHA512 }},
		"reserved":           {&OAEPPublicKey{PublicKey: pub}, nil, func(tr *Transport) bool { return tr.OAEP.Hash == SHA256 }},
		"reserved, strictly": {strict, SHA512, func(tr *Transport) bool { return tr.OAEP.Hash == SHA384 && tr.OAEP.MGFHash == SHA1 }},
	} {
		tr, err := TransportFor(v.pub, v.h)
		if err != nil || !v.want(tr) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		cek := random(32)
		encrypted, err := tr.Encrypt(v.pub, cek)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := tr.Decrypt(k, encrypted, 32); err != nil || !bytes.Equal(got, cek) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := TransportFor(&PSSPublicKey{PublicKey: pub}, nil); err == nil {
		t.Error("a key that is reserved for signatures encrypts")
	}
	if _, err := NewPKCS1().Encrypt(strict, random(16)); err == nil {
		t.Error("a key that is reserved for OAEP encrypts with PKCS #1 v1.5")
	}
}

func TestRSAIsThatOfOpenSSL(t *testing.T) {
	peer.Need(t, "openssl")
	k := rsaKey(t)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key.der")
	if err := os.WriteFile(file, pkcs8, 0o600); err != nil {
		t.Fatal(err)
	}
	mixed, err := TransportOf((&OAEPParams{Hash: SHA256, MGFHash: SHA1, Label: []byte("abc")}).identifier(), Allow{})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []struct {
		tr   *Transport
		opts []string
	}{
		{NewPKCS1(), []string{"-pkeyopt", "rsa_padding_mode:pkcs1"}},
		{mixed, []string{"-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha256", "-pkeyopt", "rsa_mgf1_md:sha1",
			"-pkeyopt", "rsa_oaep_label:616263"}},
	} {
		cek := random(32)
		encrypted, err := v.tr.Encrypt(&k.PublicKey, cek)
		if err != nil {
			t.Fatal(err)
		}
		with := append([]string{"openssl", "pkeyutl", "-inkey", file, "-keyform", "DER"}, v.opts...)
		if got := peer.Run(t, encrypted, append(with, "-decrypt")...); !bytes.Equal(got, cek) {
			t.Errorf("%s: openssl decrypts to something else", v.tr.Name)
		}
		encrypted = peer.Run(t, cek, append(with, "-encrypt")...)
		if got, err := v.tr.Decrypt(k, encrypted, 32); err != nil || !bytes.Equal(got, cek) {
			t.Errorf("%s of openssl: %v", v.tr.Name, err)
		}
	}
}
