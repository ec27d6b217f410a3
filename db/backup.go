package db

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ErrUsePgDump is the answer to Backup with PostgreSQL, which brings its own tool for it.
var ErrUsePgDump = errors.New("db: back up PostgreSQL with its own tool: pg_dump --format=custom --file=waxwing.dump DSN")

// Backup writes one consistent state of an SQLite database to a new file, while others go on writing. The file is itself a database:
// to restore, stop the program and put it in the place of the old one, whose -wal and -shm files must go.
// It holds what the original holds, keys too, and is readable for its owner only.
func (d *DB) Backup(ctx context.Context, path string) error {
	if d.engine == PostgreSQL {
		return ErrUsePgDump
	}
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("db: %s exists already", path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".waxwing-backup-*") // mode 0600
	if err != nil {
		return fmt.Errorf("db: backup: %w", err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if err := d.vacuumInto(ctx, f.Name()); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("db: backup: %w", err)
	}
	// A link, not a rename: it refuses to replace what somebody else put there meanwhile.
	if err := os.Link(f.Name(), path); err != nil {
		return fmt.Errorf("db: backup: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

// vacuumInto copies the state of now with a connection of its own.
func (d *DB) vacuumInto(ctx context.Context, path string) error {
	c, err := d.read.Conn(ctx)
	if err != nil {
		return fmt.Errorf("db: backup: %w", err)
	}
	defer c.Close()
	if _, err := c.ExecContext(ctx, `PRAGMA query_only(0)`); err != nil {
		return fmt.Errorf("db: backup: %w", err)
	}
	defer c.ExecContext(context.WithoutCancel(ctx), `PRAGMA query_only(1)`)
	if _, err := c.ExecContext(ctx, `VACUUM INTO $1`, path); err != nil {
		return fmt.Errorf("db: backup: %w", err)
	}
	return nil
}

// syncDir makes a new name in a folder durable.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("db: backup: %w", err)
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		return fmt.Errorf("db: backup: %w", err)
	}
	return nil
}
