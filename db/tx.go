package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// kind is what an error of an engine means to us.
type kind int

const (
	other  kind = iota
	exists      // a key is taken
	again       // nothing is wrong: try the transaction once more
)

// attempts is how often a transaction is tried that others got in the way of.
const attempts = 8

// Tx is one transaction. It belongs to one goroutine and ends with the function it was given to.
type Tx struct {
	// Now is the moment of the transaction, in UTC with microseconds: whatever is recorded in it is recorded with this time.
	Now time.Time

	ctx    context.Context
	engine Engine
	tx     *sql.Tx
	failed error // the first statement that failed
	inEach bool
}

// Write runs f in a transaction that may write, and commits if f returns nil. Where others got in the way it runs f again:
// f must change nothing but the database and its own variables.
func (d *DB) Write(ctx context.Context, f func(*Tx) error) error {
	return d.run(ctx, d.write, false, f)
}

// Read runs f in a transaction that sees one state of the database and cannot change it.
func (d *DB) Read(ctx context.Context, f func(*Tx) error) error { return d.run(ctx, d.read, true, f) }

// inside marks the context of a writing transaction.
type inside struct{}

func (d *DB) run(ctx context.Context, pool *sql.DB, readOnly bool, f func(*Tx) error) error {
	if !readOnly {
		if ctx.Value(inside{}) == d {
			return ErrNested
		}
		ctx = context.WithValue(ctx, inside{}, d)
		if d.turns != nil {
			select {
			case d.turns <- struct{}{}:
				defer func() { <-d.turns }()
			case <-ctx.Done():
				return fmt.Errorf("db: wait for other writers: %w", ctx.Err())
			}
		}
	}
	return d.retry(ctx, func() error { return d.once(ctx, pool, readOnly, f) })
}

// retry does once more what others got in the way of.
func (d *DB) retry(ctx context.Context, f func() error) error {
	for n := 0; ; n++ {
		err := f()
		if err == nil || n+1 >= attempts || d.kind(err) != again {
			return err
		}
		pause := time.Duration(1+rand.IntN(10<<n)) * time.Millisecond
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(pause):
		}
	}
}

// once runs f in one transaction.
func (d *DB) once(ctx context.Context, pool *sql.DB, readOnly bool, f func(*Tx) error) error {
	o := &sql.TxOptions{ReadOnly: readOnly}
	if d.engine == PostgreSQL {
		o.Isolation = sql.LevelRepeatableRead
	}
	inner, err := pool.BeginTx(ctx, o)
	if err != nil {
		return &beginError{"begin", err}
	}
	defer inner.Rollback() // nothing happens after a commit
	if d.engine == PostgreSQL && !readOnly {
		if _, err := inner.ExecContext(ctx, lockWriters); err != nil {
			return &beginError{"wait for other writers", err}
		}
	}
	tx := &Tx{ctx: ctx, engine: d.engine, tx: inner}
	if tx.Now, err = d.now(ctx, inner); err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return err
	}
	if tx.failed != nil {
		return tx.failed
	}
	if readOnly {
		return nil
	}
	if err := inner.Commit(); err != nil {
		return fmt.Errorf("db: commit: %w", err)
	}
	return nil
}

// kind asks the engine what an error means.
func (d *DB) kind(err error) kind {
	if d.engine == SQLite {
		return sqliteKind(err)
	}
	var b *beginError
	if errors.As(err, &b) && wasCut(b.err) {
		return again
	}
	return postgresKind(err)
}

// beginError is one from before the function of a transaction was called: nothing has happened yet.
type beginError struct {
	what string
	err  error
}

// Error implements error.
func (e *beginError) Error() string { return "db: " + e.what + ": " + e.err.Error() }

// Unwrap gives the engine's error.
func (e *beginError) Unwrap() error { return e.err }

// Context is that of the transaction. Write refuses it, since a transaction within another would wait for its end.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Exec runs a statement and returns how many rows it touched. A parameter is a string, a []byte (nil is NULL), an integer, a
// time.Time (zero is NULL), nil, or a type made of these.
func (tx *Tx) Exec(query string, args ...any) (int64, error) {
	args, err := tx.begin(args)
	if err != nil {
		return 0, err
	}
	r, err := tx.tx.ExecContext(tx.ctx, query, args...)
	if err != nil {
		return 0, tx.fail(query, err)
	}
	n, err := r.RowsAffected()
	return n, tx.fail(query, err)
}

// Row asks for one row. If there is none, Scan returns ErrNone, and the transaction goes on.
func (tx *Tx) Row(query string, args ...any) Row {
	args, err := tx.begin(args)
	if err != nil {
		return Row{err: err}
	}
	return Row{tx: tx, query: query, row: tx.tx.QueryRowContext(tx.ctx, query, args...)}
}

// Row is the answer to Tx.Row.
type Row struct {
	tx    *Tx
	query string
	row   *sql.Row
	err   error
}

// Scan copies the columns to where dest points.
func (r Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	err := r.row.Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNone
	}
	return r.tx.fail(r.query, err)
}

// Each calls f for every row of an answer, in order; scan copies the columns. f must not use the transaction.
func (tx *Tx) Each(f func(scan func(dest ...any) error) error, query string, args ...any) error {
	args, err := tx.begin(args)
	if err != nil {
		return err
	}
	rows, err := tx.tx.QueryContext(tx.ctx, query, args...)
	if err != nil {
		return tx.fail(query, err)
	}
	tx.inEach = true
	defer func() { tx.inEach = false; rows.Close() }()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return tx.fail(query, rows.Err())
}

// begin refuses what the engines would treat differently, and turns parameters into what both take.
func (tx *Tx) begin(args []any) ([]any, error) {
	if tx.failed != nil {
		return nil, tx.failed
	}
	if tx.inEach {
		return nil, tx.fail("", errors.New("the transaction is used within Each"))
	}
	out := make([]any, len(args))
	for i, a := range args {
		v, err := parameter(a)
		if err != nil {
			return nil, tx.fail("", fmt.Errorf("parameter $%d: %w", i+1, err))
		}
		out[i] = v
	}
	return out, nil
}

// fail remembers the first failure: PostgreSQL ends a transaction there, and SQLite shall do the same.
func (tx *Tx) fail(query string, err error) error {
	if err == nil {
		return nil
	}
	what := postgresKind
	if tx.engine == SQLite {
		what = sqliteKind
	}
	switch words := strings.Join(strings.Fields(query), " "); {
	case what(err) == exists:
		err = fmt.Errorf("%w: %w", ErrExists, err)
	case len(words) > 60:
		err = fmt.Errorf("db: %s...: %w", words[:60], err)
	case words != "":
		err = fmt.Errorf("db: %s: %w", words, err)
	default:
		err = fmt.Errorf("db: %w", err)
	}
	if tx.failed == nil {
		tx.failed = err
	}
	return err
}
