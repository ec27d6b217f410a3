package db_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
)

// A server that was started anew, or an administrator, ends connections that lie idle.
func TestConnectionsThatWereCutAreReplaced(t *testing.T) {
	ctx := context.Background()
	dsn := testdb.Postgres(t)
	d, other := testdb.Open(t, dsn, schema...), testdb.Open(t, dsn, schema...)
	cut := func() {
		t.Helper()
		if err := other.Write(ctx, func(tx *db.Tx) error {
			var n int
			return tx.Row(`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`).Scan(&n)
		}); err != nil {
			t.Fatal(err)
		}
	}
	// Several connections of one pool.
	if err := d.Read(ctx, func(*db.Tx) error {
		return d.Read(ctx, func(*db.Tx) error { return d.Write(ctx, step) })
	}); err != nil {
		t.Fatal(err)
	}
	cut()
	for i := range 3 {
		if err := d.Write(ctx, step); err != nil {
			t.Errorf("write %d after the cut: %v", i, err)
		}
	}
	cut()
	if err := d.Read(ctx, func(tx *db.Tx) error { _, err := count(tx); return err }); err != nil {
		t.Errorf("read after the cut: %v", err)
	}
	// In the middle of a transaction nobody knows what happened: the caller is told, and nothing of it is there.
	_, before := state(t, d)
	runs := 0
	err := d.Write(ctx, func(tx *db.Tx) error {
		runs++
		if err := step(tx); err != nil {
			return err
		}
		_, err := tx.Exec(`SELECT pg_terminate_backend(pg_backend_pid())`)
		return err
	})
	if err == nil || runs != 1 {
		t.Errorf("after %d runs: %v", runs, err)
	}
	if parts, n := state(t, d); n != before || parts != n {
		t.Errorf("%d parts, the counter went from %d to %d", parts, before, n)
	}
}

func TestADSNThatLeadsNowhereShowsNoPassword(t *testing.T) {
	for _, dsn := range []string{"postgres://a:geheim@127.0.0.1:1/x?connect_timeout=1", "postgres://a:geheim@127.0.0.1:nope/x", "postgresql://a:geheim@/x?sslmode=what", "postgres://a:geheim@[::1/x"} {
		_, err := db.Open(context.Background(), dsn, schema...)
		if err == nil || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%v", err)
		}
	}
}

// Many writers wait, and the one whose turn it is reads with another connection: as the vault does when it signs. Nobody waits for a lock with
// an end here, so that a want of connections would last for ever.
func TestManyWritersLeaveConnectionsForReaders(t *testing.T) {
	ctx := context.Background()
	d := testdb.Open(t, testdb.Postgres(t)+"&lock_timeout=0", schema...)
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			if err := d.Write(ctx, func(tx *db.Tx) error {
				if err := d.Read(ctx, func(tx *db.Tx) error { _, err := count(tx); return err }); err != nil {
					return err
				}
				return step(tx)
			}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if parts, n := state(t, d); parts != 40 || n != 40 {
		t.Errorf("%d parts, the counter says %d", parts, n)
	}
}
