package lint

import (
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// purposeRules are about extKeyUsage (RFC 5280 §4.2.1.12) and what mail asks of a certificate (RFC 8550 §3 and §4.4).
func purposeRules() []Rule {
	return []Rule{
		{Name: "eku.nonempty", Section: "RFC 5280 §4.2.1.12", Severity: Error, Title: "extKeyUsage names a purpose", Advice: "leave the extension out",
			Same: []string{"e_ext_cannot_be_empty_sequence"}, when: whenHas(alg.OIDExtExtKeyUsage), check: faultAt("extKeyUsage", "empty list")},
		{Name: "eku.any-critical", Section: "RFC 5280 §4.2.1.12", Severity: Warning, Title: "extKeyUsage with anyExtendedKeyUsage is not critical", Advice: "do not mark it critical",
			Same: []string{"w_eku_critical_improperly"}, when: func(s *subject) bool { return s.HasUsage(alg.OIDUsageAny) }, check: notCritical(alg.OIDExtExtKeyUsage)},
		{Name: "eku.repeated", Section: "RFC 5280 §4.2.1.12", Severity: Warning, Title: "no purpose stands twice", Advice: "write each purpose once",
			when: whenHas(alg.OIDExtExtKeyUsage), check: checkRepeatedPurposes},
		{Name: "eku.timestamping-alone", Section: "RFC 3161 §2.3", Severity: Error, Title: "timeStamping stands alone, in a critical extension", Advice: "issue a certificate for timestamps only",
			when: func(s *subject) bool { return s.role == Leaf && s.HasUsage(alg.OIDUsageTimeStamping) },
			check: func(s *subject) string {
				return unless(len(s.ExtKeyUsage) == 1 && s.isCritical(alg.OIDExtExtKeyUsage), "not alone, or not critical")
			}},
		{Name: "ocsp.nocheck", Section: "S/MIME BR §4.9.9, RFC 6960 §4.2.2.2.1", Severity: Warning, Title: "a delegated OCSP responder has id-pkix-ocsp-nocheck", Advice: "add the extension, and renew often",
			Same: []string{"e_ocsp_id_pkix_ocsp_nocheck_ext_not_included_server_auth"}, when: whenResponder, check: func(s *subject) string { return unless(s.OCSPNoCheck, "it is missing") }},
		{Name: "ocsp.nocheck-not-critical", Section: "RFC 6960 §4.2.2.2.1", Severity: Warning, Title: "id-pkix-ocsp-nocheck is not critical", Advice: "do not mark it critical",
			when: func(s *subject) bool { return s.OCSPNoCheck }, check: notCritical(alg.OIDOCSPNoCheck)},
		{Name: "ocsp.signs", Section: "RFC 6960 §4.2.2.2", Severity: Error, Title: "a delegated OCSP responder may sign", Advice: "set digitalSignature",
			when: whenResponder, check: func(s *subject) string {
				return unless(s.Allows(pki.DigitalSignature|pki.NonRepudiation), "neither digitalSignature nor nonRepudiation")
			}},
		{Name: "mail.purpose", Section: "RFC 8550 §4.4.4", Severity: Error, Title: "a certificate with a mailbox that names purposes names emailProtection", Advice: "add emailProtection", Scope: Scope{Roles: Leaf},
			when: func(s *subject) bool {
				return len(s.mailboxes) > 0 && len(s.ExtKeyUsage) > 0 && !s.HasUsage(alg.OIDUsageOCSPSigning) && !s.HasUsage(alg.OIDUsageTimeStamping) && !s.HasUsage(alg.OIDUsageServerAuth)
			},
			check: func(s *subject) string {
				return unless(s.HasUsage(alg.OIDUsageEmailProtection) || s.HasUsage(alg.OIDUsageAny), "it does not")
			}},
		{Name: "mail.usage", Section: "RFC 8550 §4.4.2", Severity: Error, Title: "a key for mail may sign, encipher keys or agree on keys", Advice: "set a bit that mail uses", Scope: Scope{Roles: Leaf},
			when: func(s *subject) bool { return s.HasKeyUsage && s.HasUsage(alg.OIDUsageEmailProtection) },
			check: func(s *subject) string {
				return unless(s.Allows(pki.DigitalSignature|pki.NonRepudiation|pki.KeyEncipherment|pki.KeyAgreement), s.KeyUsage.String())
			}},
		{Name: "mail.address-in-san", Section: "RFC 5280 §4.1.2.6, RFC 8550 §3", Severity: Error, Title: "an address in the subject stands in subjectAltName too", Advice: "repeat the address in subjectAltName",
			Same: []string{"e_subj_email_not_in_san", "pkix.subject_email_address_not_in_san"}, when: func(s *subject) bool { return s.Subject.Get(alg.OIDAttrEmailAddress) != "" },
			check: func(s *subject) string {
				return s.eachOf(alg.OIDAttrEmailAddress, func(a pki.Attribute) string { return unless(s.namesMailbox(a.Text), a.Text) })
			}},
		{Name: "mail.address-in-subject", Section: "RFC 8550 §3", Severity: Notice, Title: "the subject carries no emailAddress", Advice: "say the address in subjectAltName only", Scope: Scope{Roles: Leaf},
			check: func(s *subject) string { return unless(s.Subject.Get(alg.OIDAttrEmailAddress) == "", "it does") }},
		{Name: "mail.capabilities-not-critical", Section: "RFC 4262 §2", Severity: Warning, Title: "the extension of S/MIME capabilities is not critical", Advice: "do not mark it critical",
			Same: []string{"pkix.smime_capabilities_extension_critical"}, when: whenHas(alg.OIDExtSMIMECapabilities), check: notCritical(alg.OIDExtSMIMECapabilities)},
	}
}

func whenResponder(s *subject) bool { return s.role == Leaf && s.HasUsage(alg.OIDUsageOCSPSigning) }

func checkRepeatedPurposes(s *subject) string {
	seen := map[der.OID]bool{}
	for _, p := range s.ExtKeyUsage {
		if seen[p] {
			return pki.UsageName(p)
		}
		seen[p] = true
	}
	return ""
}

// namesMailbox reports whether subjectAltName holds an address, octet for octet.
func (s *subject) namesMailbox(address string) bool {
	for _, m := range s.mailboxes {
		if m == address {
			return true
		}
	}
	return false
}
