package server

import (
	"cmp"
	"context"
	"crypto"
	"io"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/vault"
)

// openLog opens the audit log, and names that of a new database. One that other nodes use has its name already.
func (h *House) openLog(ctx context.Context, o Options, create bool) error {
	run := h.DB.Read
	if create {
		run = h.DB.Write
	}
	return run(ctx, func(tx *db.Tx) (err error) {
		if h.Log, err = audit.Open(tx); err != nil || !create || h.Log.Origin != "" && o.Origin == "" {
			return err
		}
		h.Log.Origin = cmp.Or(o.Origin, "waxwing/"+tx.NewID())
		return audit.Start(tx, h.Log.Origin)
	})
}

// logOwner is whose the keys in the vault are that sign checkpoints.
const logOwner = "house:audit"

// openSigner gives the log the key that signs its checkpoints: the latest one in the vault.
func (h *House) openSigner(ctx context.Context, o Options, create bool) error {
	run := h.DB.Read
	if create {
		run = h.DB.Write
	}
	return run(ctx, func(tx *db.Tx) error {
		key, err := h.logKey(tx)
		if err != nil {
			return err
		}
		by := cmp.Or(o.By, "server")
		if key.ID == "" && create {
			key, err = h.Vault.Generate(tx, vault.Spec{Algorithm: vault.Ed25519, Purpose: vault.Audit, Owner: logOwner, Label: h.Log.Origin, By: by})
		}
		if err != nil || key.ID == "" {
			return err
		}
		if h.Log.Signer, err = audit.NewSigner(h.Log.Origin, lent{h.Vault, key}); err != nil || !create {
			return err
		}
		return h.Log.AddSigner(tx, by)
	})
}

// logKey finds the key in use, the latest if there are several; none has no ID.
func (h *House) logKey(tx *db.Tx) (key vault.Key, err error) {
	list, err := h.Vault.List(tx, logOwner, "", 0)
	for _, k := range list {
		if k.Purpose == vault.Audit && k.Retired.IsZero() && k.Destroyed.IsZero() {
			key = k
		}
	}
	return key, err
}

// lent is a key of the vault that is unsealed for each signature alone.
type lent struct {
	vault *vault.Vault
	key   vault.Key
}

// Public implements crypto.Signer.
func (l lent) Public() crypto.PublicKey { return l.key.Public }

// Sign implements crypto.Signer.
func (l lent) Sign(rand io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	s, err := l.vault.Signer(context.Background(), l.key.ID)
	if err != nil {
		return nil, err
	}
	return s.Sign(rand, digest, o)
}
