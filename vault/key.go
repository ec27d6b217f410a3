package vault

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
)

// Algorithm is a kind of key.
type Algorithm string

// The kinds of keys that are made. Import also takes what keyfile reads and names it by what it is.
const (
	P256    Algorithm = "P-256"
	P384    Algorithm = "P-384"
	RSA2048 Algorithm = "RSA-2048"
	RSA3072 Algorithm = "RSA-3072"
	RSA4096 Algorithm = "RSA-4096"
	Ed25519 Algorithm = "Ed25519"
	X25519  Algorithm = "X25519"
)

// Algorithms are the kinds of keys that are made, the default first.
func Algorithms() []Algorithm {
	return []Algorithm{P256, P384, RSA2048, RSA3072, RSA4096, Ed25519, X25519}
}

// Purpose is what a key is for. It is bound to the key when it is made, and decides what may be done with it.
type Purpose string

// The purposes.
const (
	Signing    Purpose = "signing"    // of a person: signs, can leave in a kit
	Encryption Purpose = "encryption" // of a person: decrypts, can leave in a kit and be escrowed, is kept for ever
	Dual       Purpose = "dual"       // of a person: both; since it signs it is never escrowed, since it decrypts it is kept for ever
	Authority  Purpose = "authority"  // signs certificates and CRLs; never leaves
	OCSP       Purpose = "ocsp"       // signs OCSP answers; never leaves
	Audit      Purpose = "audit"      // signs checkpoints of the audit log; never leaves
	Mail       Purpose = "mail"       // signs mail and profiles in the name of the house; never leaves
)

// Purposes are all of them.
func Purposes() []Purpose { return []Purpose{Signing, Encryption, Dual, Authority, OCSP, Audit, Mail} }

// Signs tells whether keys of this purpose sign.
func (p Purpose) Signs() bool { return p.known() && p != Encryption }

// Decrypts tells whether keys of this purpose decrypt.
func (p Purpose) Decrypts() bool { return p == Encryption || p == Dual }

// Leaves tells whether keys of this purpose can leave in a kit: those of persons.
func (p Purpose) Leaves() bool { return p == Signing || p == Encryption || p == Dual }

func (p Purpose) known() bool {
	for _, q := range Purposes() {
		if p == q {
			return true
		}
	}
	return false
}

// Spec says which key to make or to take in.
type Spec struct {
	Algorithm Algorithm // empty: P-256, the default; for Import it is read from the key
	Purpose   Purpose   // required
	Owner     string    // whose key it is, as "person:01J..." or "ca:01J..."; required, no address of mail (it is entered in the audit log)
	Label     string    // for people to read; may be empty
	By        string    // who does it, for the audit log: "user:ada"; required
	Drawn     *Drawn    // Generate: a key that Draw made ahead; nil: it is made now
	Token     string    // Generate: URI of a token (RFC 7512) that makes and keeps the key; empty: the database
}

func (s Spec) check() error {
	switch {
	case !s.Purpose.known():
		return fmt.Errorf("vault: a key needs a purpose, one of %v, not %q", Purposes(), string(s.Purpose))
	case s.Owner == "" || s.By == "":
		return fmt.Errorf("vault: a key needs an owner and somebody by whom it is made")
	case s.Purpose.Signs() && s.Algorithm == X25519:
		return fmt.Errorf("vault: X25519 keys cannot sign (RFC 8410 §5): make one for %s, or take Ed25519", Encryption)
	case s.Purpose.Decrypts() && s.Algorithm == Ed25519:
		return fmt.Errorf("vault: Ed25519 keys cannot decrypt (RFC 8410 §5): make one for %s, or take X25519", Signing)
	}
	return nil
}

// Key is what is known of a key without its private half.
type Key struct {
	ID        string
	Algorithm Algorithm
	Purpose   Purpose
	Owner     string
	Label     string
	Public    crypto.PublicKey
	SPKI      []byte    // DER
	Token     string    // URI of the token that has the private half; empty: the vault has it
	Created   time.Time // when it came here
	Retired   time.Time // zero: in use. A retired key signs nothing more, and goes on decrypting
	Destroyed time.Time // zero: it is there
}

// Fingerprint is the SHA-256 of the SubjectPublicKeyInfo in hexadecimal digits.
func (k Key) Fingerprint() string {
	sum := sha256.Sum256(k.SPKI)
	return hex.EncodeToString(sum[:])
}

// State is "active", "retired" or "destroyed".
func (k Key) State() string {
	switch {
	case !k.Destroyed.IsZero():
		return "destroyed"
	case !k.Retired.IsZero():
		return "retired"
	}
	return "active"
}

// generate draws a private key.
func generate(a Algorithm) (crypto.PrivateKey, error) {
	switch a {
	case P256, "":
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case P384:
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case RSA2048:
		return rsa.GenerateKey(rand.Reader, 2048)
	case RSA3072:
		return rsa.GenerateKey(rand.Reader, 3072)
	case RSA4096:
		return rsa.GenerateKey(rand.Reader, 4096)
	case Ed25519:
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	case X25519:
		return ecdh.X25519().GenerateKey(rand.Reader)
	}
	return nil, fmt.Errorf("vault: keys of kind %q are not made; take one of %v", string(a), Algorithms())
}

// algorithmOf names a public key.
func algorithmOf(pub crypto.PublicKey, name string) Algorithm {
	if k, ok := pub.(*rsa.PublicKey); ok {
		return Algorithm(fmt.Sprintf("RSA-%d", k.N.BitLen()))
	}
	return Algorithm(name)
}
