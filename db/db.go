// Package db is the one place where Waxwing remembers: SQLite in a file for one node, or PostgreSQL for several equal ones.
//
//	d, err := db.Open(ctx, "/var/lib/waxwing/waxwing.db", audit.Schema...)
//	err = d.Write(ctx, func(tx *db.Tx) error {
//		_, err := tx.Exec(`INSERT INTO person (id, given) VALUES ($1, $2)`, id, "Ada")
//		return err
//	})
//
// One SQL text serves both engines. What a room needs for that: parameters are $1, $2; columns are BIGINT, TEXT or BYTEA;
// a moment is a BIGINT of microseconds since 1970 in UTC, a truth is a BIGINT of 0 or 1; ON CONFLICT and RETURNING work in both.
// The behaviour is the same too: writing transactions run one after the other over all nodes, reading ones see one
// unmoving state, a transaction in which a statement failed cannot be committed, and text is UTF-8 without NUL. One thing differs: an
// empty BYTEA that is not NULL may be read as nil.
//
// A table belongs to one room, which names it after itself and keeps its queries in its sql.go. There is no query builder
// and no mapping of rows to structs. Replication is PostgreSQL's own affair.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Engine is what keeps the tables.
type Engine string

// The engines.
const (
	SQLite     Engine = "sqlite"
	PostgreSQL Engine = "postgresql"
)

// The errors a caller may branch on.
var (
	ErrNone   = sql.ErrNoRows                                                 // no row answers the question
	ErrExists = errors.New("db: a row with this key exists already")          // a primary key or UNIQUE was hurt
	ErrNewer  = errors.New("db: the database was written by a newer program") // use that program, or a backup from before
	ErrNested = errors.New("db: a transaction was begun within another")      // it would wait for itself: pass the first one on
	ErrAlien  = errors.New("db: this database belongs to another program")    // it has tables, and none of ours
)

// DB is one open database. It may be used by many goroutines.
type DB struct {
	// Clock gives Tx.Now; set it before the first transaction. nil is the clock that all users of the database share:
	// the server's with PostgreSQL, this machine's with SQLite.
	Clock func() time.Time

	engine Engine
	path   string // of SQLite's file
	write  *sql.DB
	read   *sql.DB       // the same as write with PostgreSQL
	turns  chan struct{} // taken by those who write; nil: as many as there are connections
	schema []Migration
}

// Open opens or makes the database and brings its tables to the state that the migrations describe, lower rooms first.
// dsn is a file name for SQLite ("sqlite:NAME" if the name has a colon), or postgres://user@host/database. A schema which these
// migrations do not know is refused with ErrNewer, and nothing is changed.
func Open(ctx context.Context, dsn string, schema ...Migration) (*DB, error) {
	if err := checkOrder(schema); err != nil {
		return nil, err
	}
	d, err := open(dsn)
	if err != nil {
		return nil, err
	}
	d.schema = schema
	if err := d.migrate(ctx); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// EngineOf tells which engine a DSN names.
func EngineOf(dsn string) Engine {
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		return PostgreSQL
	}
	return SQLite
}

// open prepares the connections.
func open(dsn string) (*DB, error) {
	if EngineOf(dsn) == PostgreSQL {
		return openPostgres(dsn)
	}
	return openSQLite(strings.TrimPrefix(dsn, "sqlite:"))
}

// Engine tells what keeps the tables.
func (d *DB) Engine() Engine { return d.engine }

// Close waits for the transactions under way and closes the connections.
func (d *DB) Close() error {
	err := d.write.Close()
	if d.read != d.write {
		err = errors.Join(err, d.read.Close())
	}
	return err
}

// now asks the clock of a transaction.
func (d *DB) now(ctx context.Context, tx *sql.Tx) (time.Time, error) {
	if d.Clock != nil {
		return d.Clock().UTC().Truncate(time.Microsecond), nil
	}
	if d.engine == SQLite {
		return time.Now().UTC().Truncate(time.Microsecond), nil
	}
	var n int64
	if err := tx.QueryRowContext(ctx, `SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint`).Scan(&n); err != nil {
		return time.Time{}, fmt.Errorf("db: ask the server's clock: %w", err)
	}
	return time.UnixMicro(n).UTC(), nil
}
