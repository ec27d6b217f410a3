package cms

import (
	"bytes"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
)

// checkAttributes applies the rules for signed attributes (RFC 5652 §5.3, §5.6, §11).
func (g *Signer) checkAttributes(k *Check, in checkInput) {
	a := g.Attributes
	k.Findings = append(k.Findings, a.faults...)
	_, hasType := a.Get(alg.OIDContentType)
	switch {
	case in.counter && hasType: // RFC 5652 §11.4
		k.because(finding.SignatureContentType, "a countersignature names none")
	case in.counter:
	case !hasType:
		k.because(finding.SignatureContentType, "it is missing")
	case a.ContentType != "" && a.ContentType != in.contentType:
		k.because(finding.SignatureContentType, "%v was signed, the content says %v", a.ContentType, in.contentType)
	}
	if _, ok := a.Get(alg.OIDMessageDigest); !ok {
		k.because(finding.SignatureMessageDigest, "it is missing")
	}
	k.DigestOK = in.digest != nil && a.MessageDigest != nil && bytes.Equal(a.MessageDigest, in.digest)
	if a.MessageDigest != nil && in.digest != nil && !k.DigestOK {
		k.because(finding.SignatureDigest, "%x was signed, %x arrived", clip(a.MessageDigest), clip(in.digest))
	}
	// RFC 6211 §2: where the attribute is present it must repeat what the signer says.
	if p := a.Protection; p != nil && (!p.Digest.SameAlgorithm(g.Digest) || !p.Signature.SameAlgorithm(g.Algorithm)) {
		k.because(finding.SignatureProtection, "%v and %v were signed, the message says %v and %v",
			p.Digest, p.Signature, g.Digest, g.Algorithm)
	}
}

// clip keeps a digest readable.
func clip(digest []byte) []byte { return digest[:min(len(digest), 64)] }

// checkBare applies the rules for a signature without signed attributes (STANDARDS item 11).
func (g *Signer) checkBare(k *Check, in checkInput) {
	if in.counter {
		return // RFC 5652 §11.4: the content type is not id-data and attributes are optional
	}
	k.note(finding.SignatureNoAttributes)
	if in.contentType != alg.OIDData {
		k.because(finding.SignatureNeedsAttributes, "content of type %v", in.contentType)
	}
	if in.digests != nil && looksLikeAttributes(in.digests.head) {
		k.note(finding.SignatureStripped)
	}
}

// looksLikeAttributes reports whether a content begins as a SET OF Attribute with a content-type and a
// message-digest does. A signature over a content without signed attributes and one over signed
// attributes cannot be told apart, so neither is accepted nor made over such a content
// (draft-ietf-lamps-cms-euf-cma-signeddata).
func looksLikeAttributes(head []byte) bool {
	set := der.NewCursor(openSet(head))
	var hasType, hasDigest bool
	for set.More() && !(hasType && hasDigest) {
		one := set.Sequence()
		t := one.OID()
		if next, ok := one.Peek(); !ok || next != der.Set {
			return false
		}
		hasType = hasType || t == alg.OIDContentType
		hasDigest = hasDigest || t == alg.OIDMessageDigest
	}
	return hasType && hasDigest
}

// openSet returns the contents of a SET as far as they are there, nothing for another element.
func openSet(head []byte) []byte {
	if len(head) < 2 || head[0] != 0x31 {
		return nil
	}
	skip := 2
	if head[1] > 0x80 {
		skip += int(head[1] & 0x7f)
	}
	return head[min(skip, len(head)):]
}

// checkPlaces notes attributes on the wrong side of the signature (RFC 5652 §11.1 to §11.4, RFC 6211 §2,
// RFC 5035 §5). They were not used.
func (g *Signer) checkPlaces(k *Check) {
	for _, a := range g.Unsigned {
		if _, known := attributeCode(a.Type); known {
			k.because(finding.SignatureMisplaced, "%s outside the signature", AttributeName(a.Type))
			if a.Type == alg.OIDContentType || a.Type == alg.OIDMessageDigest || a.Type == alg.OIDSigningTime {
				k.Findings[len(k.Findings)-1].Severity = finding.Bad // RFC 5652 §11.1 to §11.3: MUST NOT; OpenSSL refuses it too
			}
		}
	}
	if g.Attributes == nil {
		return
	}
	for _, t := range [...]der.OID{alg.OIDCountersignature, alg.OIDSignatureTimeStamp} {
		if _, ok := g.Attributes.Get(t); ok {
			k.because(finding.SignatureMisplaced, "%s under the signature", AttributeName(t))
		}
	}
}

// checkCertificate compares the certificate with the one that the signer confirmed (RFC 5035 §5: the
// first hash is that of the signer's certificate).
func (g *Signer) checkCertificate(k *Check) {
	a := g.Attributes
	if a == nil {
		return
	}
	for _, list := range [...][]CertificateHash{a.SigningCertificate, a.SigningCertificateV2} {
		if len(list) > 0 && !list[0].matches(k.Certificate) {
			k.because(finding.SignatureCertificate, "%v %x was signed", list[0].Hash, clip(list[0].Value))
		}
	}
}
