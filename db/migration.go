package db

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// Migration is one step of a room's tables. Steps only go forward, and one that was released is never changed.
type Migration struct {
	Room    string // whose tables these are
	Version int    // 1, 2, 3 without a gap
	SQL     string // statements, each ended by a semicolon at the end of a line
}

// ownTables are this room's: what was migrated, what writers lock, the leases, and documents that are read as a whole.
const ownTables = `
CREATE TABLE IF NOT EXISTS db_schema (
	room TEXT NOT NULL,
	version BIGINT NOT NULL,
	sha256 TEXT NOT NULL,
	applied_at BIGINT NOT NULL,
	PRIMARY KEY (room, version)
);
CREATE TABLE IF NOT EXISTS db_writer (id BIGINT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS db_lease (
	name TEXT PRIMARY KEY,
	holder TEXT NOT NULL,
	token BIGINT NOT NULL,
	expires BIGINT NOT NULL
);
CREATE TABLE IF NOT EXISTS db_document (
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	document BYTEA NOT NULL,
	changed_at BIGINT NOT NULL,
	PRIMARY KEY (kind, name)
);
`

// migrationLock is the advisory lock under which PostgreSQL's nodes migrate, one after the other: "waxwing" as a number.
const migrationLock = 0x77617877696e67

// digest pins a migration, so that one which was changed after its release is noticed.
func (m Migration) digest() string {
	sum := sha256.Sum256([]byte(m.SQL))
	return hex.EncodeToString(sum[:])
}

// statements splits a migration: PostgreSQL's protocol takes one statement at a time.
func statements(text string) []string {
	var list []string
	for _, s := range strings.SplitAfter(text+"\n", ";\n") {
		if s = strings.TrimSpace(s); s != "" {
			list = append(list, s)
		}
	}
	return list
}

// checkOrder refuses a list of migrations with a gap or a repetition.
func checkOrder(schema []Migration) error {
	last := map[string]int{}
	for _, m := range schema {
		if m.Room == "" || m.Version != last[m.Room]+1 {
			return fmt.Errorf("db: migration %d of room %q follows %d", m.Version, m.Room, last[m.Room])
		}
		last[m.Room] = m.Version
	}
	return nil
}

// migrate applies what is missing, all or nothing. Programs that make one file together may get in each other's way even
// before they can wait: turning WAL on does not wait for a lock.
func (d *DB) migrate(ctx context.Context) error {
	return d.retry(ctx, func() error { return d.migrateAnd(ctx, false, nil) })
}

// migrateAnd calls then, if there is one, in the transaction of the migration. With fresh, there may be no tables.
func (d *DB) migrateAnd(ctx context.Context, fresh bool, then func(*sql.Tx) error) error {
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("db: open: %w", err)
	}
	defer tx.Rollback()
	if d.engine == PostgreSQL {
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(migrationLock)); err != nil {
			return fmt.Errorf("db: wait for other nodes: %w", err)
		}
	}
	if err := d.checkOwner(ctx, tx, fresh); err != nil {
		return err
	}
	if err := d.migrateIn(ctx, tx); err != nil {
		return err
	}
	if then != nil {
		if err := then(tx); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("db: migrate: %w", err)
	}
	return nil
}

// checkOwner refuses a database with tables of somebody else, so that a wrong name does no harm.
func (d *DB) checkOwner(ctx context.Context, tx *sql.Tx, fresh bool) error {
	query := `SELECT count(*), coalesce(sum(CASE WHEN name = 'db_schema' THEN 1 ELSE 0 END), 0) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'`
	if d.engine == PostgreSQL {
		query = `SELECT count(*), coalesce(sum(CASE WHEN table_name = 'db_schema' THEN 1 ELSE 0 END), 0) FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'`
	}
	var all, ours int64
	if err := tx.QueryRowContext(ctx, query).Scan(&all, &ours); err != nil {
		return fmt.Errorf("db: look at the tables: %w", err)
	}
	switch {
	case all > 0 && fresh:
		return ErrNotEmpty
	case all > 0 && ours == 0:
		return ErrAlien
	}
	return nil
}

func (d *DB) migrateIn(ctx context.Context, tx *sql.Tx) error {
	for _, s := range statements(ownTables) {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("db: make the table of versions: %w", err)
		}
	}
	done, err := applied(ctx, tx)
	if err != nil {
		return err
	}
	if err := d.known(done); err != nil {
		return err
	}
	for _, m := range d.schema {
		if _, ok := done[step{m.Room, m.Version}]; ok {
			continue
		}
		for _, s := range statements(m.SQL) {
			if _, err := tx.ExecContext(ctx, s); err != nil {
				return fmt.Errorf("db: migration %d of room %s: %w", m.Version, m.Room, err)
			}
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO db_schema (room, version, sha256, applied_at) VALUES ($1, $2, $3, $4)`,
			m.Room, m.Version, m.digest(), time.Now().UnixMicro()); err != nil {
			return fmt.Errorf("db: note migration %d of room %s: %w", m.Version, m.Room, err)
		}
	}
	return nil
}

// step names a migration.
type step struct {
	room    string
	version int
}

// applied reads what was migrated, with the digests.
func applied(ctx context.Context, tx *sql.Tx) (map[step]string, error) {
	rows, err := tx.QueryContext(ctx, `SELECT room, version, sha256 FROM db_schema`)
	if err != nil {
		return nil, fmt.Errorf("db: read the versions: %w", err)
	}
	defer rows.Close()
	done := map[step]string{}
	for rows.Next() {
		var s step
		var sum string
		if err := rows.Scan(&s.room, &s.version, &sum); err != nil {
			return nil, fmt.Errorf("db: read the versions: %w", err)
		}
		done[s] = sum
	}
	return done, rows.Err()
}

// known refuses a database that has steps which this program has not, or has in other words.
func (d *DB) known(done map[step]string) error {
	ours := map[step]string{}
	for _, m := range d.schema {
		ours[step{m.Room, m.Version}] = m.digest()
	}
	for s, sum := range done {
		mine, ok := ours[s]
		if !ok {
			return fmt.Errorf("%w: it has version %d of the tables of %s", ErrNewer, s.version, s.room)
		}
		if mine != sum {
			return fmt.Errorf("db: version %d of the tables of %s was made by another text than this program's", s.version, s.room)
		}
	}
	return nil
}
