package vault_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/p11rpc"
	"github.com/waxwing-mail/waxwing/internal/testtoken"
	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/vault"
)

// onToken has the token make a key.
func (h *house) onToken(uri string, a vault.Algorithm, p vault.Purpose) (vault.Key, error) {
	var k vault.Key
	err := h.write(func(tx *db.Tx) (err error) {
		k, err = h.v.Generate(tx, vault.Spec{Algorithm: a, Purpose: p, Owner: "ca:1", By: "user:ada", Token: uri})
		return err
	})
	return k, err
}

func TestKeysOnATokenSignCertificates(t *testing.T) {
	token := testtoken.Start(t)
	h := one(t)
	for _, a := range []vault.Algorithm{vault.P256, vault.P384, vault.RSA2048, vault.Ed25519} {
		k, err := h.onToken(token.URI("ca "+string(a)), a, vault.Authority)
		h.must(err)
		if k.Algorithm != a || k.Token == "" || strings.Contains(k.Token, testtoken.PIN) {
			t.Errorf("%+v", k)
		}
		h.certifies(h.reopen(), k)
		if _, err := h.v.Decrypter(t.Context(), k.ID); err == nil {
			t.Errorf("%s: a key for an authority decrypts", a)
		}
	}
}

func TestRSAKeysOnATokenSignInEveryForm(t *testing.T) {
	token := testtoken.Start(t)
	h := one(t)
	k, err := h.onToken(token.URI("rsa"), vault.RSA2048, vault.Authority)
	h.must(err)
	s, err := h.v.Signer(t.Context(), k.ID)
	h.must(err)
	d256, d512 := sha256.Sum256([]byte("text")), sha512.Sum512([]byte("text"))
	for name, o := range map[string]crypto.SignerOpts{"PKCS #1": crypto.SHA256, "PSS": &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256},
		"PSS, longest salt": &rsa.PSSOptions{Hash: crypto.SHA256}, "PKCS #1, SHA-512": crypto.SHA512} {
		digest := d256[:]
		if o.HashFunc() == crypto.SHA512 {
			digest = d512[:]
		}
		sig, err := s.Sign(rand.Reader, digest, o)
		if err != nil || len(sig) != 256 {
			t.Errorf("%s: %d bytes, %v", name, len(sig), err)
		}
	}
	for name, o := range map[string]crypto.SignerOpts{"no options": nil, "SHA-1": crypto.SHA1, "another hash": crypto.SHA384, "PSS over SHA-1": &rsa.PSSOptions{Hash: crypto.SHA1}} {
		digest := d256[:]
		if o != nil && o.HashFunc() == crypto.SHA1 {
			digest = digest[:20]
		}
		if _, err := s.Sign(rand.Reader, digest, o); err == nil {
			t.Errorf("%s: signed", name)
		}
	}
}

func TestKeysOnATokenOpenMail(t *testing.T) {
	token := testtoken.Start(t)
	h := one(t)
	text := []byte("a letter")
	for _, a := range []vault.Algorithm{vault.RSA2048, vault.P256} {
		k, err := h.onToken(token.URI("mail "+string(a)), a, vault.Encryption)
		if a == vault.P256 && err != nil && strings.Contains(err.Error(), "p11-kit carries key agreement since 0.25") {
			t.Logf("this p11-kit is older: %v", err)
			if _, err := h.onToken(token.URI("mail "+string(a)), a, vault.Signing); err != nil {
				t.Errorf("afterwards the token has: %v", err)
			}
			continue
		}
		h.must(err)
		c := certificate(t, k.Public, nil)
		private, err := h.v.Decrypter(t.Context(), k.ID)
		h.must(err)
		got, err := decrypt(t, encryptTo(t, c, text), cms.KeyList{{Certificate: c, Private: private}})
		if err != nil || !bytes.Equal(got, text) {
			t.Errorf("%s: %q, %v", a, got, err)
		}
		if _, err := k.Encryption(); err == nil {
			t.Errorf("%s: a key on a token can be escrowed", a)
		}
		if _, err := h.v.PKCS12(t.Context(), "user:ada", []vault.IdentityRef{{Key: k.ID, Certificate: c}}, keyfile.PKCS12Options{Password: []byte("password")}); err == nil {
			t.Errorf("%s: a key left its token", a)
		}
	}
}

// AUTHORITY 36: a token that goes away and comes back.
func TestATokenThatGoesAwayIsMissedAndFoundAgain(t *testing.T) {
	token := testtoken.Start(t)
	h := one(t)
	k, err := h.onToken(token.URI("ca"), vault.P256, vault.Authority)
	h.must(err)
	s, err := h.v.Signer(t.Context(), k.ID)
	h.must(err)
	digest := sha256.Sum256([]byte("text"))
	if _, err := s.Sign(rand.Reader, digest[:], crypto.SHA256); err != nil {
		t.Fatal(err)
	}
	token.Stop()
	if _, err := s.Sign(rand.Reader, digest[:], crypto.SHA256); !errors.Is(err, alg.ErrKeyUnavailable) {
		t.Errorf("the token is gone: %v", err)
	}
	token.Restart()
	if _, err := s.Sign(rand.Reader, digest[:], crypto.SHA256); err != nil {
		t.Errorf("the token is back: %v", err)
	}
	h.certifies(h.reopen(), k)
}

func TestManySignaturesAtOnceShareASession(t *testing.T) {
	token := testtoken.Start(t)
	h := one(t)
	k, err := h.onToken(token.URI("ca"), vault.P256, vault.Authority)
	h.must(err)
	s, err := h.v.Signer(t.Context(), k.ID)
	h.must(err)
	var wait sync.WaitGroup
	for n := range 8 {
		wait.Go(func() {
			for m := range 10 {
				digest := sha256.Sum256([]byte{byte(n), byte(m)})
				if _, err := s.Sign(rand.Reader, digest[:], crypto.SHA256); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
}

func TestAKeyThatIsOnATokenIsAdopted(t *testing.T) {
	token := testtoken.Start(t)
	h, other := one(t), one(t)
	k, err := h.onToken(token.URI("ceremony"), vault.P384, vault.Authority)
	h.must(err)
	adopt := func(uri string) (a vault.Key, err error) {
		err = other.write(func(tx *db.Tx) error {
			a, err = other.v.Adopt(tx, vault.Spec{Purpose: vault.Authority, Owner: "ca:1", By: "user:ada", Token: uri})
			return err
		})
		return a, err
	}
	a, err := adopt(token.URI("ceremony"))
	h.must(err)
	if !alg.SameKey(a.Public, k.Public) || a.Algorithm != vault.P384 {
		t.Errorf("%+v", a)
	}
	other.certifies(other.v, a)
	if _, err := adopt(token.URI("ceremony")); err == nil {
		t.Error("adopted twice")
	}
	u, err := p11rpc.ParseURI(token.URI("x"))
	h.must(err)
	for name, change := range map[string]func(*p11rpc.URI){
		"no such object": func(*p11rpc.URI) {},
		"no such token":  func(u *p11rpc.URI) { u.Token = "x" },
		"no such socket": func(u *p11rpc.URI) { u.Socket += "x" },
		"no object":      func(u *p11rpc.URI) { u.Object = "" },
		"a wrong PIN": func(u *p11rpc.URI) {
			u.PINSource = filepath.Join(t.TempDir(), "pin")
			h.must(os.WriteFile(u.PINSource, []byte("98765\n"), 0o600))
		},
		"no PIN": func(u *p11rpc.URI) { u.PINSource = "" },
		"a PIN that all can read": func(u *p11rpc.URI) {
			u.PINSource = filepath.Join(t.TempDir(), "pin")
			h.must(os.WriteFile(u.PINSource, []byte(testtoken.PIN), 0o644))
		},
	} {
		bad := u
		change(&bad)
		_, err := adopt(bad.String())
		if err == nil || strings.Contains(err.Error(), "98765") || strings.Contains(err.Error(), testtoken.PIN) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := adopt("pkcs11:object=x?pin-value=" + testtoken.PIN); err == nil || strings.Contains(err.Error(), testtoken.PIN) {
		t.Errorf("a PIN in the URI: %v", err)
	}
}

func TestATokenOpensTheVault(t *testing.T) {
	token := testtoken.Start(t)
	h := one(t)
	uri := token.URI("kek")
	_, err := h.onToken(uri, vault.RSA2048, vault.Encryption)
	h.must(err)
	k := h.generate("", vault.Signing)
	source, err := vault.Token(uri)
	h.must(err)
	if _, err := h.v.Rotate(t.Context(), source, "user:ada"); err != nil {
		t.Fatal(err)
	}
	again, err := vault.ParseSource(uri)
	h.must(err)
	v, err := vault.Open(t.Context(), h.db, again, h.log)
	h.must(err)
	h.certifies(v, k)
	token.Stop()
	third, err := vault.ParseSource(uri)
	h.must(err)
	if _, err := vault.Open(t.Context(), h.db, third, h.log); !errors.Is(err, alg.ErrKeyUnavailable) {
		t.Errorf("without its token: %v", err)
	}
}
