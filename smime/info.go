package smime

import (
	"fmt"
	"strings"

	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// certificateInfo puts a certificate in words.
func certificateInfo(c *pki.Certificate) *CertificateInfo {
	if c == nil {
		return nil
	}
	i := &CertificateInfo{Subject: c.Subject.String(), Issuer: c.Issuer.String(), NotBefore: c.NotBefore, NotAfter: c.NotAfter,
		Key: c.KeyInfo.Name, Fingerprint: fmt.Sprintf("%x", c.Fingerprint())}
	if c.Serial != nil {
		i.Serial = c.Serial.Text(16)
	}
	for _, e := range c.Emails() {
		if !claims(i.Addresses, e.Address) {
			i.Addresses = append(i.Addresses, e.Address)
		}
	}
	return i
}

// chainInfo puts a chain.Result in words. leaf is the first certificate, which was put in words before.
func chainInfo(r *chain.Result, leaf *CertificateInfo) *ChainInfo {
	i := &ChainInfo{OK: r.OK, Findings: r.Findings}
	if len(r.Path) > 0 {
		i.Path = append(make([]CertificateInfo, 0, len(r.Path)), *leaf)
		for _, c := range r.Path[1:] {
			i.Path = append(i.Path, *certificateInfo(c))
		}
	}
	if r.Anchor != nil {
		i.Anchor = r.Anchor.Name
		if r.Level != (pki.ValidationLevel{}) {
			i.Level = r.Level.Words(r.Anchor.Name)
		}
	}
	i.Revocation = revocationWords(r.Revocation)
	return i
}

// revocationWords says what was known about the revocation of the signer and of the authorities above it.
func revocationWords(list []chain.Status) string {
	if len(list) == 0 {
		return ""
	}
	parts := []string{"the signer's certificate is " + statusWords(list[0])}
	var rest []string
	for _, s := range list[1:] {
		if w := statusWords(s); len(rest) == 0 || rest[len(rest)-1] != w {
			rest = append(rest, w)
		}
	}
	if len(rest) > 0 {
		parts = append(parts, "those above it are "+strings.Join(rest, " or "))
	}
	return "revocation: " + strings.Join(parts, "; ")
}

func statusWords(s chain.Status) string {
	switch s.State {
	case chain.Good:
		w := fmt.Sprintf("good by %s of %s", s.Source, s.ThisUpdate.UTC().Format("2006-01-02"))
		if s.Later {
			w += fmt.Sprintf(", and was revoked later, on %s", s.Revoked.UTC().Format("2006-01-02"))
		}
		return w
	case chain.Revoked:
		return fmt.Sprintf("revoked since %s by %s", s.Revoked.UTC().Format("2006-01-02"), s.Source)
	case chain.NotChecked:
		return "not checked"
	}
	return "not known to be good"
}
