package alg

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
)

func (v *Verifier) withPSS(p *PSSParams) error {
	v.hash, v.name, v.status = p.Hash, "RSA-PSS with "+p.Hash.Name, p.Hash.Status
	k, ok := v.pub.(*rsa.PublicKey)
	if !ok || p.MGFHash != p.Hash || p.Hash.Std == 0 {
		return v.misfit()
	}
	v.check = func(digest, s []byte) bool {
		return rsa.VerifyPSS(k, p.Hash.Std, digest, s, &rsa.PSSOptions{SaltLength: p.Salt}) == nil
	}
	return nil
}

func (v *Verifier) withDSA() error { return v.misfit() }

func verifyPKCS1(k *rsa.PublicKey, h *Hash, digest, s []byte) bool {
	return rsa.VerifyPKCS1v15(k, h.Std, digest, s) == nil
}

// SignOptions says how to sign. The zero value takes what fits the key.
type SignOptions struct {
	Hash *Hash // nil takes what fits the key
	PSS  bool  // RSASSA-PSS instead of PKCS #1 v1.5, for RSA keys
}

// SignScheme is how a key signs.
type SignScheme struct {
	Identifier Identifier // signatureAlgorithm
	Digest     *Hash      // digestAlgorithm of a CMS signer
	Pure       bool       // messages are signed as they are, not their digests (EdDSA)

	opts crypto.SignerOpts
}

// SignatureFor returns how a key signs.
func SignatureFor(pub crypto.PublicKey, o SignOptions) (*SignScheme, error) {
	h := o.Hash
	switch k := pub.(type) {
	case *rsa.PublicKey:
		if h == nil {
			h = SHA256
		}
		if o.PSS {
			return nil, fmt.Errorf("PSS: not yet")
		}
		oid, _ := signatureOID(familyRSA, h)
		return &SignScheme{Identifier: table[oid].Identifier(), Digest: h, opts: h.Std}, nil
	case *ecdsa.PublicKey:
		if h == nil {
			h = map[int]*Hash{256: SHA256, 384: SHA384, 521: SHA512}[k.Curve.Params().BitSize]
		}
		oid, _ := signatureOID(familyECDSA, h)
		return &SignScheme{Identifier: table[oid].Identifier(), Digest: h, opts: h.Std}, nil
	case ed25519.PublicKey:
		return &SignScheme{Identifier: table[OIDEd25519].Identifier(), Digest: SHA512, Pure: true, opts: crypto.Hash(0)}, nil
	}
	return nil, fmt.Errorf("a key of type %s cannot sign", KeyName(pub))
}

// SignMessage signs a message.
func (s *SignScheme) SignMessage(key crypto.Signer, message []byte) ([]byte, error) {
	if s.Pure {
		return key.Sign(rand.Reader, message, s.opts)
	}
	return s.SignDigest(key, s.Digest.Sum(message))
}

// SignDigest signs a message with this digest; it is an error for Pure schemes.
func (s *SignScheme) SignDigest(key crypto.Signer, digest []byte) ([]byte, error) {
	if s.Pure {
		return nil, fmt.Errorf("%v signs messages, not digests", s.Identifier)
	}
	return key.Sign(rand.Reader, digest, s.opts)
}
