package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrInUse says that another program has the database open.
var ErrInUse = errors.New("db: another program has the database open: stop it first")

// Restore puts a backup in the place of an SQLite database, which nobody may have open, or into a new, empty one of PostgreSQL. The backup is
// copied and the copy checked first: what Check complains of is not restored, and neither is what a newer program wrote, or what
// accept, if it is not nil, refuses after a look into the copy. The file that was there is kept under a name of its own, which is
// returned: "" if there was none. The backup itself is not touched.
func Restore(ctx context.Context, backup, dsn string, accept func(*DB) error, schema ...Migration) (kept string, err error) {
	if EngineOf(dsn) == PostgreSQL {
		return "", restorePostgres(ctx, backup, dsn, accept, schema)
	}
	path, err := filepath.Abs(strings.TrimPrefix(dsn, "sqlite:"))
	if err != nil {
		return "", fmt.Errorf("db: restore: %w", err)
	}
	part := path + ".restore"
	defer removeFile(part)
	if err := copyFile(backup, part); err != nil {
		return "", fmt.Errorf("db: restore: %w", err)
	}
	if err := checkFile(ctx, part, accept, schema); err != nil {
		return "", fmt.Errorf("db: restore %s: %w", backup, err)
	}
	// The old file gets a second name, so that there is a database at every moment.
	if kept, err = setAside(ctx, path, ".before-restore", os.Link); err != nil {
		return "", err
	}
	if err := os.Rename(part, path); err != nil {
		return kept, fmt.Errorf("db: restore: %w", err)
	}
	return kept, syncDir(filepath.Dir(path))
}

// restorePostgres copies the rows of a copy of the backup.
func restorePostgres(ctx context.Context, backup, dsn string, accept func(*DB) error, schema []Migration) error {
	dir, err := os.MkdirTemp("", "waxwing-restore-*") // mode 0700
	if err != nil {
		return fmt.Errorf("db: restore: %w", err)
	}
	defer os.RemoveAll(dir)
	part := filepath.Join(dir, "part")
	if err := copyFile(backup, part); err != nil {
		return fmt.Errorf("db: restore: %w", err)
	}
	if err := checkFile(ctx, part, accept, schema); err != nil {
		return fmt.Errorf("db: restore %s: %w", backup, err)
	}
	d, err := Open(ctx, "sqlite:"+part, schema...)
	if err != nil {
		return err
	}
	_, err = d.CopyTo(ctx, dsn)
	return errors.Join(err, d.Close())
}

// SetAside gives an SQLite database that nobody has open another name, with suffix and the moment behind it, and returns it; "" if
// there is none.
func SetAside(ctx context.Context, path, suffix string) (string, error) {
	return setAside(ctx, strings.TrimPrefix(path, "sqlite:"), suffix, os.Rename)
}

func setAside(ctx context.Context, path, suffix string, move func(from, to string) error) (string, error) {
	kept := path + suffix + time.Now().UTC().Format("-20060102T150405.000000Z")
	_, err := os.Lstat(path)
	there := err == nil
	if there {
		if err := alone(ctx, path); err != nil {
			return "", err
		}
	}
	// What a damaged or lost database left of its log must not be taken for that of the next.
	for _, tail := range []string{"-wal", "-shm", "-journal"} {
		if err := os.Rename(path+tail, kept+tail); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", fmt.Errorf("db: set aside: %w", err)
		}
	}
	if !there {
		return "", nil
	}
	if err := move(path, kept); err != nil {
		return "", fmt.Errorf("db: set aside: %w", err)
	}
	return kept, syncDir(filepath.Dir(path))
}

// Alone returns ErrInUse if another program has an SQLite database open.
func Alone(ctx context.Context, path string) error {
	return alone(ctx, strings.TrimPrefix(path, "sqlite:"))
}

// alone returns ErrInUse if somebody has the file open, and brings all of it into one file. SQLite leaves WAL only for
// who is alone (https://sqlite.org/wal.html §3.2). A file that is no database, or a damaged one, nobody can use.
func alone(ctx context.Context, path string) error {
	d, err := openSQLite(path)
	if err != nil {
		return err
	}
	defer d.Close()
	c, err := d.write.Conn(ctx)
	if err == nil {
		defer c.Close()
		var mode string
		_, err = c.ExecContext(ctx, `PRAGMA busy_timeout(0)`)
		if err == nil {
			err = c.QueryRowContext(ctx, `PRAGMA journal_mode(DELETE)`).Scan(&mode)
		}
		if err == nil && mode != "delete" {
			return ErrInUse
		}
	}
	switch {
	case err == nil, IsDamaged(err):
		return nil
	case sqliteKind(err) == again:
		return ErrInUse
	}
	return fmt.Errorf("db: %s: %w", path, err)
}

// IsDamaged tells whether an error says that a file of SQLite is damaged or none of SQLite.
func IsDamaged(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code()&0xff == sqlite3.SQLITE_CORRUPT || e.Code()&0xff == sqlite3.SQLITE_NOTADB)
}

// checkFile opens a database as this program would, and checks it.
func checkFile(ctx context.Context, path string, accept func(*DB) error, schema []Migration) error {
	d, err := Open(ctx, "sqlite:"+path, schema...)
	if err != nil {
		return err
	}
	h, err := d.Check(ctx)
	if len(h.Problems) > 0 {
		err = errors.New("the backup is damaged: " + strings.Join(h.Problems, "; "))
	}
	if err == nil && accept != nil {
		err = accept(d)
	}
	return errors.Join(err, d.Close())
}

// copyFile copies a file into a new one that only its owner can read, and is not satisfied before it is on the disk.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if info, err := in.Stat(); err != nil || info.Size() == 0 {
		return errors.Join(err, fmt.Errorf("%s is empty", from))
	}
	removeFile(to)
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

// removeFile takes away a file of SQLite with what belongs to it, if it is there.
func removeFile(path string) {
	for _, tail := range []string{"", "-wal", "-shm", "-journal"} {
		os.Remove(path + tail)
	}
}
