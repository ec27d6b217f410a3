package vault

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1" // OAEP with SHA-1, the only one that many tokens have
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/internal/p11rpc"
)

// tokenParams is what is stored of a key-encryption key that a token opens.
type tokenParams struct {
	Hash    string `json:"hash"` // of OAEP
	Wrapped []byte `json:"wrapped"`
}

// oaepHashes are tried in this order. That OAEP is used with SHA-1 does not weaken it (RFC 8017 §B.1).
var oaepHashes = []crypto.Hash{crypto.SHA256, crypto.SHA1}

// Token takes the key-encryption key from a token: it is stored encrypted to an RSA key that stays on the token and alone can decrypt
// it. The URI (RFC 7512) names that key.
func Token(uri string) (Source, error) {
	u, err := p11rpc.ParseURI(uri)
	if err != nil {
		return Source{}, err
	}
	l := &links{}
	return Source{
		kind:  "token",
		fresh: func(context.Context, bool) ([]byte, []byte, error) { return freshOnToken(l, u) },
		open: func(_ context.Context, params []byte) ([][]byte, error) {
			var p tokenParams
			if err := json.Unmarshal(params, &p); err != nil {
				return nil, fmt.Errorf("what is stored for the token: %w", err)
			}
			key, err := p.open(l, u)
			return [][]byte{key}, err
		},
		settle: nothingToSettle,
		undo:   nothingToUndo,
	}, nil
}

// freshOnToken draws a key, encrypts it to the token, and makes sure that the token gives it back.
func freshOnToken(l *links, u p11rpc.URI) (key, params []byte, err error) {
	var pub crypto.PublicKey
	if err := l.use(u, func(k *link) (err error) { pub, err = k.public(u); return err }); err != nil {
		return nil, nil, err
	}
	public, ok := pub.(*rsa.PublicKey)
	if !ok {
		return nil, nil, errors.New("vault: the key-encryption key needs an RSA key on the token")
	}
	key = newKey()
	for _, h := range oaepHashes {
		p := tokenParams{Hash: h.String()}
		p.Wrapped, err = rsa.EncryptOAEPWithOptions(rand.Reader, public, key, &rsa.OAEPOptions{Hash: h})
		if err != nil {
			return nil, nil, err
		}
		var back []byte
		if back, err = p.open(l, u); err != nil || subtle.ConstantTimeCompare(back, key) != 1 {
			err = errors.Join(err, errors.New("vault: the token does not give back what was encrypted to its key"))
			continue
		}
		clear(back)
		params, err = json.Marshal(p)
		return key, params, err
	}
	clear(key)
	return nil, nil, err
}

// open has the token decrypt the key.
func (p tokenParams) open(l *links, u p11rpc.URI) (key []byte, err error) {
	for _, h := range oaepHashes {
		if h.String() != p.Hash {
			continue
		}
		m, err := decryption(&rsa.OAEPOptions{Hash: h})
		if err != nil {
			return nil, err
		}
		err = l.use(u, func(k *link) error {
			object, err := k.find(u, p11rpc.PrivateKey)
			if err == nil {
				key, err = k.client.Decrypt(k.session, m, object, p.Wrapped)
			}
			return err
		})
		return key, err
	}
	return nil, fmt.Errorf("vault: the hash %q is not one that is used with tokens: the database was changed", p.Hash)
}
