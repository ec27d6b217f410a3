package db

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// Backup writes one consistent state to a new file of SQLite, while others go on writing; of PostgreSQL all rows are copied, and pg_dump is
// faster where there are many. The file is itself a database, which Restore puts back into either engine. It holds what the original
// holds, and is readable for its owner only.
func (d *DB) Backup(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("db: %s exists already", path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".waxwing-backup-*") // mode 0600
	if err != nil {
		return fmt.Errorf("db: backup: %w", err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	write := d.vacuumInto
	if d.engine == PostgreSQL {
		write = d.copyInto
	}
	if err := write(ctx, f.Name()); err != nil {
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

// copyInto copies all rows, and leaves everything in one file.
func (d *DB) copyInto(ctx context.Context, path string) error {
	if _, err := d.CopyTo(ctx, "sqlite:"+path); err != nil {
		return err
	}
	return alone(ctx, path)
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
