package vault

import (
	"context"
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/db"
)

// wrapVersion is the first byte of what Wrap gives; the id of the wrapping key follows.
const (
	wrapVersion = 1
	idSize      = 26
)

// Wrap seals the key of somebody else's document under a wrapping key that the vault has for this alone; context names the document, and must be
// given again. A rotation of the KEK does not touch what was wrapped. It implements audit.Keys.
func (v *Vault) Wrap(key []byte, context string) ([]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	latest := ""
	for id := range v.wrappers {
		latest = max(latest, id)
	}
	if latest == "" {
		return nil, ErrNoVault
	}
	sealed := v.wrappers[latest].seal(key, bound("wrap", latest, context))
	return append(append([]byte{wrapVersion}, latest...), sealed...), nil
}

// Unwrap opens what Wrap sealed.
func (v *Vault) Unwrap(wrapped []byte, context string) ([]byte, error) {
	if len(wrapped) < 1+idSize || wrapped[0] != wrapVersion {
		return nil, errors.New("vault: this was not wrapped by a vault")
	}
	id := string(wrapped[1 : 1+idSize])
	v.mu.Lock()
	s, ok := v.wrappers[id]
	v.mu.Unlock()
	if !ok {
		return nil, fmt.Errorf("vault: it was wrapped under %q, which this vault does not have", id)
	}
	return s.open(wrapped[1+idSize:], bound("wrap", id, context))
}

func (r wrappedRow) wrapperBound() string { return bound("wrapper", r.id, r.kek) }

// makeWrapper makes the wrapping key of a new vault.
func (v *Vault) makeWrapper(tx *db.Tx, kek string, s sealer) (string, sealer, error) {
	key := newKey()
	defer clear(key)
	r := wrappedRow{id: tx.NewID(), kek: kek}
	r.wrapped = s.seal(key, r.wrapperBound())
	w, err := newSealer(key)
	if err != nil {
		return "", w, err
	}
	return r.id, w, insertWrapper(tx, r)
}

// loadWrappers opens the wrapping keys, and puts them and the key-encryption keys into use.
func (v *Vault) loadWrappers(ctx context.Context, keks map[string]sealer) error {
	var list []wrappedRow
	if err := v.db.Read(ctx, func(tx *db.Tx) (err error) { list, err = wrappers(tx); return err }); err != nil {
		return err
	}
	opened := map[string]sealer{}
	for _, r := range list {
		key, err := keks[r.kek].openOr(r.wrapped, r.wrapperBound())
		if err != nil {
			return fmt.Errorf("vault: wrapping key %s: %w", r.id, err)
		}
		opened[r.id], err = newSealer(key)
		clear(key)
		if err != nil {
			return err
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.keks, v.wrappers = keks, opened
	return nil
}

// openOr is open, for a sealer that may not be there.
func (s sealer) openOr(sealed []byte, bound string) ([]byte, error) {
	if s.open == nil {
		return nil, errors.New("vault: it is under a key-encryption key that is not known")
	}
	return s.open(sealed, bound)
}
