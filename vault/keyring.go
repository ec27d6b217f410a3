package vault

import (
	"context"
	"crypto"
	"crypto/ecdh"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/pki"
)

// keyring is cms.Keys: certificates whose private keys are in the vault.
type keyring struct {
	v            *Vault
	ctx          context.Context
	certificates []*pki.Certificate
}

// Keyring gives a message the keys of these certificates, current and past; they are unsealed when a recipient entry names
// one of them. A key that cannot be reached answers with alg.ErrKeyUnavailable.
func (v *Vault) Keyring(ctx context.Context, certificates []*pki.Certificate) cms.Keys {
	return keyring{v, ctx, certificates}
}

// For implements cms.Keys.
func (k keyring) For(r *cms.Recipient) (keys []cms.Key) {
	for _, c := range k.certificates {
		if !r.Matches(c) {
			continue
		}
		private, err := k.v.decrypterFor(k.ctx, c.PublicKey)
		if err != nil {
			private = unavailable(c.PublicKey, err)
		}
		if private != nil {
			keys = append(keys, cms.Key{Certificate: c, Private: private})
		}
	}
	return keys
}

// decrypterFor lends the key that belongs to a public key.
func (v *Vault) decrypterFor(ctx context.Context, pub crypto.PublicKey) (k crypto.PrivateKey, err error) {
	spki, err := alg.MarshalPublicKey(pub)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(spki)
	err = v.db.Read(ctx, func(tx *db.Tx) error {
		r, err := selectKeyByPublic(tx, hex.EncodeToString(sum[:]))
		if err != nil {
			return err
		}
		if !r.Purpose.Decrypts() {
			return fmt.Errorf("vault: key %s is for %s and decrypts nothing", r.ID, r.Purpose)
		}
		k, err = v.decrypter(tx, &r)
		return err
	})
	return k, err
}

// unavailable stands for a key that cannot be reached now.
func unavailable(pub crypto.PublicKey, why error) crypto.PrivateKey {
	err := fmt.Errorf("%w: %w", alg.ErrKeyUnavailable, why)
	switch p := pub.(type) {
	case *rsa.PublicKey:
		return &decrypter{handle{"?", pub}, func(io.Reader, []byte, crypto.DecrypterOpts) ([]byte, error) { return nil, err }}
	case *ecdh.PublicKey:
		return &exchanger{handle{"?", pub}, p.Curve(), p, func(*ecdh.PublicKey) ([]byte, error) { return nil, err }}
	case interface {
		ECDH() (*ecdh.PublicKey, error)
	}:
		if point, e := p.ECDH(); e == nil {
			return unavailable(point, why)
		}
	}
	return nil
}
