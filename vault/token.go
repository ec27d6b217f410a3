package vault

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/p11rpc"
)

// generateOnToken has a token make a key that never leaves it. If the transaction is not committed, the key stays on the token,
// unused.
func (v *Vault) generateOnToken(tx *db.Tx, s Spec) (Key, error) {
	u, err := p11rpc.ParseURI(s.Token)
	if err != nil {
		return Key{}, err
	}
	if u.Object == "" {
		return Key{}, errors.New("vault: the URI of a new key needs object=, its name on the token")
	}
	if s.Algorithm == "" {
		s.Algorithm = P256
	}
	u.ID = make([]byte, 16)
	rand.Read(u.ID) // never fails
	err = v.links.use(u, func(k *link) error { return k.generate(u, s) })
	if err != nil {
		return Key{}, err
	}
	s.Token = u.String()
	key, err := v.keepToken(tx, s, "key.generated")
	if err != nil {
		err = errors.Join(err, v.links.use(u, func(k *link) error { return k.destroy(u) }))
	}
	return key, err
}

// Adopt takes a key into the vault's books that is on a token already and stays there: Spec.Token is its URI.
func (v *Vault) Adopt(tx *db.Tx, s Spec) (Key, error) {
	if s.Token == "" {
		return Key{}, errors.New("vault: a key is adopted from a token: give its URI")
	}
	if err := s.check(); err != nil {
		return Key{}, err
	}
	u, err := p11rpc.ParseURI(s.Token)
	if err != nil {
		return Key{}, err
	}
	s.Token = u.String()
	return v.keepToken(tx, s, "key.adopted")
}

// keepToken stores what is known of a key on a token.
func (v *Vault) keepToken(tx *db.Tx, s Spec, act string) (Key, error) {
	u, err := p11rpc.ParseURI(s.Token)
	if err != nil {
		return Key{}, err
	}
	var pub crypto.PublicKey
	err = v.links.use(u, func(k *link) (err error) {
		if _, err = k.find(u, p11rpc.PrivateKey); err == nil {
			pub, err = k.public(u)
		}
		return err
	})
	if err != nil {
		return Key{}, err
	}
	s.Algorithm = algorithmOf(pub, alg.KeyName(pub))
	if err := s.check(); err != nil {
		return Key{}, err
	}
	spki, err := alg.MarshalPublicKey(pub)
	if err != nil {
		return Key{}, fmt.Errorf("vault: the public key: %w", err)
	}
	r := keyRow{Key: Key{ID: tx.NewID(), Algorithm: s.Algorithm, Purpose: s.Purpose, Owner: s.Owner, Label: s.Label, Public: pub, SPKI: spki, Token: s.Token, Created: tx.Now}}
	if err := v.refuseTwice(tx, r.Key); err != nil {
		return Key{}, err
	}
	if err := v.probe(r.Key); err != nil {
		return Key{}, fmt.Errorf("vault: the key on the token was tried out, and is of no use for %s: %w", s.Purpose, err)
	}
	return r.Key, v.add(tx, r, s.By, act)
}

// tokenSigner lends a key that signs on its token. A signature that does not hold is never given on.
func (v *Vault) tokenSigner(key Key) (crypto.Signer, error) {
	u, err := p11rpc.ParseURI(key.Token)
	if err != nil {
		return nil, err
	}
	return &signer{handle{key.ID, key.Public}, func(_ io.Reader, digest []byte, o crypto.SignerOpts) (sig []byte, err error) {
		how, err := signing(key.Public, digest, o)
		if err != nil {
			return nil, err
		}
		err = v.links.use(u, func(k *link) error {
			object, err := k.find(u, p11rpc.PrivateKey)
			if err != nil {
				return err
			}
			sig, err = k.client.Sign(k.session, how.mechanism, object, how.input)
			return err
		})
		if err != nil {
			return nil, err
		}
		return how.check(sig)
	}}, nil
}

// tokenDecrypter lends a key that decrypts on its token.
func (v *Vault) tokenDecrypter(key Key) (crypto.PrivateKey, error) {
	u, err := p11rpc.ParseURI(key.Token)
	if err != nil {
		return nil, err
	}
	switch p := key.Public.(type) {
	case *rsa.PublicKey:
		return &decrypter{handle{key.ID, p}, func(_ io.Reader, text []byte, o crypto.DecrypterOpts) (out []byte, err error) {
			m, err := decryption(o)
			if err != nil {
				return nil, err
			}
			err = v.links.use(u, func(k *link) error {
				object, err := k.find(u, p11rpc.PrivateKey)
				if err == nil {
					out, err = k.client.Decrypt(k.session, m, object, text)
				}
				return err
			})
			return out, err
		}}, nil
	case *ecdsa.PublicKey:
		point, err := p.ECDH()
		if err != nil {
			return nil, err
		}
		return &exchanger{handle{key.ID, p}, point.Curve(), point, func(remote *ecdh.PublicKey) (z []byte, err error) {
			err = v.links.use(u, func(k *link) (err error) { z, err = k.agree(u, remote, (p.Curve.Params().BitSize+7)/8); return err })
			return z, err
		}}, nil
	}
	return nil, fmt.Errorf("vault: key %s, of kind %s, cannot decrypt on a token", key.ID, key.Algorithm)
}

// agree has the token compute a shared secret.
func (k *link) agree(u p11rpc.URI, remote *ecdh.PublicKey, size int) ([]byte, error) {
	key, err := k.find(u, p11rpc.PrivateKey)
	if err != nil {
		return nil, err
	}
	z, err := k.client.Derive(k.session, p11rpc.Mechanism{Type: p11rpc.ECDH1Derive, ECDH: remote.Bytes()}, key, []p11rpc.Attribute{
		p11rpc.Ulong(p11rpc.Class, p11rpc.SecretKey), p11rpc.Ulong(p11rpc.KeyType, p11rpc.KeyGeneric), p11rpc.Bool(p11rpc.Token, false),
		p11rpc.Bool(p11rpc.Sensitive, false), p11rpc.Bool(p11rpc.Extractable, true), p11rpc.Ulong(p11rpc.ValueLen, uint64(size))})
	if err != nil {
		return nil, err
	}
	a, err := k.client.Attributes(k.session, z, p11rpc.Value)
	if e := k.client.Destroy(k.session, z); err == nil {
		err = e
	}
	if err != nil {
		return nil, err
	}
	if !a[0].Present || len(a[0].Value) != size {
		return nil, errors.New("vault: the token does not give the shared secret")
	}
	return a[0].Value, nil
}
