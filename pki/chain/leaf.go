package chain

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"slices"
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// checkLeaf applies what the purpose asks of the certificate itself (RFC 8550 §4.4.2, §4.4.4).
func (j *judging) checkLeaf() {
	c := j.r.Path[0]
	j.checkAnchorLength()
	if want, name := j.Purpose.keyUsage(c); want != 0 && !c.Allows(want) {
		j.fail(0, finding.New(finding.PathKeyUsage).Because("%s is missing, it has %v", name, c.KeyUsage), "RFC 8550 §4.4.2")
	}
	switch j.Purpose {
	case SMIMESign, SMIMEEncrypt:
		if c.ExtKeyUsage != nil && !c.HasUsage(alg.OIDUsageEmailProtection) && !c.HasUsage(alg.OIDUsageAny) {
			j.fail(0, finding.New(finding.PathPurpose).Because("it is limited to %s", purposes(c)), "RFC 8550 §4.4.4")
		}
		if c.Basic.CA && len(j.path) > 0 {
			j.fail(0, finding.New(finding.PathPurpose).Because("it is an authority's"), "S/MIME BR §7.1.2.3 d")
		}
	case TimeStamping:
		e, ok := c.Extension(alg.OIDExtExtKeyUsage)
		// RFC 3161 §2.3: the extension is critical and names this purpose alone.
		if !ok || !e.Critical || len(c.ExtKeyUsage) != 1 || !c.HasUsage(alg.OIDUsageTimeStamping) {
			j.fail(0, finding.New(finding.PathPurpose).Because("it is limited to %s", purposes(c)), "RFC 3161 §2.3")
		}
	case OCSPSigning:
		if !c.HasUsage(alg.OIDUsageOCSPSigning) {
			j.fail(0, finding.New(finding.PathPurpose).Because("it is limited to %s", purposes(c)), "RFC 6960 §4.2.2.2")
		}
	case CA:
		if !c.Basic.CA || c.Version < 3 {
			j.fail(0, finding.New(finding.PathNotCA), "RFC 5280 §6.1.4 (k)")
		}
	}
}

// keyUsage returns the uses of which a purpose asks for one.
func (p Purpose) keyUsage(c *pki.Certificate) (pki.KeyUsage, string) {
	switch p {
	case SMIMESign, TimeStamping:
		return pki.DigitalSignature | pki.NonRepudiation, "digitalSignature"
	case OCSPSigning:
		return pki.DigitalSignature | pki.NonRepudiation, "digitalSignature"
	case CRLSigning:
		return pki.CRLSign, "cRLSign"
	case CA:
		return pki.KeyCertSign, "keyCertSign"
	case SMIMEEncrypt:
		switch c.PublicKey.(type) {
		case *ecdsa.PublicKey, *ecdh.PublicKey, alg.X448PublicKey:
			return pki.KeyAgreement, "keyAgreement"
		}
		return pki.KeyEncipherment, "keyEncipherment"
	}
	return 0, ""
}

// servesPurpose tells whether an anchor is trusted for a purpose. Evidence may be signed below every anchor.
func (a *Anchor) servesPurpose(p Purpose) bool {
	return a.Purposes == nil || p == OCSPSigning || p == CRLSigning || slices.Contains(a.Purposes, p)
}

// servesDomains tells whether an anchor may speak for every address of a certificate, and which it may not.
func (a *Anchor) servesDomains(c *pki.Certificate) (string, bool) {
	if a.Domains == nil {
		return "", true
	}
	for _, e := range c.Emails() {
		_, domain, ok := cutAddress(e.Address)
		if !ok || !slices.ContainsFunc(a.Domains, func(d string) bool { return inDomain(asciiHost(domain), strings.ToLower(d)) }) {
			return e.Address, false
		}
	}
	return "", true
}
