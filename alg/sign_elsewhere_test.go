package alg

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"io"
	"testing"
)

// signerElsewhere is a key on a token or in another program: of no type that the standard library has.
type signerElsewhere struct {
	crypto.Signer
	asked  crypto.Hash
	change func(sig []byte) []byte
}

func (k *signerElsewhere) Sign(r io.Reader, b []byte, o crypto.SignerOpts) ([]byte, error) {
	k.asked = o.HashFunc()
	sig, err := k.Signer.Sign(r, b, o)
	if err != nil {
		return nil, err
	}
	return k.change(sig), nil
}

func TestAKeyElsewhereSigns(t *testing.T) {
	everyScheme(t, func(t *testing.T, key crypto.Signer, s *SignScheme) {
		k := &signerElsewhere{Signer: key, change: func(sig []byte) []byte { return sig }}
		if _, err := s.SignMessage(k, []byte("m")); err != nil {
			t.Error(err)
		}
		if want := s.Digest.Std; !s.Pure && k.asked != want || s.Pure && k.asked != 0 {
			t.Errorf("the token was asked for %v, not %v", k.asked, want)
		}
		for name, change := range map[string]func([]byte) []byte{
			"changed": func(sig []byte) []byte { return flip(sig) },
			"empty":   func([]byte) []byte { return nil },
			// PKCS #11 returns the two numbers without a SEQUENCE.
			"raw": func(sig []byte) []byte { return sig[2:] },
		} {
			k.change = change
			if _, err := s.SignMessage(k, []byte("m")); err == nil {
				t.Errorf("%s: it was taken", name)
			}
		}
	})
}

func TestATokenThatFailsIsAnError(t *testing.T) {
	s, err := SignatureFor(elliptic256(t).Public(), SignOptions{})
	if err != nil {
		t.Fatal(err)
	}
	gone := errors.New("the token is gone")
	if _, err := s.SignMessage(failingSigner{elliptic256(t), gone}, nil); !errors.Is(err, gone) {
		t.Error(err)
	}
}

type failingSigner struct {
	crypto.Signer
	err error
}

func (f failingSigner) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return nil, f.err }

func elliptic256(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
