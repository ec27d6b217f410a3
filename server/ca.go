package server

import (
	"cmp"
	"context"
	"strings"

	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/vault"
)

// openCA opens the authority, and gives up what an earlier program had planned and can no longer sign.
func (h *House) openCA(ctx context.Context, o Options) error {
	h.CA = &ca.CA{Log: h.Log, Keys: h.Vault}
	var err error
	if h.CA.KnownKeys, err = h.knownKeys(); err != nil {
		return err
	}
	var stale bool
	err = h.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if h.CA.PublicTrust, err = ca.PublicTrust(tx); err != nil {
			return err
		}
		stale, err = ca.Stale(tx)
		return err
	})
	if err != nil || !stale {
		return err
	}
	return h.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := h.CA.Recover(tx, cmp.Or(o.By, "server"))
		return err
	})
}

// AuthorityKey makes the key of an authority in the vault: it is ca.InitOptions.Generate for this house.
func (h *House) AuthorityKey(by string) func(tx *db.Tx, algorithm, owner, label string) (string, []byte, error) {
	return func(tx *db.Tx, algorithm, owner, label string) (string, []byte, error) {
		// The vault writes RSA-4096 where certificates and profiles say RSA 4096.
		name := vault.Algorithm(strings.ReplaceAll(algorithm, " ", "-"))
		key, err := h.Vault.Generate(tx, vault.Spec{Algorithm: name, Purpose: vault.Authority, Owner: owner, Label: label, By: by})
		return key.ID, key.SPKI, err
	}
}
