package server_test

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
	"github.com/waxwing-mail/waxwing/internal/testdb"
	"github.com/waxwing-mail/waxwing/server"
	"github.com/waxwing-mail/waxwing/vault"
)

// keep makes a key in the vault of a house.
func keep(t *testing.T, h *server.House) (k vault.Key) {
	t.Helper()
	err := h.DB.Write(t.Context(), func(tx *db.Tx) (err error) {
		k, err = h.Vault.Generate(tx, vault.Spec{Algorithm: vault.Ed25519, Purpose: vault.Signing, Owner: "person:1", By: "test"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// has fails unless a house can use a key.
func has(t *testing.T, h *server.House, k vault.Key) {
	t.Helper()
	if _, err := h.Vault.Signer(t.Context(), k.ID); err != nil {
		t.Error(err)
	}
}

func reopen(t *testing.T, dir string) *server.House {
	t.Helper()
	h, err := server.Open(t.Context(), server.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

func TestANewHomeHasAVaultWhoseKeyIsForItsOwner(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "home")
	h := create(t, server.Options{Dir: dir, By: "test"})
	info, err := os.Stat(filepath.Join(dir, "vault.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	k := keep(t, h)
	has(t, reopen(t, dir), k)
	if err := os.Chmod(filepath.Join(dir, "vault.key"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := server.Open(t.Context(), server.Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key that all can read: %v", err)
	}
}

func TestNodesOfOneDatabaseShareTheKeyOfTheVault(t *testing.T) {
	dsn := testdb.Postgres(t)
	one, two := filepath.Join(t.TempDir(), "one"), filepath.Join(t.TempDir(), "two")
	k := keep(t, create(t, server.Options{Dir: one, DSN: dsn, By: "test"}))
	if h, err := server.Create(t.Context(), server.Options{Dir: two, DSN: dsn, By: "test"}); err == nil {
		h.Close()
		t.Fatal("a node without the key joined")
	}
	key, err := os.ReadFile(filepath.Join(one, "vault.key"))
	if err == nil {
		err = os.MkdirAll(two, 0o700)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(two, "vault.key"), key, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	has(t, create(t, server.Options{Dir: two, DSN: dsn, By: "test"}), k)
}

// A home whose vault goes over to another kind of source opens at every moment, and the rotation can be finished.
func TestTheSourceOfTheVaultsKeyChangesAtEveryMomentOrNone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "home")
	k := keep(t, create(t, server.Options{Dir: dir, By: "test"}))
	phrase := filepath.Join(t.TempDir(), "phrase")
	if err := os.WriteFile(phrase, []byte("correct horse battery staple\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for stop := int64(1); ; stop++ {
		ctx, cancel := context.WithCancel(t.Context())
		var began atomic.Int64
		h := reopen(t, dir)
		h.DB.Clock = func() time.Time {
			if began.Add(1) >= stop {
				cancel()
			}
			return time.Now()
		}
		to := []string{"passphrase:" + phrase, "file:" + filepath.Join(dir, "vault.key")}[stop%2]
		_, err := h.RotateVault(ctx, to, "test")
		cancel()
		h.DB.Clock = nil
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		h = reopen(t, dir)
		has(t, h, k)
		if _, err := h.Vault.Finish(t.Context(), "test"); err != nil {
			t.Fatalf("stopped at transaction %d: %v", stop, err)
		}
		if readErr := h.DB.Read(t.Context(), func(tx *db.Tx) error {
			r, err := h.Vault.Rotation(tx)
			kinds = append(kinds, r.Source)
			return err
		}); readErr != nil {
			t.Fatal(readErr)
		}
		if err == nil {
			break
		}
	}
	if !slices.Contains(kinds, "passphrase") || !slices.Contains(kinds, "file") || len(kinds) < 4 {
		t.Errorf("the sources were %v", kinds)
	}
}

func TestAHomeWhoseVaultCannotBeMadeLeavesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "home")
	if err := server.PrepareVaultSource(dir, "passphrase:"+filepath.Join(dir, "none")); err != nil {
		t.Fatal(err)
	}
	if _, err := server.Create(t.Context(), server.Options{Dir: dir, By: "test"}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a passphrase that is not there: %v", err)
	}
	if err := server.PrepareVaultSource(dir, "file:"+filepath.Join(dir, "vault.key")); err != nil {
		t.Fatal(err)
	}
	keep(t, create(t, server.Options{Dir: dir, By: "test"}))
	if err := server.PrepareVaultSource(dir, "file:x"); !errors.Is(err, server.ErrIsHome) {
		t.Errorf("a home that is there: %v", err)
	}
	if err := server.PrepareVaultSource(t.TempDir(), "nonsense"); err == nil {
		t.Error("nonsense was noted")
	}
}
