package server

import (
	"context"
	"crypto"
	"fmt"
	"strings"

	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/vault"
)

// CeremonyKeys makes the keys of a ceremony in the vault of this house, or on the token that a step names.
type CeremonyKeys struct {
	IDs map[string]string // of the keys in the vault, by their names in the script

	house *House
	by    string
}

// CeremonyKeys returns the keys of a ceremony that somebody holds.
func (h *House) CeremonyKeys(by string) *CeremonyKeys {
	return &CeremonyKeys{IDs: map[string]string{}, house: h, by: by}
}

// Make implements ca.CeremonyKeys.
func (k *CeremonyKeys) Make(ctx context.Context, name, algorithm, token string) (spki []byte, err error) {
	spec := vault.Spec{Algorithm: vault.Algorithm(strings.ReplaceAll(algorithm, " ", "-")), Purpose: vault.Authority, Owner: "authority:" + name, Label: name, By: k.by, Token: token}
	err = k.house.DB.Write(ctx, func(tx *db.Tx) error {
		key, err := k.house.Vault.Generate(tx, spec)
		k.IDs[name], spki = key.ID, key.SPKI
		return err
	})
	return spki, err
}

// Signer implements ca.CeremonyKeys.
func (k *CeremonyKeys) Signer(ctx context.Context, name string) (crypto.Signer, error) {
	id, ok := k.IDs[name]
	if !ok {
		return nil, fmt.Errorf("the ceremony made no key %q", name)
	}
	return k.house.Vault.Signer(ctx, id)
}
