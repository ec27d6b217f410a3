package vault

import (
	"context"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/keyfile"
)

// handle is a private key that can be used and not seen: what is secret is known to its functions alone.
type handle struct {
	id     string
	public crypto.PublicKey
}

// Public returns the public half.
func (h *handle) Public() crypto.PublicKey { return h.public }

// String names the key and shows nothing of it.
func (h *handle) String() string { return "vault key " + h.id + " (" + alg.KeyName(h.public) + ")" }

// GoString is String, for %#v.
func (h *handle) GoString() string { return h.String() }

// MarshalJSON gives the name of the key.
func (h *handle) MarshalJSON() ([]byte, error) { return []byte(`"vault key ` + h.id + `"`), nil }

// signer is a handle that signs.
type signer struct {
	handle
	sign func(random io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error)
}

// Sign implements crypto.Signer.
func (s *signer) Sign(random io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	return s.sign(random, digest, o)
}

// decrypter is a handle of an RSA key that decrypts.
type decrypter struct {
	handle
	decrypt func(random io.Reader, msg []byte, o crypto.DecrypterOpts) ([]byte, error)
}

// Decrypt implements crypto.Decrypter.
func (d *decrypter) Decrypt(random io.Reader, msg []byte, o crypto.DecrypterOpts) ([]byte, error) {
	return d.decrypt(random, msg, o)
}

// exchanger is a handle of a key that agrees.
type exchanger struct {
	handle
	curve ecdh.Curve
	point *ecdh.PublicKey
	ecdh  func(*ecdh.PublicKey) ([]byte, error)
}

// PublicKey, Curve and ECDH implement ecdh.KeyExchanger.
func (e *exchanger) PublicKey() *ecdh.PublicKey                  { return e.point }
func (e *exchanger) Curve() ecdh.Curve                           { return e.curve }
func (e *exchanger) ECDH(remote *ecdh.PublicKey) ([]byte, error) { return e.ecdh(remote) }

// decrypting returns a private key in the form that decrypts: *rsa.PrivateKey or an ecdh.KeyExchanger.
func decrypting(private crypto.PrivateKey) (crypto.PrivateKey, error) {
	switch k := private.(type) {
	case *rsa.PrivateKey:
		return k, nil
	case *ecdsa.PrivateKey:
		return k.ECDH()
	case *ecdh.PrivateKey:
		return k, nil
	}
	return nil, errors.New("vault: this kind of key cannot decrypt")
}

// Signer lends a key that signs. It is for the acts at hand: whoever keeps it can sign after the key was retired.
// Inside a transaction that made the key, SignerIn is needed.
func (v *Vault) Signer(ctx context.Context, id string) (s crypto.Signer, err error) {
	err = v.db.Read(ctx, func(tx *db.Tx) error { s, err = v.SignerIn(tx, id); return err })
	return s, err
}

// SignerIn is Signer inside a transaction.
func (v *Vault) SignerIn(tx *db.Tx, id string) (crypto.Signer, error) {
	r, err := selectKey(tx, id)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %s", err, id)
	case !r.Purpose.Signs():
		return nil, fmt.Errorf("vault: key %s is for %s and signs nothing", id, r.Purpose)
	case r.State() == "retired":
		return nil, fmt.Errorf("%w: %s, since %s", ErrRetired, id, r.Retired.Format("2006-01-02"))
	case r.Token != "" && r.State() == "active":
		return v.tokenSigner(r.Key)
	}
	private, err := v.private(tx, &r)
	if err != nil {
		return nil, err
	}
	key, ok := keyfile.Key{Private: private}.Signer()
	if !ok {
		return nil, fmt.Errorf("vault: key %s cannot sign", id)
	}
	return &signer{handle{id, r.Public}, key.Sign}, nil
}

// Decrypter lends a key that decrypts, in the form that cms.Key.Private takes: a crypto.Decrypter (RSA) or an ecdh.KeyExchanger.
func (v *Vault) Decrypter(ctx context.Context, id string) (k crypto.PrivateKey, err error) {
	err = v.db.Read(ctx, func(tx *db.Tx) error { k, err = v.DecrypterIn(tx, id); return err })
	return k, err
}

// DecrypterIn is Decrypter inside a transaction.
func (v *Vault) DecrypterIn(tx *db.Tx, id string) (crypto.PrivateKey, error) {
	r, err := selectKey(tx, id)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %s", err, id)
	case !r.Purpose.Decrypts():
		return nil, fmt.Errorf("vault: key %s is for %s and decrypts nothing", id, r.Purpose)
	}
	return v.decrypter(tx, &r)
}

func (v *Vault) decrypter(tx *db.Tx, r *keyRow) (crypto.PrivateKey, error) {
	if r.Token != "" {
		return v.tokenDecrypter(r.Key)
	}
	private, err := v.private(tx, r)
	if err != nil {
		return nil, err
	}
	private, err = decrypting(private)
	switch k := private.(type) {
	case *rsa.PrivateKey:
		return &decrypter{handle{r.ID, r.Public}, k.Decrypt}, nil
	case *ecdh.PrivateKey:
		return &exchanger{handle{r.ID, r.Public}, k.Curve(), k.PublicKey(), k.ECDH}, nil
	}
	return nil, fmt.Errorf("vault: key %s: %w", r.ID, err)
}
