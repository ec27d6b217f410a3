package vault

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/waxwing-mail/waxwing/db"
)

// rotateBatch is how many rows one transaction of a rotation puts under the new key, so that other writers get their turn.
const rotateBatch = 50

// Rotation is how far a rotation of the key-encryption key is.
type Rotation struct {
	KEK      string // id of the current one
	Source   string // where it comes from: "file", "passphrase", "token"
	Previous string // the one before, as long as rows are under it; empty: no rotation is under way
	Left     int64  // rows that are under the previous one
}

// Rotate puts everything under a new key-encryption key, which comes from a source of any kind, and returns how many keys that were. When it
// is done the old one opens nothing more, backups excepted. It is interrupted without harm: from its first transaction
// on, the new key opens the vault and, over a bridge, the rows under the old one; Finish does the rest.
func (v *Vault) Rotate(ctx context.Context, to Source, by string) (int, error) {
	if err := to.check(); err != nil {
		return 0, err
	}
	if _, err := v.Finish(ctx, by); err != nil {
		return 0, err
	}
	var next kekRow
	var s sealer
	var key []byte
	defer func() { clear(key) }()
	err := v.db.Write(ctx, func(tx *db.Tx) (err error) {
		clear(key)
		next, s, key, err = v.register(tx, to, by)
		return err
	})
	if err != nil {
		return 0, err
	}
	v.mu.Lock()
	v.keks[next.id], v.source = s, to
	v.mu.Unlock()
	if err := to.settle(key); err != nil {
		return 0, fmt.Errorf("vault: the new key-encryption key is in use, and its file could not be put in place: %w", err)
	}
	return v.Finish(ctx, by)
}

// register makes the new key and the row that says it is the current one. It is done under the lock of all writers, so that no two nodes
// write the file of a new key at once.
func (v *Vault) register(tx *db.Tx, to Source, by string) (next kekRow, s sealer, key []byte, err error) {
	old, some, err := currentKEK(tx)
	switch {
	case err != nil:
		return next, s, nil, err
	case !some:
		return next, s, nil, ErrNoVault
	case old.bridge != nil:
		return next, s, nil, errors.New("vault: another rotation has begun; try again when it is finished")
	}
	oldSealer, err := v.kek(tx, old.id)
	if err != nil {
		return next, s, nil, err
	}
	if err := to.vacant(tx, old); err != nil {
		return next, s, nil, err
	}
	key, params, err := to.fresh(tx.Context(), true)
	if err != nil {
		return next, s, nil, fmt.Errorf("vault: make the new key-encryption key: %w", err)
	}
	if next, s, err = newKEK(tx, to.kind, params, key); err != nil {
		return next, s, key, err
	}
	next.previous = old.id
	next.bridge = oldSealer.sealSelf(s, next.bridgeBound())
	if err := errors.Join(retireKEK(tx, old.id), insertKEK(tx, next), v.rewrapWrappers(tx, next.id, s)); err != nil {
		return next, s, key, err
	}
	return next, s, key, v.entry(tx, by, "vault.rotation.begun", "vault", details{"kek": next.id, "previous": old.id, "source": to.kind})
}

// vacant refuses a source whose file holds a key of something else, and puts one in its place that an interruption left.
func (s Source) vacant(tx *db.Tx, current kekRow) error {
	if s.kind != "file" {
		return nil
	}
	candidates, err := s.open(tx.Context(), nil)
	if err != nil {
		return s.unlessMissing(err)
	}
	old, err := retiredKEKs(tx)
	if err != nil {
		return err
	}
	for n, key := range candidates {
		defer clear(key)
		_, ok := current.try(key)
		mine := ok || slices.ContainsFunc(old, func(r kekRow) bool { _, ok := r.try(key); return ok })
		switch {
		case ok && n > 0:
			return s.settle(key)
		case !mine && n == 0 && key != nil:
			return errors.New("vault: the file for the new key-encryption key holds a key that is not this vault's: choose another name")
		}
	}
	return nil
}

// rewrapWrappers puts the wrapping keys under a new key-encryption key: they are few.
func (v *Vault) rewrapWrappers(tx *db.Tx, kek string, s sealer) error {
	list, err := wrappers(tx)
	if err != nil {
		return err
	}
	for _, r := range list {
		old, err := v.kek(tx, r.kek)
		if err != nil {
			return err
		}
		if err := r.rewrap(old, s, kek, wrappedRow.wrapperBound); err != nil {
			return err
		}
		if err := rewrapWrapper(tx, r); err != nil {
			return err
		}
	}
	return nil
}

// rewrap moves a data key from one key-encryption key to another.
func (r *wrappedRow) rewrap(from, to sealer, kek string, bound func(wrappedRow) string) error {
	key, err := from.open(r.wrapped, bound(*r))
	if err != nil {
		return fmt.Errorf("vault: row %s: %w", r.id, err)
	}
	defer clear(key)
	r.kek = kek
	r.wrapped = to.seal(key, bound(*r))
	return nil
}

// Finish does what is left of a rotation that was interrupted, and returns how many keys that were: none, if none was.
func (v *Vault) Finish(ctx context.Context, by string) (int, error) {
	for total := 0; ; {
		var n int
		var under bool
		err := v.db.Write(ctx, func(tx *db.Tx) (err error) {
			n, under, err = v.step(tx, by)
			return err
		})
		if total += n; err != nil || !under {
			return total, err
		}
	}
}

// step moves some rows, and ends the rotation when there are none left.
func (v *Vault) step(tx *db.Tx, by string) (n int, under bool, err error) {
	r, some, err := currentKEK(tx)
	if err != nil || !some || r.bridge == nil {
		return 0, false, err
	}
	to, err := v.kek(tx, r.id)
	if err != nil {
		return 0, false, err
	}
	from, err := v.kek(tx, r.previous)
	if err != nil {
		return 0, false, err
	}
	list, err := keysUnder(tx, r.previous, rotateBatch)
	if err != nil {
		return 0, false, err
	}
	for _, k := range list {
		if err := k.rewrap(from, to, r.id, wrappedRow.keyBound); err != nil {
			return 0, false, err
		}
		if err := rewrapKey(tx, k); err != nil {
			return 0, false, err
		}
	}
	if len(list) > 0 {
		return len(list), true, nil
	}
	if err := removeBridge(tx, r.id); err != nil {
		return 0, false, err
	}
	return 0, false, v.entry(tx, by, "vault.rotated", "vault", details{"kek": r.id, "previous": r.previous})
}

// Rotation tells under which key-encryption key the vault is.
func (v *Vault) Rotation(tx *db.Tx) (Rotation, error) {
	r, some, err := currentKEK(tx)
	if err != nil || !some {
		return Rotation{}, errors.Join(err, ErrNoVault)
	}
	out := Rotation{KEK: r.id, Source: r.source}
	if r.bridge != nil {
		out.Previous = r.previous
		out.Left, err = countUnder(tx, r.previous)
	}
	return out, err
}
