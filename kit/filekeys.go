package kit

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/vault"
)

// FileKeys are keys that the caller holds as bytes already, read from files of his own: what `waxwing kit make -k` has where
// there is no vault. Their names are "0", "1" and so on.
type FileKeys []keyfile.Key

// PKCS12 seals the keys.
func (f FileKeys) PKCS12(_ context.Context, _ string, identities []vault.IdentityRef, o keyfile.PKCS12Options) ([]byte, error) {
	var b keyfile.Bundle
	for _, id := range identities {
		n, err := strconv.Atoi(id.Key)
		if err != nil || n < 0 || n >= len(f) {
			return nil, fmt.Errorf("there is no key %q", id.Key)
		}
		key := f[n]
		key.Label = keyfile.Label{Name: id.FriendlyName}
		b.Keys = append(b.Keys, key)
		for _, c := range append([]*pki.Certificate{id.Certificate}, id.Chain...) {
			if !slices.ContainsFunc(b.Certificates, c.Equal) {
				b.Certificates = append(b.Certificates, c)
			}
		}
	}
	return keyfile.MarshalPKCS12(&b, o)
}

// HeldIn names the keys of a file with their certificates, and returns the certificates that belong to no key: the chain.
// Keys without a certificate are left out.
func HeldIn(b *keyfile.Bundle) (keys []Held, chain []*pki.Certificate) {
	own := map[*pki.Certificate]bool{}
	for i, id := range b.Match() {
		if id.Certificate == nil {
			continue
		}
		keys = append(keys, Held{ID: fmt.Sprint(i), Certificates: id.Others})
		for _, c := range id.Others {
			own[c] = true
		}
	}
	for _, c := range b.Certificates {
		if !own[c] {
			chain = append(chain, c)
		}
	}
	return keys, chain
}
