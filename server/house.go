// Package server wires the house: it opens a home folder, and with it the database, the audit log and the rooms of the authority.
//
//	h, err := server.Open(ctx, server.Options{Dir: "/var/lib/waxwing"})
//	defer h.Close()
//	err = h.DB.Write(ctx, func(tx *db.Tx) error { ... })
//
// A home is a folder that only its owner can enter. It holds waxwing.db, or a file named database with the DSN of a PostgreSQL server,
// so that its password is in no argument and no environment. Several nodes share one PostgreSQL, each with a home of its own.
//
// The rooms know nothing of each other's tables; Schema is the one list of all their migrations. The house holds no rule: what
// may happen is decided in the rooms, and a command or a page ends in one call of theirs.
package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/kit"
	"github.com/waxwing-mail/waxwing/ra"
	"github.com/waxwing-mail/waxwing/vault"
)

// The errors a caller may branch on.
var (
	ErrNoHome = errors.New("server: there is no home of an authority")  // make one with Create
	ErrIsHome = errors.New("server: there is something in this folder") // Create takes a new or empty one
)

// Schema is the migrations of all rooms, lower rooms first. A room that gets tables is added here.
func Schema() []db.Migration {
	return slices.Concat(
		audit.Schema,
		vault.Schema,
		ca.Schema,
		ra.Schema,
		kit.Schema,
	)
}

// Options say where the house is.
type Options struct {
	Dir    string           // the home; required
	DSN    string           // postgres://user@host/database, or a file of SQLite; empty: what the home's file database says, else its waxwing.db
	By     string           // for Create: who makes it, for the audit log, as cli:root; empty: server
	Origin string           // for Create: names the audit log in checkpoints, as example.org/audit; empty: a random name
	KEK    vault.Source     // where the vault's key-encryption key comes from; zero: what the home's file vault.source says, else its file vault.key
	Sealed bool             // for Open: without the vault, and so without keys, authorities and what is sealed; for those who look at the log
	Clock  func() time.Time // for tests and simulations; nil: the database's
}

// House is an open home. Its fields are set by Open and not changed.
type House struct {
	Dir string
	DB  *db.DB
	Log *audit.Log

	Vault *vault.Vault
	CA    *ca.CA
	RA    *ra.RA

	Kit        *kit.Maker      // what people get
	Deliveries *kit.Deliveries // and the links by which they fetch it
}

// Open opens a home that Create made, and brings the tables to this program's version. It returns ErrNoHome if there is none, and
// db.ErrNewer if a newer program wrote it.
func Open(ctx context.Context, o Options) (*House, error) {
	dsn, err := o.find()
	if err != nil {
		return nil, err
	}
	return o.open(ctx, dsn, false)
}

// Create makes a home in a folder that is new, or empty but for a file named database and the vault's key or source, and opens it. With the DSN of
// a database that other nodes use already, and their vault's key, it joins them.
func Create(ctx context.Context, o Options) (*House, error) {
	dsn, err := o.make()
	if err != nil {
		return nil, err
	}
	h, err := o.open(ctx, dsn, true)
	if err != nil {
		return nil, errors.Join(err, o.unmake())
	}
	return h, nil
}

// open opens the database and wires the rooms, lower ones first. create makes what a new database needs.
func (o Options) open(ctx context.Context, dsn string, create bool) (*House, error) {
	d, err := db.Open(ctx, dsn, Schema()...)
	if err != nil {
		return nil, fmt.Errorf("server: open %s: %w", o.Dir, err)
	}
	d.Clock = o.Clock
	h := &House{Dir: o.Dir, DB: d}
	if err := h.wire(ctx, o, create); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return h, nil
}

func (h *House) wire(ctx context.Context, o Options, create bool) error {
	if err := h.openLog(ctx, o, create); err != nil {
		return err
	}
	if o.Sealed {
		return nil
	}
	if err := h.openVault(ctx, o, create); err != nil {
		return err
	}
	if err := h.openSigner(ctx, o, create); err != nil {
		return err
	}
	if err := h.openCA(ctx, o); err != nil {
		return err
	}
	h.openRA()
	h.openKit()
	return nil
}

// Close waits for what is under way and closes the database.
func (h *House) Close() error {
	if err := errors.Join(h.Vault.Close(), h.DB.Close()); err != nil {
		return fmt.Errorf("server: close %s: %w", h.Dir, err)
	}
	return nil
}

// exists tells whether something has this name.
func exists(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
