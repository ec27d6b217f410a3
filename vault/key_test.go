package vault_test

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/vault"
)

var errUndo = errors.New("undo")

// pair is a P-256 key whose secret a test can look for.
type pair struct {
	key    *ecdsa.PrivateKey
	scalar []byte
}

func readPair(t *testing.T) pair {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	scalar, err := k.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return pair{k, scalar}
}

func TestAKeyDoesWhatItIsForAndNothingElse(t *testing.T) {
	h := one(t)
	for _, p := range vault.Purposes() {
		k := h.generate("", p)
		_, errSign := h.v.Signer(t.Context(), k.ID)
		_, errDecrypt := h.v.Decrypter(t.Context(), k.ID)
		_, errLeave := h.v.PKCS12(t.Context(), "user:ada", []vault.IdentityRef{{Key: k.ID, Certificate: certificate(t, k.Public, nil)}},
			keyfile.PKCS12Options{Password: []byte("password"), Iterations: 1024})
		if (errSign == nil) != p.Signs() || (errDecrypt == nil) != p.Decrypts() || (errLeave == nil) != p.Leaves() {
			t.Errorf("%s: signs: %v; decrypts: %v; leaves: %v", p, errSign, errDecrypt, errLeave)
		}
	}
	if _, err := h.v.Signer(t.Context(), "nobody"); !errors.Is(err, vault.ErrNoKey) {
		t.Errorf("no such key: %v", err)
	}
}

func TestWhatIsNoKeyForItsPurposeIsRefused(t *testing.T) {
	h := one(t)
	good := vault.Spec{Purpose: vault.Signing, Owner: "person:ada", By: "user:ada"}
	for name, change := range map[string]func(*vault.Spec){
		"no purpose":           func(s *vault.Spec) { s.Purpose = "" },
		"an unknown purpose":   func(s *vault.Spec) { s.Purpose = "fun" },
		"no owner":             func(s *vault.Spec) { s.Owner = "" },
		"nobody":               func(s *vault.Spec) { s.By = "" },
		"an unknown algorithm": func(s *vault.Spec) { s.Algorithm = "DSA-1024" },
		"X25519 to sign":       func(s *vault.Spec) { s.Algorithm = vault.X25519 },
		"Ed25519 to decrypt":   func(s *vault.Spec) { s.Algorithm, s.Purpose = vault.Ed25519, vault.Encryption },
		"Ed25519 for both":     func(s *vault.Spec) { s.Algorithm, s.Purpose = vault.Ed25519, vault.Dual },
	} {
		s := good
		change(&s)
		if err := h.write(func(tx *db.Tx) error { _, err := h.v.Generate(tx, s); return err }); err == nil {
			t.Errorf("%s was made", name)
		}
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	h.must(err)
	x, err := ecdh.X25519().GenerateKey(rand.Reader)
	h.must(err)
	for name, c := range map[string]struct {
		purpose vault.Purpose
		key     crypto.PrivateKey
	}{"Ed25519 to decrypt": {vault.Encryption, ed}, "X25519 to sign": {vault.Signing, x}, "something unknown": {vault.Signing, &keyfile.UnknownPrivateKey{}}} {
		s := good
		s.Purpose = c.purpose
		if err := h.write(func(tx *db.Tx) error { _, err := h.v.Import(tx, s, keyfile.Key{Private: c.key}); return err }); err == nil {
			t.Errorf("%s was taken in", name)
		}
	}
	if acts := h.acts(); !slices.Equal(acts, []string{"vault.created"}) {
		t.Errorf("refusals in the log: %v", acts)
	}
}

func TestAKeyIsTakenInOnce(t *testing.T) {
	each(t, func(h *house) {
		p := readPair(h.T)
		take := func(owner string) error {
			return h.write(func(tx *db.Tx) error {
				_, err := h.v.Import(tx, vault.Spec{Purpose: vault.Encryption, Owner: owner, By: "user:ada"}, keyfile.Key{Private: p.key})
				return err
			})
		}
		h.must(take("person:ada"))
		if err := take("person:bob"); err == nil || !strings.Contains(err.Error(), "here already") {
			h.Errorf("a second time: %v", err)
		}
	})
}

func TestRetiredKeysDecryptAndDestroyedOnesAreGone(t *testing.T) {
	each(t, func(h *house) {
		signing, encryption := h.generate("", vault.Signing), h.generate("", vault.Encryption)
		for _, k := range []vault.Key{signing, encryption} {
			h.must(h.write(func(tx *db.Tx) error { return h.v.Retire(tx, k.ID, "user:ada") }))
			if err := h.write(func(tx *db.Tx) error { return h.v.Retire(tx, k.ID, "user:ada") }); err == nil {
				h.Error("retired twice")
			}
		}
		if _, err := h.v.Signer(h.Context(), signing.ID); !errors.Is(err, vault.ErrRetired) {
			h.Errorf("a retired key signs: %v", err)
		}
		h.opensMail(h.v, encryption)
		if err := h.write(func(tx *db.Tx) error { return h.v.Destroy(tx, encryption.ID, "user:ada", "tidying up") }); err == nil {
			h.Error("an encryption key was destroyed")
		}
		if err := h.write(func(tx *db.Tx) error { return h.v.Destroy(tx, signing.ID, "user:ada", "") }); err == nil {
			h.Error("destroyed without a reason")
		}
		h.must(h.write(func(tx *db.Tx) error { return h.v.Destroy(tx, signing.ID, "user:ada", "end of life") }))
		if _, err := h.v.Signer(h.Context(), signing.ID); err == nil {
			h.Error("a destroyed key signs")
		}
		h.must(h.db.Read(h.Context(), func(tx *db.Tx) error {
			var n int
			err := tx.Row(`SELECT count(*) FROM vault_key WHERE id = $1 AND wrapped IS NULL AND sealed IS NULL`, signing.ID).Scan(&n)
			if n != 1 {
				h.Error("something is left of the destroyed key")
			}
			list, errList := h.v.List(tx, "person:ada", "", 0)
			if len(list) != 2 || list[0].State() != "destroyed" || list[1].State() != "retired" {
				h.Errorf("the list: %+v", list)
			}
			return errors.Join(err, errList)
		}))
	})
}

func TestAnActThatIsRolledBackIsNotInTheLog(t *testing.T) {
	h := one(t)
	err := h.write(func(tx *db.Tx) error {
		if _, err := h.v.Generate(tx, vault.Spec{Purpose: vault.Signing, Owner: "person:ada", By: "user:ada"}); err != nil {
			return err
		}
		return errUndo
	})
	if !errors.Is(err, errUndo) || len(h.acts()) != 1 {
		t.Errorf("%v, %v", err, h.acts())
	}
}

// A kit opens with OpenSSL and holds the identities of one person, the chain once.
func TestAKitOpensElsewhere(t *testing.T) {
	peer.Need(t, "openssl")
	h := one(t)
	signing, encryption, old := h.generate("", vault.Signing), h.generate(vault.RSA2048, vault.Encryption), h.generate("", vault.Encryption)
	top := h.certifies(h.v, h.generate("", vault.Authority))
	var refs []vault.IdentityRef
	for _, k := range []vault.Key{signing, encryption, old} {
		refs = append(refs, vault.IdentityRef{Key: k.ID, Certificate: certificate(t, k.Public, nil), Chain: []*pki.Certificate{top}, FriendlyName: "Ada " + string(k.Purpose)})
	}
	file, err := h.v.PKCS12(t.Context(), "user:ada", refs, keyfile.PKCS12Options{Password: []byte("kit password"), Iterations: 2048})
	h.must(err)
	path := filepath.Join(t.TempDir(), "ada.p12")
	h.must(os.WriteFile(path, file, 0o600))
	out := peer.Run(t, nil, "openssl", "pkcs12", "-in", path, "-passin", "pass:kit password", "-nodes")
	if keys, certs := bytes.Count(out, []byte("BEGIN PRIVATE KEY")), bytes.Count(out, []byte("BEGIN CERTIFICATE")); keys != 3 || certs != 4 {
		t.Errorf("%d keys and %d certificates", keys, certs)
	}
	acts := h.acts()
	if !slices.Equal(acts[len(acts)-3:], []string{"key.exported", "key.exported", "key.exported"}) {
		t.Errorf("the log has %v", acts)
	}
	var stranger vault.Key
	h.must(h.write(func(tx *db.Tx) (err error) {
		stranger, err = h.v.Generate(tx, vault.Spec{Purpose: vault.Signing, Owner: "person:bob", By: "user:ada"})
		return err
	}))
	for name, bad := range map[string][]vault.IdentityRef{
		"none":                    nil,
		"two owners":              {refs[0], {Key: stranger.ID, Certificate: certificate(t, stranger.Public, nil)}},
		"another's certificate":   {{Key: signing.ID, Certificate: refs[1].Certificate}},
		"without its certificate": {{Key: signing.ID}},
		"no such key":             {{Key: "x", Certificate: top}},
	} {
		if _, err := h.v.PKCS12(t.Context(), "user:ada", bad, keyfile.PKCS12Options{Password: []byte("kit password")}); err == nil {
			t.Errorf("%s: a kit", name)
		}
	}
}
