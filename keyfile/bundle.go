package keyfile

import (
	"bytes"
	"crypto"
	"crypto/ecdh"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/pki"
)

// Bundle is what one file holds, in its order.
type Bundle struct {
	Keys         []Key
	Certificates []*pki.Certificate
	Labels       map[*pki.Certificate]Label // of certificates that have one
	CRLs         [][]byte                   // DER
	Notes        []string                   // what else the file has, as "a block of type X": "the file also has ..."
}

// Key is a private key.
type Key struct {
	// Private is a *rsa.PrivateKey, *ecdsa.PrivateKey, ed25519.PrivateKey, *ecdh.PrivateKey (X25519),
	// ed448.PrivateKey of circl, *alg.X448PrivateKey, *DSAPrivateKey, or *UnknownPrivateKey.
	Private crypto.PrivateKey
	Label
}

// Label is what PKCS#12 says about a key or certificate (RFC 7292 §4.2, RFC 2985 §5.5).
type Label struct {
	Name       string // friendlyName; empty when there is none
	LocalKeyID []byte // the same for a key and its certificate; nil when there is none
}

// String names the key and shows nothing of it: a key in a log or in an error must not give itself away.
func (k Key) String() string {
	if u, ok := k.Private.(*UnknownPrivateKey); ok {
		return u.String()
	}
	return alg.KeyName(k.Public()) + " private key"
}

// GoString is String, for %#v.
func (k Key) GoString() string { return k.String() }

// Public returns the public half, or nil where it cannot be computed.
func (k Key) Public() crypto.PublicKey {
	switch p := k.Private.(type) {
	case *ecdh.PrivateKey:
		return p.PublicKey()
	case interface{ Public() crypto.PublicKey }:
		return p.Public()
	}
	return nil
}

// Signer returns the key as one that signs, if it can.
func (k Key) Signer() (crypto.Signer, bool) {
	s, ok := k.Private.(crypto.Signer)
	return s, ok
}

// Identity is a key with the certificates that are about it.
type Identity struct {
	Key         Key
	Certificate *pki.Certificate   // the first of Others; nil when the file has none
	Others      []*pki.Certificate // all with this public key: a renewal keeps the key and gets a new certificate
}

// Match pairs every key with its certificates. Equal public keys are what counts. A localKeyID is a claim
// that anybody can write, so it only orders certificates of the same key, and speaks alone
// where the public key is not known.
func (b *Bundle) Match() []Identity {
	ids := make([]Identity, len(b.Keys))
	for i, k := range b.Keys {
		ids[i] = Identity{Key: k}
		pub := k.Public()
		var rest []*pki.Certificate
		for _, c := range b.Certificates {
			named := len(k.LocalKeyID) > 0 && bytes.Equal(b.Labels[c].LocalKeyID, k.LocalKeyID)
			switch {
			case pub == nil && !named, pub != nil && !alg.SameKey(pub, c.PublicKey):
			case named:
				ids[i].Others = append(ids[i].Others, c)
			default:
				rest = append(rest, c)
			}
		}
		if ids[i].Others = append(ids[i].Others, rest...); len(ids[i].Others) > 0 {
			ids[i].Certificate = ids[i].Others[0]
		}
	}
	return ids
}

// label notes what the file says about a certificate.
func (b *Bundle) label(c *pki.Certificate, l Label) {
	if l.Name == "" && l.LocalKeyID == nil {
		return
	}
	if b.Labels == nil {
		b.Labels = make(map[*pki.Certificate]Label)
	}
	b.Labels[c] = l
}

// Add puts what another file holds behind what this one does.
func (b *Bundle) Add(o *Bundle) {
	b.Keys = append(b.Keys, o.Keys...)
	b.Certificates = append(b.Certificates, o.Certificates...)
	b.CRLs = append(b.CRLs, o.CRLs...)
	b.Notes = append(b.Notes, o.Notes...)
	for c, l := range o.Labels {
		b.label(c, l)
	}
}
