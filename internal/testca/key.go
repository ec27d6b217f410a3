package testca

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"sync"
)

// KeyKind is a kind of key. The zero value is P-256.
type KeyKind string

// The kinds of keys. RSA has 2048 bits.
const (
	P256    KeyKind = ""
	P384    KeyKind = "P-384"
	P521    KeyKind = "P-521"
	RSA     KeyKind = "RSA"
	RSA3072 KeyKind = "RSA 3072"
	RSA1024 KeyKind = "RSA 1024"
	Ed25519 KeyKind = "Ed25519"
	X25519  KeyKind = "X25519" // cannot sign
)

// keys remembers keys by kind and owner: a second story in the same process takes them up again.
var keys sync.Map

// keyFor returns the key of an owner.
func keyFor(k KeyKind, owner string) crypto.PrivateKey {
	id := string(k) + "/" + owner
	if old, ok := keys.Load(id); ok {
		return old
	}
	key, err := newKey(k)
	if err != nil {
		panic(err) // crypto/rand does not fail, and the kinds are constants
	}
	kept, _ := keys.LoadOrStore(id, key)
	return kept
}

func newKey(k KeyKind) (crypto.PrivateKey, error) {
	switch k {
	case P256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case P384:
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case P521:
		return ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	case RSA:
		return rsa.GenerateKey(rand.Reader, 2048)
	case RSA3072:
		return rsa.GenerateKey(rand.Reader, 3072)
	case RSA1024:
		return rsa.GenerateKey(rand.Reader, 1024)
	case Ed25519:
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	case X25519:
		return ecdh.X25519().GenerateKey(rand.Reader)
	}
	return nil, fmt.Errorf("testca: no key of kind %q", string(k))
}

// publicOf returns the public half.
func publicOf(key crypto.PrivateKey) crypto.PublicKey {
	if x, ok := key.(*ecdh.PrivateKey); ok {
		return x.PublicKey()
	}
	return key.(interface{ Public() crypto.PublicKey }).Public()
}

// keyPEM returns a key as PKCS #8.
func keyPEM(key crypto.PrivateKey) ([]byte, error) {
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), nil
}
