package vault

import (
	"fmt"

	"github.com/waxwing-mail/waxwing/db"
)

// Key returns what is known of a key, or ErrNoKey.
func (v *Vault) Key(tx *db.Tx, id string) (Key, error) {
	r, err := selectKey(tx, id)
	if err != nil {
		return Key{}, fmt.Errorf("%w: %s", err, id)
	}
	return r.Key, nil
}

// KeyByPublic returns the key with a public key, given as the SHA-256 of its SubjectPublicKeyInfo in hexadecimal digits, or ErrNoKey.
func (v *Vault) KeyByPublic(tx *db.Tx, fingerprint string) (Key, error) {
	r, err := selectKeyByPublic(tx, fingerprint)
	return r.Key, err
}

// List returns keys by age: those of an owner, or all with "", after the id after ("": from the start), at most n (0: 1000).
func (v *Vault) List(tx *db.Tx, owner, after string, n int) ([]Key, error) {
	if n <= 0 {
		n = 1000
	}
	return selectKeys(tx, owner, after, n)
}

// Retire ends the signing of a key. It goes on decrypting, and its history stays.
func (v *Vault) Retire(tx *db.Tx, id, by string) error {
	k, err := v.Key(tx, id)
	if err != nil {
		return err
	}
	if k.State() != "active" {
		return fmt.Errorf("vault: key %s is %s already", id, k.State())
	}
	if err := retireKey(tx, id); err != nil {
		return err
	}
	return v.entry(tx, by, "key.retired", object(id), details{"purpose": k.Purpose})
}

// Destroy forgets the private half of a key that only signs; why goes into the audit log and has no personal data. Keys that decrypt are
// kept for ever, since the mail that was encrypted to them is. Backups have the key until they end; one that is on a token is to be deleted there too.
func (v *Vault) Destroy(tx *db.Tx, id, by, why string) error {
	k, err := v.Key(tx, id)
	if err != nil {
		return err
	}
	switch {
	case k.Purpose.Decrypts():
		return fmt.Errorf("vault: key %s is for %s and is kept for ever: without it old mail could not be read; retire it instead", id, k.Purpose)
	case !k.Destroyed.IsZero():
		return fmt.Errorf("%w: %s, on %s", ErrDestroyed, id, k.Destroyed.Format("2006-01-02"))
	case why == "":
		return fmt.Errorf("vault: say why key %s is destroyed: nothing brings it back", id)
	}
	if err := destroyKey(tx, id); err != nil {
		return err
	}
	return v.entry(tx, by, "key.destroyed", object(id), details{"purpose": k.Purpose, "why": why, "token": k.Token != ""})
}
