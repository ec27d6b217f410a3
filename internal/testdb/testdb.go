// Package testdb gives tests an empty database of each engine, so that a room's suite runs on both:
//
//	testdb.Each(t, audit.Schema, func(t *testing.T, d *db.DB) { ... })
//
// SQLite lives in the test's temporary folder. For PostgreSQL, Debian's server is started once for each test program on a free
// loopback port and ends with it; where it is not installed its half is skipped, and fails with CI=true. It is for tests only.
package testdb

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/waxwing-mail/waxwing/db"
)

// Each runs f with a new database of each engine.
func Each(t *testing.T, schema []db.Migration, f func(t *testing.T, d *db.DB)) {
	t.Helper()
	EachDSN(t, func(t *testing.T, dsn string) { f(t, Open(t, dsn, schema...)) })
}

// EachDSN runs f with the DSN of a new database of each engine, for tests that open it more than once.
func EachDSN(t *testing.T, f func(t *testing.T, dsn string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, filepath.Join(t.TempDir(), "waxwing.db")) })
	t.Run("postgresql", func(t *testing.T) { f(t, Postgres(t)) })
}

// Open opens a database until the end of the test.
func Open(t testing.TB, dsn string, schema ...db.Migration) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), dsn, schema...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}
