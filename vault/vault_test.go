package vault_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/vault"
)

var schema = slices.Concat(audit.Schema, vault.Schema)

// house is a database with a vault.
type house struct {
	*testing.T
	db   *db.DB
	log  *audit.Log
	path string // of the key file
	v    *vault.Vault
}

// each runs f with a new vault on each engine.
func each(t *testing.T, f func(h *house)) {
	t.Helper()
	testdb.Each(t, schema, func(t *testing.T, d *db.DB) { f(newHouse(t, d)) })
}

// one runs with a new vault on SQLite.
func one(t *testing.T) *house {
	t.Helper()
	return newHouse(t, testdb.Open(t, filepath.Join(t.TempDir(), "waxwing.db"), schema...))
}

func newHouse(t *testing.T, d *db.DB) *house {
	t.Helper()
	h := &house{T: t, db: d, log: &audit.Log{Origin: "test"}, path: filepath.Join(t.TempDir(), "vault.key")}
	v, err := vault.Create(t.Context(), d, vault.File(h.path), h.log)
	h.must(err)
	h.v, h.log.Keys = v, v
	return h
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) write(f func(tx *db.Tx) error) error { return h.db.Write(context.Background(), f) }

// reopen opens the vault anew.
func (h *house) reopen() *vault.Vault {
	h.Helper()
	v, err := vault.Open(h.Context(), h.db, vault.File(h.path), h.log)
	h.must(err)
	return v
}

// generate makes a key of Ada's.
func (h *house) generate(a vault.Algorithm, p vault.Purpose) vault.Key {
	h.Helper()
	var k vault.Key
	h.must(h.write(func(tx *db.Tx) (err error) {
		k, err = h.v.Generate(tx, vault.Spec{Algorithm: a, Purpose: p, Owner: "person:ada", Label: "of Ada", By: "user:ada"})
		return err
	}))
	return k
}

// acts are what the audit log says, in order.
func (h *house) acts() (list []string) {
	h.Helper()
	h.must(h.db.Read(h.Context(), func(tx *db.Tx) error {
		return audit.List(tx, audit.Query{}, func(e audit.Entry) error { list = append(list, e.What); return nil })
	}))
	return list
}

// signs fails unless the signer's signature fits the public key.
func (h *house) signs(s crypto.Signer, pub crypto.PublicKey) {
	h.Helper()
	scheme, err := alg.SignatureFor(pub, alg.SignOptions{})
	h.must(err)
	digest := sha256.Sum256([]byte("text"))
	_ = scheme
	sig, err := s.Sign(rand.Reader, digest[:], crypto.SHA256)
	h.must(err)
	if len(sig) == 0 || !alg.SameKey(s.Public(), pub) {
		h.Errorf("%d bytes of signature by %v", len(sig), s)
	}
}

func TestKeysAreMadeKeptAndLent(t *testing.T) {
	each(t, func(h *house) {
		for _, a := range vault.Algorithms() {
			if a == vault.RSA3072 || a == vault.RSA4096 {
				continue // the same code as RSA-2048, and slow to make
			}
			if a != vault.X25519 {
				k := h.generate(a, vault.Signing)
				if k.Algorithm != a {
					h.Errorf("made %s, want %s", k.Algorithm, a)
				}
				h.certifies(h.reopen(), k)
			}
			if a != vault.Ed25519 {
				h.opensMail(h.reopen(), h.generate(a, vault.Encryption))
			}
		}
	})
}

// certifies fails unless the vault's key signs a certificate about itself that holds.
func (h *house) certifies(v *vault.Vault, k vault.Key) *pki.Certificate {
	h.Helper()
	s, err := v.Signer(h.Context(), k.ID)
	h.must(err)
	c := certificate(h.T, k.Public, s)
	h.must(c.CheckSignatureBy(k.Public, alg.Allow{}))
	return c
}

// opensMail fails unless the vault's key decrypts what is encrypted to a certificate about it.
func (h *house) opensMail(v *vault.Vault, k vault.Key) {
	h.Helper()
	c := certificate(h.T, k.Public, nil)
	text := []byte("a letter")
	sealed := encryptTo(h.T, c, text)
	private, err := v.Decrypter(h.Context(), k.ID)
	h.must(err)
	for name, keys := range map[string]cms.Keys{"key": cms.KeyList{{Certificate: c, Private: private}}, "keyring": v.Keyring(h.Context(), []*pki.Certificate{c})} {
		if got, err := decrypt(h.T, sealed, keys); err != nil || !bytes.Equal(got, text) {
			h.Errorf("%s, %s: %q, %v", k.Algorithm, name, got, err)
		}
	}
}

func TestWhatIsWrappedIsBoundToItsContext(t *testing.T) {
	each(t, func(h *house) {
		wrapped, err := h.v.Wrap([]byte("a document's key"), "document:1")
		h.must(err)
		v := h.reopen()
		if key, err := v.Unwrap(wrapped, "document:1"); err != nil || string(key) != "a document's key" {
			h.Errorf("%q, %v", key, err)
		}
		if _, err := v.Unwrap(wrapped, "document:2"); err == nil {
			h.Error("it opened as another document")
		}
		for n := range wrapped {
			bad := bytes.Clone(wrapped)
			bad[n] ^= 1
			if _, err := v.Unwrap(bad, "document:1"); err == nil {
				h.Errorf("byte %d changed, and it opened", n)
			}
			if _, err := v.Unwrap(wrapped[:n], "document:1"); err == nil {
				h.Errorf("cut to %d bytes, and it opened", n)
			}
		}
	})
}

func TestADatabaseHasOneVault(t *testing.T) {
	h := one(t)
	if _, err := vault.Create(t.Context(), h.db, vault.File(filepath.Join(t.TempDir(), "other")), h.log); err == nil {
		t.Error("a second vault was made")
	}
	empty := testdb.Open(t, filepath.Join(t.TempDir(), "x.db"), schema...)
	if _, err := vault.Open(t.Context(), empty, vault.File(h.path), h.log); !errors.Is(err, vault.ErrNoVault) {
		t.Errorf("an empty database: %v", err)
	}
}
