package chain

import (
	"crypto/dsa"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"strings"

	"github.com/cloudflare/circl/sign/ed448"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/pki"
)

// breach is a rule that a certificate breaks.
type breach struct {
	section string
	finding finding.Finding
}

// breaches lists what forbids a purpose to a leaf.
func breaches(p Purpose, c *pki.Certificate) (list []breach) {
	note := func(section string, f finding.Finding) { list = append(list, breach{section, f}) }
	switch p {
	case SMIMESign, SMIMEEncrypt:
		if c.ExtKeyUsage != nil && !c.HasUsage(alg.OIDUsageEmailProtection) && !c.HasUsage(alg.OIDUsageAny) {
			note("RFC 8550 §4.4.4", purposeFinding(c))
		}
		if c.Basic.CA && !c.SelfIssued() {
			// S/MIME BR §7.1.2.3 (d), and RFC 8550 §4.4.1: who certifies people does not write to them with the same key.
			note("S/MIME BR §7.1.2.3 (d)", finding.New(finding.PathPurpose).Because("it is an authority's"))
		}
	case TimeStamping:
		e, _ := c.Extension(alg.OIDExtExtKeyUsage)
		// RFC 3161 §2.3: the extension is critical and names this purpose alone.
		if !c.HasUsage(alg.OIDUsageTimeStamping) || len(c.ExtKeyUsage) != 1 {
			note("RFC 3161 §2.3", purposeFinding(c))
		} else if !e.Critical {
			note("RFC 3161 §2.3", finding.New(finding.PathPurpose).Because("extendedKeyUsage is not critical"))
		}
	case OCSPSigning:
		// RFC 6960 §4.2.2.2: the purpose itself; any purpose is not enough.
		if !c.HasUsage(alg.OIDUsageOCSPSigning) {
			note("RFC 6960 §4.2.2.2", purposeFinding(c))
		}
	case CA:
		if c.Version < 3 || !c.Basic.CA {
			note("RFC 5280 §6.1.4 (k)", finding.New(finding.PathNotCA).Because("%s", notCA(c)))
		}
	}
	if want := p.keyUsage(c); want != 0 && !c.Allows(want) {
		note(p.keyUsageRule(), finding.New(finding.PathKeyUsage).Because("%s is missing, it has %s", alternatives(want), usages(c.KeyUsage)))
	}
	if !p.fits(c) {
		note("RFC 8550 §4.2", finding.New(finding.PathKeyUsage).Because("a key of type %s cannot do this", c.KeyInfo.Name))
	}
	return list
}

func purposeFinding(c *pki.Certificate) finding.Finding {
	return finding.New(finding.PathPurpose).Because("it is made for %s", purposes(c))
}

func alternatives(u pki.KeyUsage) string { return strings.ReplaceAll(u.String(), ", ", " or ") }

func usages(u pki.KeyUsage) string {
	if u == 0 {
		return "none"
	}
	return u.String()
}

// keyUsage returns the uses of which a purpose wants one; 0 for none.
func (p Purpose) keyUsage(c *pki.Certificate) pki.KeyUsage {
	switch p {
	case SMIMESign, TimeStamping, OCSPSigning:
		// RFC 8550 §4.4.2: digitalSignature or nonRepudiation (STANDARDS item 19).
		return pki.DigitalSignature | pki.NonRepudiation
	case CRLSigning:
		return pki.CRLSign
	case CA:
		return pki.KeyCertSign
	case SMIMEEncrypt:
		switch c.PublicKey.(type) {
		case *ecdsa.PublicKey, *ecdh.PublicKey, alg.X448PublicKey:
			return pki.KeyAgreement
		}
		return pki.KeyEncipherment // RSA, and ML-KEM (RFC 9935 §5)
	}
	return 0
}

func (p Purpose) keyUsageRule() string {
	switch p {
	case CRLSigning:
		return "RFC 5280 §6.3.3 (f)"
	case CA:
		return "RFC 5280 §6.1.4 (n)"
	case OCSPSigning, TimeStamping:
		return "RFC 5280 §4.2.1.3"
	}
	return "RFC 8550 §4.4.2"
}

// fits tells whether a key can do what a purpose wants at all. Of unknown keys nothing is known.
func (p Purpose) fits(c *pki.Certificate) bool {
	switch c.PublicKey.(type) {
	case *ecdh.PublicKey, alg.X448PublicKey, *alg.OAEPPublicKey:
		return p == SMIMEEncrypt || p == Any
	case ed25519.PublicKey, ed448.PublicKey, *dsa.PublicKey, *alg.PSSPublicKey:
		return p != SMIMEEncrypt
	case *rsa.PublicKey, *ecdsa.PublicKey:
		return true
	}
	return true
}

// nesting applies the purposes of an authority to what stands below it. RFC 5280 §4.2.1.12 gives the extension no meaning there, and everybody
// does: S/MIME BR §7.1.2.2 (g) builds on it. It is strict for mail and timestamps. Whoever signs
// evidence for an authority is exempt, because the authority has to have somebody who does.
func nesting(p Purpose, c *pki.Certificate) (breach, bool) {
	var want der.OID
	switch p {
	case SMIMESign, SMIMEEncrypt:
		want = alg.OIDUsageEmailProtection
	case TimeStamping:
		want = alg.OIDUsageTimeStamping
	default:
		return breach{}, true
	}
	if c.ExtKeyUsage == nil || c.HasUsage(want) || c.HasUsage(alg.OIDUsageAny) {
		return breach{}, true
	}
	return breach{"RFC 5280 §4.2.1.12; S/MIME BR §7.1.2.2 (g)", finding.New(finding.PathPurpose).Because("the authority is limited to %s", purposes(c))}, false
}

// purposes lists the purposes of a certificate for people.
func purposes(c *pki.Certificate) string {
	if len(c.ExtKeyUsage) == 0 {
		return "nothing in particular"
	}
	names := make([]string, len(c.ExtKeyUsage))
	for i, u := range c.ExtKeyUsage {
		names[i] = pki.UsageName(u)
	}
	return strings.Join(names, ", ")
}
