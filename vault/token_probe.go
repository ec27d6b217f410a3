package vault

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/internal/p11rpc"
)

// probe tries a key on a token out: what a token promises, its module, the server and the protocol between them have to keep together.
func (v *Vault) probe(k Key) error {
	if k.Purpose.Signs() {
		if err := v.probeSigning(k); err != nil {
			return err
		}
	}
	if k.Purpose.Decrypts() {
		return v.probeDecryption(k)
	}
	return nil
}

func (v *Vault) probeSigning(k Key) error {
	s, err := v.tokenSigner(k)
	if err != nil {
		return err
	}
	digest, hash := sha256.Sum256([]byte("waxwing vault: a key is tried out")), crypto.SHA256
	if _, ok := k.Public.(ed25519.PublicKey); ok {
		hash = 0
	}
	_, err = s.Sign(rand.Reader, digest[:], hash)
	return err
}

func (v *Vault) probeDecryption(k Key) error {
	private, err := v.tokenDecrypter(k)
	if err != nil {
		return err
	}
	switch p := private.(type) {
	case crypto.Decrypter:
		secret := newKey()
		sealed, err := alg.NewPKCS1().Encrypt(k.Public, secret)
		if err != nil {
			return err
		}
		back, err := p.Decrypt(rand.Reader, sealed, nil)
		if err == nil && !bytes.Equal(back, secret) {
			err = errors.New("it decrypts to something else")
		}
		return err
	case ecdh.KeyExchanger:
		other, err := p.Curve().GenerateKey(rand.Reader)
		if err != nil {
			return err
		}
		want, err := other.ECDH(p.PublicKey())
		if err != nil {
			return err
		}
		z, err := p.ECDH(other.PublicKey())
		if err != nil {
			return fmt.Errorf("p11-kit carries key agreement since 0.25, before that take an RSA key: %w", err)
		}
		if !bytes.Equal(z, want) {
			return errors.New("it agrees on something else")
		}
		return nil
	}
	return errors.New("it cannot decrypt")
}

// destroy deletes both halves of a key that was just made.
func (k *link) destroy(u p11rpc.URI) error {
	for _, class := range []uint64{p11rpc.PrivateKey, p11rpc.PublicKey} {
		o, err := k.find(u, class)
		if err != nil {
			return err
		}
		if err := k.client.Destroy(k.session, o); err != nil {
			return err
		}
	}
	return nil
}
