package cms

import (
	"bytes"
	"errors"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// ErrNotHashed says that the content must be hashed before a signer can be checked: see Signed.NeedsContent.
var ErrNotHashed = errors.New("the content has not been hashed with the signer's digest")

// Check holds the facts about one signature, each apart from the others.
type Check struct {
	Certificate *pki.Certificate // whose key was used; nil when none matches
	Digest      *alg.Hash        // of the content; nil when unknown
	Algorithm   string           // "RSA-PSS with SHA-256"
	Status      alg.Status       // the worse of the algorithm's and the digest's

	DigestOK    bool // the content has the digest that was signed
	SignatureOK bool // the key of Certificate made the signature over what it covers

	Findings []finding.Finding
}

// OK reports whether both facts hold and no finding forbids trust in them.
func (k *Check) OK() bool {
	for _, f := range k.Findings {
		if f.Severity == finding.Bad {
			return false
		}
	}
	return k.DigestOK && k.SignatureOK
}

func (k *Check) note(c finding.Code) { k.Findings = append(k.Findings, finding.New(c)) }

func (k *Check) because(c finding.Code, format string, args ...any) {
	k.Findings = append(k.Findings, finding.New(c).Because(format, args...))
}

// checkInput is what a signature is checked against beside the certificate.
type checkInput struct {
	digest      []byte   // of the content, by the signer's digest algorithm
	digests     *Digests // nil when only digest is known
	contentType der.OID
	counter     bool // it is a countersignature
	allow       alg.Allow
}

// Check checks the signer against one certificate (RFC 5652 §5.4, §5.6). digest is that of the content
// by the signer's digest algorithm and contentType the eContentType. A pure signature algorithm
// without signed attributes needs the content itself, and attributes passed off as content are
// told from their bytes: where the message is at hand use Signed.Check.
func (g *Signer) Check(c *pki.Certificate, digest []byte, contentType der.OID, allow alg.Allow) Check {
	return g.check(c, checkInput{digest: digest, contentType: contentType, allow: allow})
}

// checkAny tries every certificate that the signer names (STANDARDS item 17: several may have one
// key identifier) and returns the check of the one that verifies, or else the first one's.
func (g *Signer) checkAny(in checkInput, lists ...[]*pki.Certificate) (Check, error) {
	var best Check
	for _, list := range lists {
		for _, c := range list {
			if !g.Matches(c) || best.Certificate.Equal(c) {
				continue
			}
			if err := g.object.b.Take(limit.PublicKey, 1); err != nil {
				return Check{}, err
			}
			k := g.check(c, in)
			if best.Certificate == nil || k.OK() || k.SignatureOK && !best.SignatureOK {
				best = k
			}
			if k.OK() {
				return k, nil
			}
		}
	}
	if best.Certificate == nil {
		best = g.check(nil, in)
	}
	return best, nil
}

// check states every fact. Without a certificate it says what can be said without one.
func (g *Signer) check(c *pki.Certificate, in checkInput) Check {
	k := Check{Certificate: c, Algorithm: g.Algorithm.String()}
	h, err := alg.HashOf(g.Digest)
	if err != nil {
		k.because(finding.SignatureUnsupported, "digest: %v", err)
	}
	k.Digest = h
	if g.Attributes == nil {
		g.checkBare(&k, in)
	} else {
		g.checkAttributes(&k, in)
	}
	g.checkPlaces(&k)
	if c == nil || h == nil {
		return k
	}
	if v := g.verifier(&k, h, in.allow); v != nil {
		g.checkSignature(&k, v, in)
	}
	g.checkCertificate(&k)
	return k
}

// verifier returns what checks the signature by the certificate's key, or states why there is nothing.
func (g *Signer) verifier(k *Check, h *alg.Hash, allow alg.Allow) *alg.Verifier {
	if k.Certificate.PublicKey == nil {
		k.because(finding.SignatureKey, "%v", k.Certificate.KeyError)
		return nil
	}
	v, err := alg.NewVerifier(g.Algorithm, h, k.Certificate.PublicKey, allow)
	if err == nil {
		k.Algorithm, k.Status = v.Name(), max(v.Status(), h.Status)
		err = allow.Check(h.Entry)
	}
	var old *alg.NotAllowedError
	var unsupported *alg.UnsupportedError
	var params *alg.ParamsError
	switch {
	case errors.As(err, &old):
		k.because(finding.SignatureRefused, "%v", err)
	case errors.As(err, &unsupported), errors.As(err, &params):
		k.because(finding.SignatureUnsupported, "%v", err)
	case err != nil:
		k.because(finding.SignatureKey, "%v", err)
	case k.Status != alg.Current:
		k.because(finding.SignatureWeak, "%s", k.Algorithm)
	}
	if err != nil {
		return nil
	}
	return v
}

// checkSignature verifies the signature over the signed attributes, or over the content.
func (g *Signer) checkSignature(k *Check, v *alg.Verifier, in checkInput) {
	// RFC 8933 §3: one digest for the content and for the attributes.
	if v.Hash() != nil && v.Hash() != k.Digest {
		k.because(finding.SignatureTwoDigests, "%s for the content, %s for the signature", k.Digest.Name, v.Hash().Name)
	}
	switch {
	case g.Attributes == nil:
		if !g.verifyContent(k, v, in) {
			return // the reason was stated
		}
	case v.VerifyMessage(g.Attributes.Raw, g.Signature) == nil:
		k.SignatureOK = true
		if g.Attributes.unsorted {
			k.note(finding.SignatureNotDER)
		}
	default:
		k.SignatureOK = g.verifyNormal(k, v)
	}
	if !k.SignatureOK {
		k.note(finding.SignatureWrong)
	}
}

// verifyNormal verifies over the attributes in definite lengths, for signers that sent them in another
// form than the one they signed. The order stays as it was received.
func (g *Signer) verifyNormal(k *Check, v *alg.Verifier) bool {
	normal, err := der.Normalize(g.Attributes.Raw, limit.New(limit.Limits{}))
	if err != nil || bytes.Equal(normal, g.Attributes.Raw) || v.VerifyMessage(normal, g.Signature) != nil {
		return false
	}
	k.note(finding.SignatureNotDER)
	return true
}

// verifyContent verifies a signature that has no signed attributes. It states why where it cannot tell.
func (g *Signer) verifyContent(k *Check, v *alg.Verifier, in checkInput) (told bool) {
	switch {
	case v.Hash() != nil && v.Hash() != k.Digest:
		return false
	case v.Hash() != nil:
		k.SignatureOK = v.VerifyDigest(in.digest, g.Signature) == nil
	default:
		// RFC 8419 §3.2: without signed attributes EdDSA takes the content itself.
		whole, ok := in.whole()
		if !ok {
			k.note(finding.SignatureTooLong)
			return false
		}
		k.SignatureOK = v.VerifyMessage(whole, g.Signature) == nil
	}
	k.DigestOK = k.SignatureOK
	return true
}

// whole returns the content in one piece, if it is at hand.
func (in *checkInput) whole() ([]byte, bool) {
	if in.digests == nil {
		return nil, false
	}
	return in.digests.content()
}
