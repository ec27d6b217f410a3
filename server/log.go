package server

import (
	"cmp"
	"context"
	"crypto"
	"io"
	"slices"

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

// openSigner gives the log the key that signs its checkpoints, and makes one for a new log.
func (h *House) openSigner(ctx context.Context, o Options, create bool) error {
	run := h.DB.Read
	if create {
		run = h.DB.Write
	}
	return run(ctx, func(tx *db.Tx) (err error) {
		if h.Log.Signer, _, err = h.logSigner(tx); err != nil || h.Log.Signer != nil || !create {
			return err
		}
		h.Log.Signer, err = h.makeSigner(tx, h.Log, cmp.Or(o.By, "server"))
		return err
	})
}

// logSigner finds the key in use: the latest of the vault that the log knows and that is not retired; nil if there is none.
func (h *House) logSigner(tx *db.Tx) (*audit.Signer, vault.Key, error) {
	known, err := audit.VerifierKeys(tx)
	if err != nil {
		return nil, vault.Key{}, err
	}
	list, err := h.Vault.List(tx, logOwner, "", 0)
	if err != nil {
		return nil, vault.Key{}, err
	}
	for _, k := range slices.Backward(list) {
		if k.Purpose != vault.Audit || k.State() != "active" {
			continue
		}
		s, err := audit.NewSigner(h.Log.Origin, lent{h.Vault, k})
		if err != nil {
			return nil, vault.Key{}, err
		}
		if slices.Contains(known, s.VerifierKey()) {
			return s, k, nil
		}
	}
	return nil, vault.Key{}, nil
}

// makeSigner makes a key and lets the log know it.
func (h *House) makeSigner(tx *db.Tx, l *audit.Log, by string) (*audit.Signer, error) {
	key, err := h.Vault.Generate(tx, vault.Spec{Algorithm: vault.Ed25519, Purpose: vault.Audit, Owner: logOwner, Label: l.Origin, By: by})
	if err != nil {
		return nil, err
	}
	s, err := audit.NewSigner(l.Origin, lent{h.Vault, key})
	if err != nil {
		return nil, err
	}
	next := *l
	next.Signer = s
	return s, next.AddSigner(tx, by)
}

// RotateLogKey signs the log a last time with the key it has, retires that, and makes a new one, which this house uses from its next opening on.
// Other nodes too go on with the old one until they are opened anew, and then find it retired.
func (h *House) RotateLogKey(ctx context.Context, by string) error {
	return h.DB.Write(ctx, func(tx *db.Tx) error {
		old, key, err := h.logSigner(tx)
		if err != nil {
			return err
		}
		if _, err := h.makeSigner(tx, h.Log, by); err != nil {
			return err
		}
		if old == nil {
			return nil
		}
		// The old key vouches for the new one: its last checkpoint is over the entry that names it.
		last := *h.Log
		last.Signer = old
		if _, err := last.Checkpoint(tx); err != nil {
			return err
		}
		return h.Vault.Retire(tx, key.ID, by)
	})
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
