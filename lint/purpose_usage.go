package lint

import (
	"strings"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// purposeUsageRules are about purposes and uses together: a certificate is for what both extensions allow (RFC 5280 §4.2.1.12).
func purposeUsageRules() []Rule {
	when := func(s *subject) bool { return s.role == Leaf && s.HasKeyUsage && len(s.ExtKeyUsage) > 0 }
	return []Rule{
		{Name: "eku.serves", Section: "RFC 5280 §4.2.1.12", Severity: Error, Title: "some purpose has a bit of keyUsage that serves it", Advice: "set the bit: as it is, the certificate is for nothing", when: when,
			Same: []string{"e_key_usage_and_extended_key_usage_inconsistent"}, check: func(s *subject) string {
				idle := s.unserved()
				return unless(len(idle) < len(s.ExtKeyUsage), strings.Join(idle, ", ")+" with "+s.KeyUsage.String())
			}},
		{Name: "eku.each", Section: "RFC 5280 §4.2.1.12", Severity: Notice, Title: "every purpose has a bit of keyUsage that serves it", Advice: "set the bit, or leave the purpose out", when: when,
			check: func(s *subject) string {
				idle := s.unserved()
				return unless(len(idle) == 0, strings.Join(idle, ", ")+" with "+s.KeyUsage.String())
			}},
		{Name: "eku.idle", Section: "RFC 5280 §4.2.1.12", Severity: Warning, Title: "every bit of keyUsage serves one of the purposes", Advice: "clear the bit, or add the purpose", when: when,
			Same: []string{"e_key_usage_and_extended_key_usage_inconsistent", "e_ocsp_cert_invalid_ku"}, check: func(s *subject) string {
				var bits pki.KeyUsage
				for _, p := range s.ExtKeyUsage {
					bits |= usageFor(p)
				}
				return unless(s.KeyUsage&^bits == 0, "for none of the purposes: "+(s.KeyUsage&^bits).String())
			}},
	}
}

// unserved names the purposes for which keyUsage has no bit.
func (s *subject) unserved() (out []string) {
	for _, p := range s.ExtKeyUsage {
		if s.KeyUsage&usageFor(p) == 0 {
			out = append(out, pki.UsageName(p))
		}
	}
	return out
}

// usageFor returns the bits that RFC 5280 §4.2.1.12 calls consistent with a purpose; all for purposes that it does not know.
func usageFor(purpose der.OID) pki.KeyUsage {
	const sign = pki.DigitalSignature
	switch purpose {
	case alg.OIDUsageServerAuth:
		return sign | pki.KeyEncipherment | pki.KeyAgreement
	case alg.OIDUsageClientAuth:
		return sign | pki.KeyAgreement
	case alg.OIDUsageCodeSigning:
		return sign
	case alg.OIDUsageEmailProtection: // RFC 8550 §4.4.2; the narrowings of keyAgreement and dataEncipherment are the S/MIME BR's
		return sign | pki.NonRepudiation | pki.KeyEncipherment | pki.KeyAgreement | pki.DataEncipherment | pki.EncipherOnly | pki.DecipherOnly
	case alg.OIDUsageTimeStamping, alg.OIDUsageOCSPSigning:
		return sign | pki.NonRepudiation
	}
	return ^pki.KeyUsage(0)
}
