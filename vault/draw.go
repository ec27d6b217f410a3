package vault

import (
	"crypto"
	"fmt"
)

// Drawn is a private key that was made ahead, for one Generate. Like everything here it shows nothing of itself.
type Drawn struct {
	algorithm Algorithm
	private   func() crypto.PrivateKey
}

// Draw makes a key ahead of the transaction that stores it: RSA keys take up to seconds, for which others could not write.
//
//	drawn, err := vault.Draw(vault.RSA4096)
//	err = d.Write(ctx, func(tx *db.Tx) error { key, err = v.Generate(tx, vault.Spec{Drawn: drawn, ...}); return err })
//
// A key that no transaction stores is forgotten.
func Draw(a Algorithm) (*Drawn, error) {
	if a == "" {
		a = P256
	}
	key, err := generate(a)
	if err != nil {
		return nil, err
	}
	return &Drawn{a, func() crypto.PrivateKey { return key }}, nil
}

// String names the kind of key.
func (d *Drawn) String() string { return fmt.Sprintf("a new key of kind %s", d.algorithm) }

// GoString is String, for %#v.
func (d *Drawn) GoString() string { return d.String() }

// draw returns the key that was drawn ahead, or draws one.
func (s Spec) draw() (crypto.PrivateKey, error) {
	if s.Drawn == nil {
		return generate(s.Algorithm)
	}
	if s.Algorithm != "" && s.Algorithm != s.Drawn.algorithm {
		return nil, fmt.Errorf("vault: %v was drawn, and one of kind %s is wanted", s.Drawn, s.Algorithm)
	}
	return s.Drawn.private(), nil
}
