package server_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
	"github.com/waxwing-mail/waxwing/server"
	"github.com/waxwing-mail/waxwing/vault"
)

// act makes a key and enters something with personal data, in one transaction.
func act(h *server.House, i int) error {
	return h.DB.Write(context.Background(), func(tx *db.Tx) error {
		if _, err := h.Vault.Generate(tx, vault.Spec{Purpose: vault.Signing, Owner: fmt.Sprint("person:", i), By: "test"}); err != nil {
			return err
		}
		_, err := h.Log.Append(tx, audit.Entry{Who: "test", What: "person.named", Object: fmt.Sprint("person:", i), Document: fmt.Sprint("person:", i), Personal: []byte("Ada")})
		return err
	})
}

func open(t testing.TB, dir string) *server.House {
	t.Helper()
	h, err := server.Open(context.Background(), server.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// AUTHORITY 60: a backup is taken while the house works, and a house that is made of it works on.
func TestAHouseIsRestoredFromABackupTakenAtWork(t *testing.T) {
	testdb.EachDSN(t, func(t *testing.T, dsn string) {
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		h := create(t, server.Options{Dir: t.TempDir(), DSN: dsn})
		done := make(chan error)
		go func() {
			var err error
			for i := 0; ctx.Err() == nil && err == nil; i++ {
				err = act(h, i)
			}
			done <- err
		}()
		backup := filepath.Join(t.TempDir(), "backup")
		tree, err := h.Backup(context.Background(), backup, "test")
		if err != nil {
			t.Fatal(err)
		}
		stop()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		key, err := os.ReadFile(filepath.Join(h.Dir, "vault.key"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "vault.key"), key, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := server.Restore(context.Background(), server.Options{Dir: dir}, server.RestoreOptions{Backup: backup, By: "test"})
		if err != nil {
			t.Fatal(err)
		}
		if r.Tree.N < tree.N || r.Kept != "" || r.Lost != 0 {
			t.Errorf("%+v, and the backup had %d", r, tree.N)
		}
		again := open(t, dir)
		if n := verified(t, again); n != r.Tree.N+1 {
			t.Errorf("%d entries after %d", n, r.Tree.N)
		}
		if err := act(again, 1_000_000); err != nil {
			t.Error(err)
		}
	})
}

func TestARestoreSaysWhatWouldBeLost(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	backup := filepath.Join(t.TempDir(), "backup")
	h := create(t, server.Options{Dir: dir})
	for i := range 3 {
		if err := act(h, i); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.Backup(ctx, backup, "test"); err != nil {
		t.Fatal(err)
	}
	before := verified(t, h)
	if err := act(h, 3); err != nil {
		t.Fatal(err)
	}
	for _, document := range []string{"person:1", "person:3"} {
		if err := h.DB.Write(ctx, func(tx *db.Tx) error { return h.Log.Erase(tx, document, audit.Entry{Who: "test"}) }); err != nil {
			t.Fatal(err)
		}
	}
	lost := verified(t, h) - before
	restore := func(force bool) (*server.Restored, error) {
		return server.Restore(ctx, server.Options{Dir: dir}, server.RestoreOptions{Backup: backup, Force: force, By: "test"})
	}
	for _, force := range []bool{false, true} {
		if _, err := restore(force); !errors.Is(err, db.ErrInUse) {
			t.Errorf("an open house was replaced, force %v: %v", force, err)
		}
	}
	h.Close()
	if _, err := restore(false); !errors.Is(err, server.ErrLosesActs) {
		t.Fatalf("acts were lost: %v", err)
	}
	h = open(t, dir)
	if n := verified(t, h); n != before+lost {
		t.Errorf("a refused restore left %d entries of %d", n, before+lost)
	}
	h.Close()
	r, err := restore(true)
	if err != nil {
		t.Fatal(err)
	}
	if r.Lost != lost || r.Erased != 1 || r.Kept == "" {
		t.Errorf("%+v, lost were %d", r, lost)
	}
	h = open(t, dir)
	verified(t, h)
	erased := 0
	if err := h.DB.Read(ctx, func(tx *db.Tx) error {
		return audit.List(tx, audit.Query{What: "person.named"}, func(e audit.Entry) error {
			_, err := h.Log.Personal(tx, e)
			if errors.Is(err, audit.ErrErased) && e.Document == "person:1" {
				erased++
				err = nil
			}
			return err
		})
	}); err != nil || erased != 1 {
		t.Errorf("%d documents are erased, %v", erased, err)
	}
}

// AUTHORITY 60: from SQLite to PostgreSQL, with an identical root.
func TestAHouseMovesToPostgreSQLWithTheSameRoot(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	dsn := testdb.Postgres(t)
	file := filepath.Join(t.TempDir(), "dsn")
	if err := os.WriteFile(file, []byte(dsn+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := create(t, server.Options{Dir: dir})
	for i := range 5 {
		if err := act(h, i); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := server.Move(ctx, server.Options{Dir: dir}, file, "test"); !errors.Is(err, db.ErrInUse) {
		t.Errorf("an open house moved: %v", err)
	}
	n := verified(t, h)
	h.Close()
	m, err := server.Move(ctx, server.Options{Dir: dir}, file, "test")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]int64{}
	for _, c := range m.Tables {
		rows[c.Table] = c.Rows
	}
	if m.Tree.N != n || rows["audit_entry"] != n || rows["audit_key"] != 5 || rows["vault_key"] != 6 || m.Kept == "" {
		t.Errorf("%d entries: %+v", n, m)
	}
	h = open(t, dir)
	if h.DB.Engine() != db.PostgreSQL {
		t.Errorf("it is still with %s", h.DB.Engine())
	}
	if err := h.DB.Read(ctx, func(tx *db.Tx) error {
		at, err := audit.TreeAt(tx, n)
		if at != m.Tree {
			t.Errorf("the root is %v, it was %v", at.Hash, m.Tree.Hash)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	if after := verified(t, h); after != n+1 {
		t.Errorf("%d entries after %d", after, n)
	}
	if err := act(h, 99); err != nil {
		t.Error(err)
	}
}
