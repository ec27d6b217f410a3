package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
)

// The acts on the whole database, as the log calls them.
const (
	backedUp = "database.backed-up"
	restored = "database.restored"
	moved    = "database.moved"
)

// ErrLosesActs says that a restore would undo what the log has beyond the backup.
var ErrLosesActs = errors.New("server: the database here knows more than the backup")

// Database opens the database of a home alone, without its vault.
func Database(ctx context.Context, o Options) (*db.DB, error) {
	dsn, err := o.find()
	if err != nil {
		return nil, err
	}
	d, err := db.Open(ctx, dsn, Schema()...)
	if err != nil {
		return nil, fmt.Errorf("server: open %s: %w", o.Dir, err)
	}
	d.Clock = o.Clock
	return d, nil
}

// Backup writes one state of the whole database to a new file, while others go on. The state has its own entry in the log, and a signed
// checkpoint over that if the log has a signer; the tree is returned. The key of the vault is not in it.
func (h *House) Backup(ctx context.Context, path, by string) (tree tlog.Tree, err error) {
	err = h.DB.Write(ctx, func(tx *db.Tx) error {
		if err := note(tx, h.Log, by, backedUp, map[string]any{"file": filepath.Base(path)}); err != nil {
			return err
		}
		if h.Log.Signer != nil {
			if _, err := h.Log.Checkpoint(tx); err != nil {
				return err
			}
		}
		tree, err = audit.TreeAt(tx, -1)
		return err
	})
	if err != nil {
		return tree, err
	}
	return tree, h.DB.Backup(ctx, path)
}

// note enters an act on the database itself.
func note(tx *db.Tx, l *audit.Log, by, what string, details map[string]any) error {
	text, err := json.Marshal(details)
	if err != nil {
		return fmt.Errorf("server: %w", err)
	}
	_, err = l.Append(tx, audit.Entry{Who: by, What: what, Object: "database", Details: text})
	return err
}

// Restored is what Restore did.
type Restored struct {
	Kept   string    // where the database is that was there before; empty: there was none
	Tree   tlog.Tree // the log of the backup
	Lost   int64     // acts that were in the database and not in the backup
	Erased int       // documents that were erased after the backup, and were erased again
}

// RestoreOptions say what to restore.
type RestoreOptions struct {
	Backup string // the file
	Force  bool   // even if acts are lost; false refuses with ErrLosesActs
	By     string // who does it, for the audit log
}

// Restore puts a backup in the place of the home's database. Nobody may have that open; PostgreSQL's must be new and empty. The backup's log is
// verified first and compared with the one that is here. Personal data that was erased after the backup is erased again.
// A witness will tell that an older state was put back, as it should.
func Restore(ctx context.Context, o Options, r RestoreOptions) (*Restored, error) {
	dsn, err := o.target()
	if err != nil {
		return nil, err
	}
	out := &Restored{}
	var erased []string
	var here *past
	if db.EngineOf(dsn) == db.SQLite {
		if here, err = readPast(ctx, dsn); err != nil && !r.Force {
			return nil, err
		}
	}
	out.Kept, err = db.Restore(ctx, r.Backup, dsn, func(d *db.DB) error {
		if out.Tree, err = soundTree(ctx, d); err != nil {
			return err
		}
		erased, out.Lost, err = here.beyond(ctx, d, out.Tree)
		if errors.Is(err, ErrLosesActs) && r.Force {
			err = nil
		}
		return err
	}, Schema()...)
	if err != nil {
		return nil, err
	}
	return out, afterRestore(ctx, dsn, r, erased, out)
}

// afterRestore enters the act, and erases once more what was erased.
func afterRestore(ctx context.Context, dsn string, r RestoreOptions, erased []string, out *Restored) error {
	d, err := db.Open(ctx, dsn, Schema()...)
	if err != nil {
		return fmt.Errorf("server: open what was restored: %w", err)
	}
	err = d.Write(ctx, func(tx *db.Tx) error {
		l, err := audit.Open(tx)
		if err != nil {
			return err
		}
		if err := note(tx, l, r.By, restored, map[string]any{"file": filepath.Base(r.Backup), "entries": out.Tree.N, "lost": out.Lost}); err != nil {
			return err
		}
		out.Erased = 0
		for _, document := range erased {
			err := l.Erase(tx, document, audit.Entry{Who: r.By, Details: []byte(`{"again":true}`)})
			if errors.Is(err, db.ErrNone) || errors.Is(err, audit.ErrErased) {
				continue // it was made after the backup
			}
			if err != nil {
				return err
			}
			out.Erased++
		}
		return nil
	})
	return errors.Join(err, d.Close())
}
