package server

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/waxwing-mail/waxwing/vault"
)

// The files of a home that the vault needs.
const (
	keyFile    = "vault.key"    // the key-encryption key, if it comes from a file
	sourceFile = "vault.source" // one line: where it comes from instead, as vault.ParseSource reads it
)

// VaultSource returns where the key-encryption key of a home comes from.
func VaultSource(dir string) (vault.Source, error) {
	text, err := os.ReadFile(filepath.Join(dir, sourceFile))
	if errors.Is(err, os.ErrNotExist) {
		return vault.File(filepath.Join(dir, keyFile)), nil
	}
	if err != nil {
		return vault.Source{}, fmt.Errorf("server: %w", err)
	}
	return vault.ParseSource(strings.TrimSpace(string(text)))
}

// SetVaultSource records where the key-encryption key of a home comes from: vault.ParseSource reads the text; empty is the home's
// own file.
func SetVaultSource(dir, text string) error {
	path := filepath.Join(dir, sourceFile)
	if text == "" {
		return removeIfThere(path)
	}
	if _, err := vault.ParseSource(text); err != nil {
		return err
	}
	if err := os.WriteFile(path+".part", []byte(text+"\n"), 0o600); err != nil {
		return fmt.Errorf("server: %w", err)
	}
	return os.Rename(path+".part", path)
}

// openVault opens the vault, and makes it in a new home whose database has none.
func (h *House) openVault(ctx context.Context, o Options, create bool) error {
	source := o.KEK
	if source.Kind() == "" {
		var err error
		if source, err = VaultSource(h.Dir); err != nil {
			return err
		}
	}
	v, err := vault.Open(ctx, h.DB, source, h.Log)
	if create && errors.Is(err, vault.ErrNoVault) {
		v, err = vault.Create(ctx, h.DB, source, h.Log)
	}
	if err != nil {
		return err
	}
	h.Vault, h.Log.Keys = v, v
	return nil
}
