package vault_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/vault"
)

func TestARotationPutsEverythingUnderTheNewKey(t *testing.T) {
	each(t, func(h *house) {
		signing, encryption := h.generate("", vault.Signing), h.generate("", vault.Encryption)
		wrapped, err := h.v.Wrap([]byte("k"), "document:1")
		h.must(err)
		old, err := os.ReadFile(h.path)
		h.must(err)
		if n, err := h.v.Rotate(h.Context(), vault.File(h.path), "user:ada"); n != 2 || err != nil {
			h.Fatalf("%d keys, %v", n, err)
		}
		next, err := os.ReadFile(h.path)
		h.must(err)
		if string(old) == string(next) {
			h.Error("the file has the old key")
		}
		if left, _ := filepath.Glob(h.path + "?*"); len(left) > 0 {
			h.Errorf("left behind: %v", left)
		}
		for name, v := range map[string]*vault.Vault{"the same": h.v, "opened anew": h.reopen()} {
			h.certifies(v, signing)
			h.opensMail(v, encryption)
			if key, err := v.Unwrap(wrapped, "document:1"); err != nil || string(key) != "k" {
				h.Errorf("%s: %q, %v", name, key, err)
			}
		}
		back := filepath.Join(h.TempDir(), "old")
		h.must(os.WriteFile(back, old, 0o600))
		_, err = vault.Open(h.Context(), h.db, vault.File(back), h.log)
		if !errors.Is(err, vault.ErrWrongKEK) || !strings.Contains(err.Error(), "it was replaced on") {
			h.Errorf("with the old key: %v", err)
		}
		if acts := h.acts(); !slices.Equal(acts[len(acts)-2:], []string{"vault.rotation.begun", "vault.rotated"}) {
			h.Errorf("the log has %v", acts)
		}
	})
}

func TestAnotherNodeNoticesARotation(t *testing.T) {
	h := one(t)
	k := h.generate("", vault.Signing)
	other := h.reopen()
	if _, err := h.v.Rotate(t.Context(), vault.File(h.path), "user:ada"); err != nil {
		t.Fatal(err)
	}
	h.certifies(other, k)
	h.v = other
	h.certifies(h.reopen(), h.generate("", vault.Signing))
}

func TestARotationChangesTheKindOfSource(t *testing.T) {
	h := one(t)
	k := h.generate("", vault.Signing)
	phrase := filepath.Join(t.TempDir(), "phrase")
	h.must(os.WriteFile(phrase, []byte("correct horse battery staple\nsecond line\n"), 0o600))
	if _, err := h.v.Rotate(t.Context(), vault.Passphrase(phrase), "user:ada"); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.Open(t.Context(), h.db, vault.File(h.path), h.log); !errors.Is(err, vault.ErrWrongKEK) || !strings.Contains(err.Error(), "passphrase") {
		t.Errorf("with the file: %v", err)
	}
	v, err := vault.Open(t.Context(), h.db, vault.Passphrase(phrase), h.log)
	h.must(err)
	h.certifies(v, k)
	h.must(os.WriteFile(phrase, []byte("correct horse battery stable\n"), 0o600))
	if _, err := vault.Open(t.Context(), h.db, vault.Passphrase(phrase), h.log); !errors.Is(err, vault.ErrWrongKEK) {
		t.Errorf("with a wrong passphrase: %v", err)
	}
	next := filepath.Join(t.TempDir(), "next.key")
	if _, err := v.Rotate(t.Context(), vault.File(next), "user:ada"); err != nil {
		t.Fatal(err)
	}
	h.path = next
	h.certifies(h.reopen(), k)
}

func TestARotationSparesTheKeyOfAnotherVault(t *testing.T) {
	h, other := one(t), one(t)
	before, err := os.ReadFile(other.path)
	h.must(err)
	if _, err := h.v.Rotate(t.Context(), vault.File(other.path), "user:ada"); err == nil {
		t.Error("it wrote over the key of another vault")
	}
	after, err := os.ReadFile(other.path)
	h.must(err)
	if string(before) != string(after) {
		t.Error("the other key is gone")
	}
}

// A rotation that stops at any transaction leaves a vault that opens with the file as it is, has every key, and can be finished.
func TestARotationThatStopsAnywhereIsRecovered(t *testing.T) {
	each(t, func(h *house) {
		var keys []vault.Key
		h.must(h.write(func(tx *db.Tx) error {
			keys = nil
			for range 120 {
				k, err := h.v.Generate(tx, vault.Spec{Algorithm: vault.Ed25519, Purpose: vault.Signing, Owner: "person:ada", By: "user:ada"})
				if err != nil {
					return err
				}
				keys = append(keys, k)
			}
			return nil
		}))
		for stop := int64(1); ; stop++ {
			ctx, cancel := context.WithCancel(h.Context())
			var began atomic.Int64
			h.db.Clock = nil
			v := h.reopen()
			h.db.Clock = fuse(&began, stop, cancel)
			_, err := v.Rotate(ctx, vault.File(h.path), "user:ada")
			cancel()
			h.db.Clock = nil
			v = h.reopen() // as the next start does
			h.certifies(v, keys[0])
			h.certifies(v, keys[119])
			if err == nil {
				if stop < 5 {
					h.Errorf("only %d transactions", stop)
				}
				return
			}
			if _, err := v.Finish(h.Context(), "user:ada"); err != nil {
				h.Fatalf("stopped at transaction %d: %v", stop, err)
			}
			h.must(h.db.Read(h.Context(), func(tx *db.Tx) error {
				r, err := v.Rotation(tx)
				if r.Previous != "" || r.Left != 0 {
					h.Errorf("finished, and yet %+v", r)
				}
				return err
			}))
		}
	})
}

// fuse is a clock that ends the work when the n-th transaction begins.
func fuse(began *atomic.Int64, n int64, cancel func()) func() time.Time {
	return func() time.Time {
		if began.Add(1) >= n {
			cancel()
		}
		return time.Now()
	}
}
