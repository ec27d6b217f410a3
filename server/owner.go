package server

import (
	"errors"

	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/vault"
)

// KeyOwner is the name under which the vault keeps a new key of a holder: that of the holder's other keys, so that they go into one
// kit together, or a fresh one. It tells nothing about the holder, since the audit log keeps it for ever.
func (h *House) KeyOwner(tx *db.Tx, holder string) (string, error) {
	fresh := "holder:" + tx.NewID()
	if holder == "" {
		return fresh, nil
	}
	list, err := ca.Find(tx, ca.Query{Holder: holder, Limit: 1000})
	if err != nil {
		return "", err
	}
	for _, c := range list {
		key, err := h.Vault.KeyByPublic(tx, c.SPKI)
		if err == nil {
			return key.Owner, nil
		}
		if !errors.Is(err, vault.ErrNoKey) {
			return "", err
		}
	}
	return fresh, nil
}
