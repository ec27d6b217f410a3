package vault

import (
	"context"
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/db"
)

// newKEK makes the row of a fresh key-encryption key.
func newKEK(tx *db.Tx, source string, params, key []byte) (kekRow, sealer, error) {
	s, err := newSealer(key)
	if err != nil {
		return kekRow{}, s, err
	}
	r := kekRow{id: tx.NewID(), source: source, params: params}
	r.verifier = s.seal(nil, r.verifierBound())
	return r, s, nil
}

func (r kekRow) verifierBound() string {
	return bound("kek verifier", r.id, r.source, string(r.params))
}

func (r kekRow) bridgeBound() string { return bound("kek bridge", r.id, r.previous) }

// try makes a sealer of a key if it is this row's.
func (r kekRow) try(key []byte) (sealer, bool) {
	s, err := newSealer(key)
	if err != nil {
		return s, false
	}
	_, err = s.open(r.verifier, r.verifierBound())
	return s, err == nil
}

// unlock asks the source for the key of a row, and takes the previous one over the bridge if a rotation is under way.
func (v *Vault) unlock(ctx context.Context, r kekRow) error {
	v.mu.Lock()
	source := v.source
	v.mu.Unlock()
	if r.source != source.kind {
		return fmt.Errorf("%w: its key-encryption key comes from a %s, not from a %s", ErrWrongKEK, r.source, source.kind)
	}
	candidates, err := source.open(ctx, r.params)
	if err != nil {
		return fmt.Errorf("vault: the key-encryption key: %w", err)
	}
	defer func() {
		for _, key := range candidates {
			clear(key)
		}
	}()
	for _, key := range candidates {
		s, ok := r.try(key)
		if !ok {
			continue
		}
		keks := map[string]sealer{r.id: s}
		if err := r.cross(s, keks); err != nil {
			return err
		}
		if err := v.loadWrappers(ctx, keks); err != nil {
			return err
		}
		return source.settle(key)
	}
	return v.explain(ctx, candidates)
}

// cross adds the previous key to keks, if there is a bridge to it.
func (r kekRow) cross(s sealer, keks map[string]sealer) error {
	if r.bridge == nil {
		return nil
	}
	old, err := s.open(r.bridge, r.bridgeBound())
	if err != nil {
		return fmt.Errorf("vault: the bridge from key-encryption key %s to %s: %w", r.id, r.previous, err)
	}
	defer clear(old)
	keks[r.previous], err = newSealer(old)
	return err
}

// explain says why no candidate opened the vault.
func (v *Vault) explain(ctx context.Context, candidates [][]byte) error {
	var old []kekRow
	if err := v.db.Read(ctx, func(tx *db.Tx) (err error) { old, err = retiredKEKs(tx); return err }); err != nil {
		return err
	}
	for _, r := range old {
		for _, key := range candidates {
			if _, ok := r.try(key); ok {
				return fmt.Errorf("%w: it was replaced on %s; give the one that replaced it", ErrWrongKEK, r.retired.Format("2006-01-02 15:04 MST"))
			}
		}
	}
	return ErrWrongKEK
}

// kek returns the sealer of a key-encryption key by its id. One that is not known was made by another node: the source is asked again.
func (v *Vault) kek(tx *db.Tx, id string) (sealer, error) {
	v.mu.Lock()
	s, ok := v.keks[id]
	v.mu.Unlock()
	if ok {
		return s, nil
	}
	r, some, err := currentKEK(tx)
	if err != nil {
		return sealer{}, err
	}
	if !some {
		return sealer{}, ErrNoVault
	}
	if err := v.unlock(tx.Context(), r); err != nil {
		return sealer{}, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if s, ok := v.keks[id]; ok {
		return s, nil
	}
	return sealer{}, errors.New("vault: a row is under key-encryption key " + id + ", which is neither the current one nor the one before")
}

// current returns the key-encryption key that new rows are put under.
func (v *Vault) current(tx *db.Tx) (string, sealer, error) {
	r, some, err := currentKEK(tx)
	if err != nil {
		return "", sealer{}, err
	}
	if !some {
		return "", sealer{}, ErrNoVault
	}
	s, err := v.kek(tx, r.id)
	return r.id, s, err
}
