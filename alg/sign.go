package alg

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"fmt"

	"github.com/cloudflare/circl/sign/ed448"

	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/brainpool"
)

// SignOptions says how to sign. The zero value takes what fits the key.
type SignOptions struct {
	Hash *Hash // nil: SHA-384 for 384-bit curves, SHA-512 for longer ones, SHA-256 for all other keys
	PSS  bool  // RSASSA-PSS instead of PKCS #1 v1.5, for RSA keys; a key that is reserved for PSS needs no asking
}

// SignScheme is how a key signs.
type SignScheme struct {
	Identifier Identifier // signatureAlgorithm
	Digest     *Hash      // of the content; see DigestIdentifier
	Pure       bool       // messages are signed as they are, not their digests (EdDSA)

	opts crypto.SignerOpts
}

// SignatureFor returns how a key signs. Only what is Current is written.
func SignatureFor(pub crypto.PublicKey, o SignOptions) (*SignScheme, error) {
	if o.Hash != nil && o.Hash.Status != Current {
		return nil, Allow{}.Check(o.Hash.Entry)
	}
	switch k := pub.(type) {
	case *PSSPublicKey:
		return signPSS(k.PublicKey, k.Params, o.Hash)
	case *rsa.PublicKey:
		if o.PSS {
			return signPSS(k, nil, o.Hash)
		}
		if err := checkSigningRSA(k); err != nil {
			return nil, err
		}
		return signFamily(familyRSA, fitting(o.Hash, SHA256))
	case *ecdsa.PublicKey:
		return signFamily(familyECDSA, fitting(o.Hash, hashForCurve(k.Curve.Params().BitSize)))
	case ed25519.PublicKey:
		return signPure(OIDEd25519, SHA512, o.Hash)
	case ed448.PublicKey:
		return signPure(OIDEd448, SHAKE256, o.Hash)
	case *UnknownPublicKey:
		return nil, &UnsupportedError{Algorithm: "a key of type " + KeyName(k), Status: table[k.Algorithm.OID].Status, Use: string(KindSignature)}
	}
	return nil, fmt.Errorf("a key of type %s cannot sign", KeyName(pub))
}

// DigestIdentifier returns the digestAlgorithm of a CMS signer, which for Ed448 depends on whether
// there are signed attributes.
func (s *SignScheme) DigestIdentifier(attributes bool) Identifier {
	if s.Identifier.OID != OIDEd448 || !attributes {
		return s.Digest.Identifier() // RFC 8419 §3.2: id-shake256
	}
	// RFC 8419 §3.1: id-shake256-len, with the length in bits.
	var b der.Builder
	b.Int(512)
	return Identifier{OID: OIDSHAKE256Len, Params: mustBytes(&b)}
}

// SignMessage signs a message. The key may be any crypto.Signer, such as one on a token.
func (s *SignScheme) SignMessage(key crypto.Signer, message []byte) ([]byte, error) {
	if s.Pure {
		return s.sign(key, message)
	}
	return s.sign(key, s.Digest.Sum(message))
}

// SignDigest signs a message with this digest; it is an error for Pure schemes.
func (s *SignScheme) SignDigest(key crypto.Signer, digest []byte) ([]byte, error) {
	if s.Pure {
		return nil, fmt.Errorf("%v signs messages, not digests", s.Identifier)
	}
	if len(digest) != s.Digest.Size {
		return nil, fmt.Errorf("a digest of %d octets is not one with %s", len(digest), s.Digest.Name)
	}
	return s.sign(key, digest)
}

// sign has the key sign a digest, or a message when s is Pure.
func (s *SignScheme) sign(key crypto.Signer, signed []byte) ([]byte, error) {
	if k, ok := key.(*ecdsa.PrivateKey); ok && isBrainpool(k.Curve) {
		return brainpool.Sign(k, signed) // crypto/ecdsa would do it in a time that depends on the key
	}
	sig, err := key.Sign(rand.Reader, signed, s.opts)
	if err != nil {
		return nil, err
	}
	switch key.(type) {
	case *rsa.PrivateKey, *ecdsa.PrivateKey, ed25519.PrivateKey, ed448.PrivateKey:
		return sig, nil
	}
	// A token or a program of somebody else may sign with another key or digest than it was asked to, or return
	// an ECDSA signature in another form. Better no mail than one that nobody can verify.
	v, err := NewVerifier(s.Identifier, s.Digest, key.Public(), Allow{})
	if err != nil {
		return nil, err
	}
	if !v.check(signed, sig) {
		return nil, fmt.Errorf("the signer of the %s key returned a wrong signature with %s", KeyName(key.Public()), v.Name())
	}
	return sig, nil
}

// fitting returns the digest that was asked for, or else the usual one.
func fitting(asked, usual *Hash) *Hash {
	if asked != nil {
		return asked
	}
	return usual
}

// hashForCurve returns the digest whose strength is that of a curve (RFC 5753 §7).
func hashForCurve(bits int) *Hash {
	switch {
	case bits >= 512:
		return SHA512
	case bits >= 384:
		return SHA384
	}
	return SHA256
}

// signFamily returns the scheme of a kind of key with a digest.
func signFamily(f familyName, h *Hash) (*SignScheme, error) {
	oid, ok := signatureOID(f, h)
	if !ok {
		return nil, &UnsupportedError{Algorithm: string(f) + " with " + h.Name, Use: string(KindSignature)}
	}
	return &SignScheme{Identifier: table[oid].Identifier(), Digest: h, opts: h}, nil
}

// signPure returns the scheme of an EdDSA key, which comes with its digest (RFC 8419 §3.1).
func signPure(oid der.OID, own, asked *Hash) (*SignScheme, error) {
	if asked != nil && asked != own {
		return nil, &UnsupportedError{Algorithm: Name(oid) + " with " + asked.Name, Use: string(KindSignature)}
	}
	return &SignScheme{Identifier: Identifier{OID: oid}, Digest: own, Pure: true, opts: crypto.Hash(0)}, nil
}

// checkSigningRSA refuses RSA keys that are too short to be read again.
func checkSigningRSA(k *rsa.PublicKey) error {
	_, err := (&Verifier{name: "RSA", pub: k}).rsaKey()
	return err
}

// signPSS returns RSASSA-PSS with one digest for both uses and a salt as long as it (RFC 4055 §3.1), or
// what a key is reserved for.
func signPSS(k *rsa.PublicKey, reserved *PSSParams, asked *Hash) (*SignScheme, error) {
	if err := checkSigningRSA(k); err != nil {
		return nil, err
	}
	h := fitting(asked, SHA256)
	if reserved != nil {
		h = fitting(asked, reserved.Hash)
	}
	p := &PSSParams{Hash: h, MGFHash: h, Salt: h.Size}
	if reserved != nil {
		p.Salt = max(p.Salt, reserved.Salt)
		if err := reserved.admits(p); err != nil {
			return nil, err
		}
	}
	if h.Std == 0 || h.Status != Current { // crypto.Signer has no way to ask for SHAKE as a mask
		return nil, &UnsupportedError{Algorithm: "RSA-PSS with " + h.Name, Use: string(KindSignature)}
	}
	return &SignScheme{
		Identifier: p.identifier(), Digest: h,
		opts: &rsa.PSSOptions{SaltLength: p.Salt, Hash: h.Std},
	}, nil
}
