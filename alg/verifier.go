package alg

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"errors"
	"fmt"

	"github.com/cloudflare/circl/sign/ed448"

	"github.com/waxwing-mail/waxwing/der"
)

// ErrSignature says that a signature does not fit the message and the key.
var ErrSignature = errors.New("signature does not verify")

// Verifier checks signatures of one algorithm by one key.
type Verifier struct {
	name   string
	status Status
	hash   *Hash
	pub    crypto.PublicKey
	check  func(signed, sig []byte) bool // signed is a digest, or the message where hash is nil
}

// NewVerifier returns what checks signatures under the identifier sig by the key pub.
//
// digest is the digestAlgorithm of a CMS signer. It is used where sig names no digest, as
// rsaEncryption does, or id-ecPublicKey, which old CNG and NSS wrote (RFC 5754 §3.2); nil otherwise,
// as for certificates. Where sig names its own digest the two may differ, which RFC 8933 §3 forbids: the
// caller compares Hash with its digestAlgorithm.
//
// Errors are *NotAllowedError, *UnsupportedError, *ParamsError, or say that algorithm and key do not fit.
func NewVerifier(sig Identifier, digest *Hash, pub crypto.PublicKey, allow Allow) (*Verifier, error) {
	v := &Verifier{pub: pub}
	if err := v.resolve(sig, digest); err != nil {
		return nil, err
	}
	if err := allow.Check(Entry{OID: sig.OID, Name: v.name, Status: v.status}); err != nil {
		return nil, err
	}
	return v, nil
}

// Hash returns the digest that VerifyDigest wants; nil when the algorithm signs messages as they are (EdDSA).
func (v *Verifier) Hash() *Hash { return v.hash }

// Name returns the algorithm in words: "RSA-PSS with SHA-256".
func (v *Verifier) Name() string { return v.name }

// Status returns the worse of the signature's and the digest's status.
func (v *Verifier) Status() Status { return v.status }

// VerifyDigest checks a signature over a message with this digest.
// It is ErrSignature where the algorithm signs messages as they are.
func (v *Verifier) VerifyDigest(digest, sig []byte) error {
	if v.hash == nil || len(digest) != v.hash.Size || !v.check(digest, sig) {
		return ErrSignature
	}
	return nil
}

// VerifyMessage checks a signature over a message.
func (v *Verifier) VerifyMessage(message, sig []byte) error {
	signed := message
	if v.hash != nil {
		signed = v.hash.Sum(message)
	}
	if !v.check(signed, sig) {
		return ErrSignature
	}
	return nil
}

// resolve finds name, status, digest and check of a signature algorithm.
func (v *Verifier) resolve(sig Identifier, digest *Hash) error {
	switch sig.OID {
	case OIDEd25519, OIDEd448:
		return v.resolveEdwards(sig)
	case OIDRSASSAPSS:
		return v.resolvePSS(sig)
	case OIDRSAPSSSHAKE128, OIDRSAPSSSHAKE256:
		return v.resolveShake(sig)
	case OIDRSA, OIDECPublicKey, OIDDSA:
		return v.resolveByDigest(sig, digest)
	case OIDECDSASpecified:
		return v.resolveSpecified(sig)
	}
	e, err := find(sig.OID, KindSignature)
	if err != nil {
		return err
	}
	h := hashes[signatureHashes[sig.OID]]
	if h == nil || e.Status == Later || e.Status == Refused {
		return &UnsupportedError{Algorithm: e.Name, Status: e.Status, Use: string(KindSignature)}
	}
	// QUIRK: DSA and ECDSA identifiers are met with the key's parameters in them; they add nothing.
	if family(sig.OID) == familyRSA && !sig.noParams() {
		return &ParamsError{Algorithm: e.Name, Reason: "there should be none"}
	}
	return v.withFamily(family(sig.OID), h)
}

// resolveEdwards takes id-Ed25519 and id-Ed448 (RFC 8419 §2.4).
func (v *Verifier) resolveEdwards(sig Identifier) error {
	e := table[sig.OID]
	v.name, v.status = e.Name, e.Status
	if err := e.checkParams(sig); err != nil {
		return err
	}
	switch k := v.pub.(type) {
	case ed25519.PublicKey:
		if sig.OID == OIDEd25519 && len(k) == ed25519.PublicKeySize {
			v.check = func(message, s []byte) bool { return ed25519.Verify(k, message, s) }
			return nil
		}
	case ed448.PublicKey:
		if sig.OID == OIDEd448 {
			v.check = func(message, s []byte) bool { return ed448.Verify(k, message, s, "") }
			return nil
		}
	}
	return v.misfit()
}

// resolvePSS takes id-RSASSA-PSS. RFC 4056 §2.2: the parameters must be present.
func (v *Verifier) resolvePSS(sig Identifier) error {
	if sig.noParams() {
		return &ParamsError{Algorithm: "RSA-PSS", Reason: "missing"}
	}
	p, err := parsePSSParams(sig.Params)
	if err != nil {
		return err
	}
	if p.Hash.Std == 0 || p.MGFHash.Std == 0 { // RFC 8702 §3.2.1: SHAKE has identifiers of its own
		return &UnsupportedError{Algorithm: "RSA-PSS with parameters that name SHAKE", Use: string(KindSignature)}
	}
	return v.withPSS(p)
}

// resolveShake takes the identifiers that stand for all parameters of RSASSA-PSS (RFC 8702 §3.2.1).
func (v *Verifier) resolveShake(sig Identifier) error {
	if err := table[sig.OID].checkParams(sig); err != nil {
		return err
	}
	return v.withPSS(shakeParams(sig.OID))
}

// resolveByDigest takes identifiers that name only the kind of key: the digest is the signer's
// digestAlgorithm. RFC 5754 §3.2: both rsaEncryption and sha*WithRSAEncryption are to be accepted.
func (v *Verifier) resolveByDigest(sig Identifier, digest *Hash) error {
	if digest == nil {
		return &UnsupportedError{Algorithm: Name(sig.OID) + " without a digest", Use: string(KindSignature)}
	}
	if family(sig.OID) == familyRSA && !sig.noParams() {
		return &ParamsError{Algorithm: Name(sig.OID), Reason: "there should be none"}
	}
	return v.withFamily(family(sig.OID), digest)
}

// resolveSpecified takes ecdsa-with-Specified, whose parameters name the digest.
func (v *Verifier) resolveSpecified(sig Identifier) error {
	c := der.NewCursor(sig.Params)
	id := ParseIdentifier(c)
	if c.Done() != nil {
		return &ParamsError{Algorithm: Name(sig.OID), Reason: "malformed"}
	}
	h, err := HashOf(id)
	if err != nil {
		return err
	}
	return v.withFamily(familyECDSA, h)
}

// withFamily sets the check of a kind of key over a digest.
func (v *Verifier) withFamily(f familyName, h *Hash) error {
	v.hash = h
	v.name, v.status = string(f)+" with "+h.Name, h.Status
	switch f {
	case familyRSA:
		return v.withPKCS1(h)
	case familyECDSA:
		if k, ok := v.pub.(*ecdsa.PublicKey); ok && k.Curve != nil && k.X != nil && k.Y != nil {
			v.check = func(digest, s []byte) bool { return ecdsa.VerifyASN1(k, digest, s) }
			return nil
		}
	case familyDSA:
		v.status = Legacy
		return v.withDSA()
	}
	return v.misfit()
}

// withPKCS1 sets the check of RSASSA-PKCS1-v1_5. There is none with SHAKE (RFC 8702 §3.2).
func (v *Verifier) withPKCS1(h *Hash) error {
	if _, reserved := v.pub.(*PSSPublicKey); reserved { // RFC 4055 §1.2: with no other scheme
		return v.misfit()
	}
	k, err := v.rsaKey()
	if err != nil {
		return err
	}
	if h.Std == 0 {
		return &UnsupportedError{Algorithm: v.name, Use: string(KindSignature)}
	}
	v.check = func(digest, s []byte) bool { return verifyPKCS1(k, h, digest, s) }
	return nil
}

// misfit says that the key is of another kind than the signature, or of a kind that is not implemented.
func (v *Verifier) misfit() error {
	if k, ok := v.pub.(*UnknownPublicKey); ok {
		return &UnsupportedError{Algorithm: "a key of type " + KeyName(k), Status: table[k.Algorithm.OID].Status, Use: string(KindSignature)}
	}
	return fmt.Errorf("a signature with %s does not fit a key of type %s", v.name, KeyName(v.pub))
}
