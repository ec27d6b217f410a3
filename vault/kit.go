package vault

import (
	"context"
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/pki"
)

// IdentityRef is a key with the certificates that go with it into a file.
type IdentityRef struct {
	Key          string             // its id
	Certificate  *pki.Certificate   // of this key; required
	Chain        []*pki.Certificate // above it; one that several identities share is written once
	FriendlyName string             // what programs show; empty: what keyfile makes of the subject
}

// PKCS12 puts keys of one owner and their certificates into a protected file for this person. It is one of the few ways by which
// keys leave, each named by the audit log before the file is given. Keys of authorities and of the house do not leave, and neither do those on
// tokens. It opens a transaction of its own, so it must not be called inside one.
func (v *Vault) PKCS12(ctx context.Context, by string, identities []IdentityRef, o keyfile.PKCS12Options) ([]byte, error) {
	if len(identities) == 0 {
		return nil, errors.New("vault: a kit needs at least one key")
	}
	b := &keyfile.Bundle{Labels: map[*pki.Certificate]keyfile.Label{}}
	var ids []string
	err := v.db.Read(ctx, func(tx *db.Tx) error {
		*b, ids = keyfile.Bundle{Labels: map[*pki.Certificate]keyfile.Label{}}, nil
		owner := ""
		for _, ref := range identities {
			k, err := v.bundle(tx, b, ref)
			if err != nil {
				return err
			}
			if owner != "" && k.Owner != owner {
				return fmt.Errorf("vault: a kit has the keys of one owner, not of %s and %s", owner, k.Owner)
			}
			owner, ids = k.Owner, append(ids, k.ID)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	file, err := keyfile.MarshalPKCS12(b, o)
	if err != nil {
		return nil, fmt.Errorf("vault: write the PKCS#12 file: %w", err)
	}
	err = v.db.Write(ctx, func(tx *db.Tx) error {
		for _, id := range ids {
			if err := v.entry(tx, by, "key.exported", object(id), details{"form": "pkcs12", "compatible": o.Compatible}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		clear(file)
		return nil, err
	}
	return file, nil
}

// bundle adds one identity to a bundle.
func (v *Vault) bundle(tx *db.Tx, b *keyfile.Bundle, ref IdentityRef) (Key, error) {
	r, err := selectKey(tx, ref.Key)
	switch {
	case err != nil:
		return Key{}, fmt.Errorf("%w: %s", err, ref.Key)
	case !r.Purpose.Leaves():
		return Key{}, fmt.Errorf("vault: key %s is for %s and never leaves the vault", r.ID, r.Purpose)
	case ref.Certificate == nil:
		return Key{}, fmt.Errorf("vault: key %s needs its certificate in a kit", r.ID)
	case !alg.SameKey(ref.Certificate.PublicKey, r.Public):
		return Key{}, fmt.Errorf("vault: the certificate that goes with key %s is about another key", r.ID)
	}
	private, err := v.private(tx, &r)
	if err != nil {
		return Key{}, err
	}
	b.Keys = append(b.Keys, keyfile.Key{Private: private, Label: keyfile.Label{Name: ref.FriendlyName}})
	for _, c := range append([]*pki.Certificate{ref.Certificate}, ref.Chain...) {
		addOnce(b, c)
	}
	return r.Key, nil
}

func addOnce(b *keyfile.Bundle, c *pki.Certificate) {
	for _, old := range b.Certificates {
		if old.Equal(c) {
			return
		}
	}
	b.Certificates = append(b.Certificates, c)
}
