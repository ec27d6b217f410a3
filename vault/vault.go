// Package vault keeps private keys at rest and lends them out: to sign, to decrypt, and for a kit to the person they belong to.
//
//	v, err := vault.Create(ctx, d, vault.File("/var/lib/waxwing/vault.key"), log) // once; later vault.Open
//	err = d.Write(ctx, func(tx *db.Tx) error {
//		key, err = v.Generate(tx, vault.Spec{Purpose: vault.Signing, Owner: "person:01J...", By: "user:ada"})
//		return err
//	})
//	signer, err := v.Signer(ctx, key.ID)
//
// Each private key is stored as PKCS#8 under AES-256-GCM with a data key of its own, and the data key under the key-encryption key (KEK),
// which a Source brings: a file, a file named by the environment, a passphrase, or a token. What is sealed is bound to its row, so that
// rows cannot be exchanged. Rotate puts all rows under a new KEK. A key on a token (PKCS#11) never comes here: only its URI is stored.
//
// Keys are handed out as crypto.Signer, crypto.Decrypter and ecdh.KeyExchanger that show nothing. Bytes leave in three ways, each entered in
// the audit log: PKCS12 for the owner of a key, Recover to the certificate of a person whom k of n officers have trusted, and Recovered's
// PKCS #8 inside the same envelope. Keys that decrypt are kept for ever; keys that only sign can be destroyed and never escrowed.
//
// What it cannot do: hide keys from whoever can read the memory of the process, or has both the database and the KEK. It knows no
// certificates and no rights: whether somebody may use a key is decided before it is asked for.
//
// RFCs: 5958 (PKCS #8), 5652 and 5083 (shares, recovery), 7292 (kits), 7512 (URIs of tokens), 9180 (escrow), 9106 (Argon2id).
package vault

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
)

// The errors a caller may branch on.
var (
	ErrNoVault   = errors.New("vault: there is no vault in this database yet: make one with waxwing vault init")
	ErrNoKey     = errors.New("vault: no such key")
	ErrWrongKEK  = errors.New("vault: this key-encryption key does not open the vault")
	ErrRetired   = errors.New("vault: the key is retired and signs nothing more")
	ErrDestroyed = errors.New("vault: the key was destroyed")
)

// Vault holds an open vault. It may be used by many goroutines. Its Wrap and Unwrap are audit.Keys.
type Vault struct {
	db     *db.DB
	source Source
	log    *audit.Log
	links  links

	mu       sync.Mutex
	keks     map[string]sealer // by id
	wrappers map[string]sealer
}

// String shows nothing of the vault.
func (v *Vault) String() string { return "vault" }

// GoString is String, for %#v.
func (v *Vault) GoString() string { return v.String() }

// Create makes the vault of a database, under a fresh KEK that the source keeps, and opens it. A database that has one is refused.
func Create(ctx context.Context, d *db.DB, kek Source, log *audit.Log) (*Vault, error) {
	v := &Vault{db: d, source: kek, log: log, keks: map[string]sealer{}, wrappers: map[string]sealer{}}
	if err := kek.check(); err != nil {
		return nil, err
	}
	var some bool
	err := d.Read(ctx, func(tx *db.Tx) (err error) { _, some, err = currentKEK(tx); return err })
	if err != nil {
		return nil, err
	}
	if some {
		return nil, errors.New("vault: this database has a vault already; open it, or give it a new key with waxwing vault rotate")
	}
	key, params, err := kek.fresh(ctx, false)
	if err != nil {
		return nil, fmt.Errorf("vault: make the key-encryption key: %w", err)
	}
	defer clear(key)
	err = d.Write(ctx, func(tx *db.Tx) error {
		if _, some, err := currentKEK(tx); err != nil || some {
			return errors.Join(err, errors.New("vault: somebody else made a vault here at the same time"))
		}
		r, s, err := newKEK(tx, kek.kind, params, key)
		if err != nil {
			return err
		}
		if err := insertKEK(tx, r); err != nil {
			return err
		}
		id, w, err := v.makeWrapper(tx, r.id, s)
		if err != nil {
			return err
		}
		v.keks, v.wrappers = map[string]sealer{r.id: s}, map[string]sealer{id: w}
		return v.entry(tx, "cli:init", "vault.created", "vault", details{"kek": r.id, "source": kek.kind})
	})
	if err != nil {
		return nil, errors.Join(err, kek.undo(key, false))
	}
	return v, nil
}

// Open opens the vault of a database with the KEK that the source brings. A source whose KEK was rotated away, or whose rotation was
// interrupted, is told apart from a wrong one. log must be set; its Keys may be the vault that is returned.
func Open(ctx context.Context, d *db.DB, kek Source, log *audit.Log) (*Vault, error) {
	v := &Vault{db: d, source: kek, log: log, keks: map[string]sealer{}, wrappers: map[string]sealer{}}
	if err := kek.check(); err != nil {
		return nil, err
	}
	var r kekRow
	err := d.Read(ctx, func(tx *db.Tx) (err error) {
		var some bool
		if r, some, err = currentKEK(tx); err == nil && !some {
			err = ErrNoVault
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := v.unlock(ctx, r); err != nil {
		return nil, err
	}
	return v, nil
}

// Close ends the sessions with tokens. The vault needs no other end; a nil Vault, as a sealed house has, needs none.
func (v *Vault) Close() error {
	if v == nil {
		return nil
	}
	v.links.close()
	return nil
}
