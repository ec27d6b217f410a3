package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
)

// Moved is what Move did.
type Moved struct {
	Tables []db.Copied
	Tree   tlog.Tree // of the log, the same in both
	Kept   string    // where the old database is; empty: it is not a file
}

// Move copies the database of a home to a new, empty one that a file names by its DSN, compares rows, sums and the root of the log, and
// lets the home use it from then on. Nobody else may have an SQLite database open meanwhile; it is kept under another name.
func Move(ctx context.Context, o Options, dsnPath, by string) (*Moved, error) {
	from, err := o.find()
	if err != nil {
		return nil, err
	}
	to, err := ReadDSN(dsnPath)
	if err != nil {
		return nil, err
	}
	if db.EngineOf(from) == db.SQLite {
		if err := db.Alone(ctx, from); err != nil {
			return nil, err
		}
	}
	out := &Moved{}
	if err := readLog(ctx, from, func(tx *db.Tx, _ *audit.Log) error { out.Tree, err = audit.TreeAt(tx, -1); return err }); err != nil {
		return nil, err
	}
	d, err := db.Open(ctx, from, Schema()...)
	if err != nil {
		return nil, fmt.Errorf("server: open %s: %w", o.Dir, err)
	}
	out.Tables, err = d.CopyTo(ctx, to)
	if err := errors.Join(err, d.Close()); err != nil {
		return nil, err
	}
	if err := arrived(ctx, to, out, by); err != nil {
		return nil, err
	}
	return out, o.use(ctx, from, to, out)
}

// arrived compares the log in the new database with that of the old one, and enters the act.
func arrived(ctx context.Context, to string, out *Moved, by string) error {
	d, err := db.Open(ctx, to, Schema()...)
	if err != nil {
		return fmt.Errorf("server: open the new database: %w", err)
	}
	tree, err := soundTree(ctx, d)
	if err == nil && tree != out.Tree {
		err = fmt.Errorf("server: the log in the new database is another: %d entries with the root %v, not %d with %v", tree.N, tree.Hash, out.Tree.N, out.Tree.Hash)
	}
	if err == nil {
		err = d.Write(ctx, func(tx *db.Tx) error {
			l, err := audit.Open(tx)
			if err != nil {
				return err
			}
			return note(tx, l, by, moved, map[string]any{"engine": d.Engine(), "entries": tree.N, "root": tree.Hash.String()})
		})
	}
	return errors.Join(err, d.Close())
}

// use makes the home use another database. Its name is written in one step, and counts before a file waxwing.db.
func (o Options) use(ctx context.Context, from, to string, out *Moved) (err error) {
	path := filepath.Join(o.Dir, dsnFile)
	if err := os.WriteFile(path+".part", []byte(to+"\n"), 0o600); err != nil {
		return fmt.Errorf("server: %w", err)
	}
	defer os.Remove(path + ".part") // is gone after the rename
	if err := os.Rename(path+".part", path); err != nil {
		return fmt.Errorf("server: %w", err)
	}
	old := strings.TrimPrefix(from, "sqlite:")
	if db.EngineOf(from) == db.SQLite && old == filepath.Join(o.Dir, databaseFile) {
		if out.Kept, err = db.SetAside(ctx, old, ".moved"); err != nil {
			return errors.Join(err, os.Remove(path)) // somebody opened it meanwhile: it is in use as before
		}
	}
	return nil
}
