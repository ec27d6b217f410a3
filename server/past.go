package server

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
)

// past is what the database that a restore replaces remembers. nil remembers nothing: there is none, or it is damaged.
type past struct {
	origin string
	tree   tlog.Tree
	roots  func(n int64) (tlog.Tree, []string, error) // the tree of the first n entries, and the documents erased after them
}

// readPast reads the log of the database that is there.
func readPast(ctx context.Context, dsn string) (*past, error) {
	there, err := exists(strings.TrimPrefix(dsn, "sqlite:"))
	if err != nil || !there {
		return nil, err
	}
	if err := db.Alone(ctx, dsn); err != nil {
		return nil, err
	}
	p := &past{}
	err = readLog(ctx, dsn, func(tx *db.Tx, l *audit.Log) error {
		p.origin = l.Origin
		p.tree, err = audit.TreeAt(tx, -1)
		return err
	})
	if db.IsDamaged(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("server: look at the database that is there: %w", err)
	}
	p.roots = func(n int64) (tree tlog.Tree, erased []string, err error) {
		err = readLog(ctx, dsn, func(tx *db.Tx, l *audit.Log) error {
			if tree, err = audit.TreeAt(tx, n); err != nil {
				return err
			}
			return audit.List(tx, audit.Query{From: n, What: audit.Erased}, func(e audit.Entry) error {
				erased = append(erased, e.Object)
				return nil
			})
		})
		return tree, erased, err
	}
	return p, nil
}

// readLog opens a database for one look.
func readLog(ctx context.Context, dsn string, f func(tx *db.Tx, l *audit.Log) error) error {
	d, err := db.Open(ctx, dsn, Schema()...)
	if err != nil {
		return err
	}
	err = d.Read(ctx, func(tx *db.Tx) error {
		l, err := audit.Open(tx)
		if err != nil {
			return err
		}
		return f(tx, l)
	})
	return errors.Join(err, d.Close())
}

// beyond tells what the database has that the backup has not: the documents that were erased since, the number of acts, and
// ErrLosesActs if there is one.
func (p *past) beyond(ctx context.Context, backup *db.DB, tree tlog.Tree) (erased []string, lost int64, err error) {
	if p == nil || p.tree == tree {
		return nil, 0, nil
	}
	if p.tree.N <= tree.N {
		var same tlog.Tree
		if err := backup.Read(ctx, func(tx *db.Tx) (err error) { same, err = audit.TreeAt(tx, p.tree.N); return err }); err != nil {
			return nil, 0, err
		}
		if same == p.tree {
			return nil, 0, nil // the backup continues what is here
		}
	}
	var common tlog.Tree
	if p.tree.N > tree.N {
		if common, erased, err = p.roots(tree.N); err != nil {
			return nil, 0, err
		}
	}
	if common != tree {
		_, erased, err = p.roots(0)
		return erased, p.tree.N, errors.Join(err, fmt.Errorf("%w: its log is another one (%s, %d entries)", ErrLosesActs, p.origin, p.tree.N))
	}
	return erased, p.tree.N - tree.N, fmt.Errorf("%w: %d acts were entered after it", ErrLosesActs, p.tree.N-tree.N)
}

// soundTree verifies the log of a database with the keys it says it has.
func soundTree(ctx context.Context, d *db.DB) (tree tlog.Tree, err error) {
	err = d.Read(ctx, func(tx *db.Tx) error {
		l, err := audit.Open(tx)
		if err != nil {
			return err
		}
		keys, err := audit.VerifierKeys(tx)
		if err != nil {
			return err
		}
		v, err := audit.Verifiers(keys...)
		if err != nil {
			return err
		}
		tree, err = l.Verify(tx, v)
		return err
	})
	return tree, err
}
