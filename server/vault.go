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
	nextSuffix = ".next"        // behind sourceFile: where it will come from when a rotation is done
)

// VaultSource returns where the key-encryption key of a home comes from.
func VaultSource(dir string) (vault.Source, error) {
	source, err := readSource(filepath.Join(dir, sourceFile))
	if errors.Is(err, os.ErrNotExist) {
		return vault.File(filepath.Join(dir, keyFile)), nil
	}
	return source, err
}

func readSource(path string) (vault.Source, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return vault.Source{}, fmt.Errorf("server: %w", err)
	}
	return vault.ParseSource(strings.TrimSpace(string(text)))
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
	switch {
	case create && errors.Is(err, vault.ErrNoVault):
		v, err = vault.Create(ctx, h.DB, source, h.Log)
	case errors.Is(err, vault.ErrWrongKEK) && o.KEK.Kind() == "":
		v, err = h.openNext(ctx, err)
	}
	if err != nil {
		return err
	}
	h.Vault, h.Log.Keys = v, v
	return nil
}

// openNext opens the vault with the source of a rotation that was interrupted after the new key came into force; wrong is why the source
// of before does not do.
func (h *House) openNext(ctx context.Context, wrong error) (*vault.Vault, error) {
	path := filepath.Join(h.Dir, sourceFile)
	source, err := readSource(path + nextSuffix)
	if err != nil {
		return nil, wrong
	}
	v, err := vault.Open(ctx, h.DB, source, h.Log)
	if err != nil {
		return nil, wrong
	}
	return v, os.Rename(path+nextSuffix, path)
}

// RotateVault puts the vault under a new key-encryption key and returns how many keys that were. to says where it comes from, as
// vault.ParseSource reads it; empty is where the present one comes from. An interrupted one is gone on with by the next, or by Vault.Finish.
func (h *House) RotateVault(ctx context.Context, to, by string) (int, error) {
	if to == "" {
		source, err := VaultSource(h.Dir)
		if err != nil {
			return 0, err
		}
		return h.Vault.Rotate(ctx, source, by)
	}
	source, err := vault.ParseSource(to)
	if err != nil {
		return 0, err
	}
	path := filepath.Join(h.Dir, sourceFile)
	if err := os.WriteFile(path+nextSuffix, []byte(to+"\n"), 0o600); err != nil {
		return 0, fmt.Errorf("server: %w", err)
	}
	n, err := h.Vault.Rotate(ctx, source, by)
	if err != nil {
		return n, err // the note stays, in case the new key is in force already
	}
	return n, os.Rename(path+nextSuffix, path)
}

// PrepareVaultSource notes in a new home where the key-encryption key of its vault is to come from, before Create makes it.
func PrepareVaultSource(dir, text string) error {
	if _, err := vault.ParseSource(text); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("server: make the home: %w", err)
	}
	if there, err := exists(filepath.Join(dir, databaseFile)); err != nil || there {
		return errors.Join(err, fmt.Errorf("%w: %s has a database", ErrIsHome, dir))
	}
	if err := os.WriteFile(filepath.Join(dir, sourceFile), []byte(text+"\n"), 0o600); err != nil {
		return fmt.Errorf("server: %w", err)
	}
	return nil
}
