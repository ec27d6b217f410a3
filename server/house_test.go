package server_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
	"github.com/waxwing-mail/waxwing/server"
)

func create(t testing.TB, o server.Options) *server.House {
	t.Helper()
	h, err := server.Create(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// verified verifies the log of a house with the keys it says it has.
func verified(t testing.TB, h *server.House) (n int64) {
	t.Helper()
	err := h.DB.Read(context.Background(), func(tx *db.Tx) error {
		keys, err := audit.VerifierKeys(tx)
		if err != nil {
			return err
		}
		v, err := audit.Verifiers(keys...)
		if err != nil {
			return err
		}
		tree, err := h.Log.Verify(tx, v)
		n = tree.N
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAHomeIsMadeOnceAndOpenedOften(t *testing.T) {
	testdb.EachDSN(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		dir := filepath.Join(t.TempDir(), "new", "home")
		if _, err := server.Open(ctx, server.Options{Dir: dir}); !errors.Is(err, server.ErrNoHome) {
			t.Errorf("opening nothing: %v", err)
		}
		h := create(t, server.Options{Dir: dir, DSN: dsn, Origin: "lab.test/audit", By: "test"})
		var signed string
		if err := h.DB.Write(ctx, func(tx *db.Tx) (err error) {
			if _, err = h.Log.Append(tx, audit.Entry{Who: "test", What: "a.b", Document: "d", Personal: []byte("Ada")}); err == nil {
				signed, err = h.Log.Checkpoint(tx)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(signed, "lab.test/audit\n") {
			t.Errorf("the checkpoint is\n%s", signed)
		}
		if err := h.Close(); err != nil {
			t.Error(err)
		}
		if _, err := server.Create(ctx, server.Options{Dir: dir, DSN: dsn}); !errors.Is(err, server.ErrIsHome) {
			t.Errorf("making it again: %v", err)
		}
		again, err := server.Open(ctx, server.Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		if again.Log.Origin != "lab.test/audit" || again.Log.Signer == nil || again.Log.Signer.VerifierKey() != h.Log.Signer.VerifierKey() {
			t.Errorf("the log is another: %+v", again.Log)
		}
		if n := verified(t, again); n < 2 {
			t.Errorf("the log has %d entries", n)
		}
		for path, mode := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, "database"): 0o600} {
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
				t.Errorf("%s: %v", path, err)
			}
		}
	})
}

func TestAHomeWithoutAWordAboutTheDatabaseHasItsOwn(t *testing.T) {
	dir := t.TempDir()
	h := create(t, server.Options{Dir: dir})
	if h.DB.Engine() != db.SQLite || !strings.HasPrefix(h.Log.Origin, "waxwing/") {
		t.Errorf("%s, %s", h.DB.Engine(), h.Log.Origin)
	}
	if info, err := os.Stat(filepath.Join(dir, "waxwing.db")); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(err)
	}
}

// A second node has a home of its own, the DSN in a file, and the key of the vault.
func TestASecondNodeJoins(t *testing.T) {
	dsn := testdb.Postgres(t)
	first := create(t, server.Options{Dir: t.TempDir(), DSN: dsn})
	dir := t.TempDir()
	if _, err := server.Create(context.Background(), server.Options{Dir: dir, DSN: dsn}); err == nil {
		t.Fatal("it joined without the key of the vault")
	}
	key, err := os.ReadFile(filepath.Join(first.Dir, "vault.key"))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"vault.key": key, "database": []byte(dsn + "\n")} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	second := create(t, server.Options{Dir: dir})
	if second.Log.Signer.VerifierKey() != first.Log.Signer.VerifierKey() || second.Log.Origin != first.Log.Origin {
		t.Error("it has another log")
	}
	before := verified(t, first)
	for _, h := range []*server.House{first, second} {
		if err := h.DB.Write(context.Background(), func(tx *db.Tx) error {
			if _, err := h.Log.Append(tx, audit.Entry{Who: "test", What: "a.b"}); err != nil {
				return err
			}
			_, err := h.Log.Checkpoint(tx)
			return err
		}); err != nil {
			t.Error(err)
		}
	}
	if after := verified(t, second); after != before+2 {
		t.Errorf("%d entries, then %d", before, after)
	}
}

func TestAHomeThatOthersCanReadIsRefused(t *testing.T) {
	ctx := context.Background()
	h := create(t, server.Options{Dir: t.TempDir()})
	h.Close()
	if err := os.Chmod(h.Dir, 0o750); err != nil {
		t.Fatal(err)
	}
	if _, err := server.Open(ctx, server.Options{Dir: h.Dir}); err == nil || !strings.Contains(err.Error(), "chmod go-rwx") {
		t.Error(err)
	}
	dir := t.TempDir()
	for text, mode := range map[string]os.FileMode{"postgres://a:secret@127.0.0.1:1/x\n": 0o640, "": 0o600, "a\nb": 0o600} {
		path := filepath.Join(dir, "database")
		os.Remove(path)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		if _, err := server.Create(ctx, server.Options{Dir: dir}); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestTheListOfMigrationsIsWhole(t *testing.T) {
	for name, dsn := range map[string]string{"sqlite": filepath.Join(t.TempDir(), "waxwing.db"), "postgresql": testdb.Postgres(t)} {
		d := testdb.Open(t, dsn, server.Schema()...)
		if h, err := d.Check(context.Background()); err != nil || len(h.Problems) > 0 {
			t.Errorf("%s: %v, %v", name, h.Problems, err)
		}
	}
}

// The old key vouches for the new one, and what it signed stays good.
func TestTheKeyOfTheLogIsRotated(t *testing.T) {
	testdb.EachDSN(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		h := create(t, server.Options{Dir: t.TempDir(), DSN: dsn})
		checkpoint := func(h *server.House) (text string, err error) {
			err = h.DB.Write(ctx, func(tx *db.Tx) (err error) {
				if _, err = h.Log.Append(tx, audit.Entry{Who: "test", What: "a.b"}); err == nil {
					text, err = h.Log.Checkpoint(tx)
				}
				return err
			})
			return text, err
		}
		first, err := checkpoint(h)
		if err != nil {
			t.Fatal(err)
		}
		if err := h.RotateLogKey(ctx, "test"); err != nil {
			t.Fatal(err)
		}
		if _, err := checkpoint(h); err == nil {
			t.Error("the retired key still signs")
		}
		again := open(t, h.Dir)
		if again.Log.Signer.VerifierKey() == h.Log.Signer.VerifierKey() {
			t.Error("it is the same key")
		}
		if _, err := checkpoint(again); err != nil {
			t.Error(err)
		}
		verified(t, again)
		old, err := audit.Verifiers(h.Log.Signer.VerifierKey())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := audit.ReadCheckpoint(first, h.Log.Origin, old); err != nil {
			t.Error(err)
		}
	})
}
