package lint

import (
	"slices"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// smimePurposeRules are about extKeyUsage (S/MIME BR §7.1.2.3f).
func smimePurposeRules() []Rule {
	const section = "S/MIME BR §7.1.2.3f"
	return []Rule{
		{Name: "smime.eku.present", Section: section, Severity: Error, From: brEffective, Scope: brLeaf(), Advice: "add extKeyUsage with emailProtection", Title: "extKeyUsage is present",
			Same: []string{"cabf.smime.extended_key_usage_extension_missing"}, check: present(alg.OIDExtExtKeyUsage)},
		{Name: "smime.eku.strict", Section: section, Severity: Error, From: brEffective, Scope: strictLeaf(), Advice: "name emailProtection only, or issue by Multipurpose", Title: "the Strict generation is for emailProtection and nothing else",
			Same: []string{"e_smime_strict_eku_check", "cabf.smime.prohibited_eku_present", "cabf.smime.emailprotection_eku_missing"}, check: func(s *subject) string {
				return purposesWithin(s, alg.OIDUsageEmailProtection)
			}},
		{Name: "smime.eku.multipurpose", Section: section, Severity: Error, From: brEffective, Scope: wideLeaf(), Advice: "name emailProtection, and none of serverAuth, codeSigning, timeStamping, anyExtendedKeyUsage",
			Title: "the Multipurpose and Legacy generations are for emailProtection, and never for servers, code, timestamps or anything",
			Same:  []string{"e_smime_legacy_multipurpose_eku_check", "cabf.smime.prohibited_eku_present", "cabf.smime.emailprotection_eku_missing"}, check: checkWidePurposes},
		{Name: "smime.eku.narrow", Section: section + " (ballot SMC018)", Severity: Error, From: narrowPurposes, Scope: brLeaf(), Advice: "name emailProtection, and clientAuth at most", Title: "purposes are emailProtection and clientAuth, nothing else",
			check: func(s *subject) string {
				return purposesWithin(s, alg.OIDUsageEmailProtection, alg.OIDUsageClientAuth)
			}},
	}
}

// purposesWithin wants emailProtection and nothing outside a list.
func purposesWithin(s *subject, list ...der.OID) string {
	for _, p := range s.ExtKeyUsage {
		if !slices.Contains(list, p) {
			return pki.UsageName(p)
		}
	}
	return unless(s.HasUsage(alg.OIDUsageEmailProtection), "no emailProtection")
}

func checkWidePurposes(s *subject) string {
	for _, p := range []der.OID{alg.OIDUsageServerAuth, alg.OIDUsageCodeSigning, alg.OIDUsageTimeStamping, alg.OIDUsageAny} {
		if s.HasUsage(p) {
			return pki.UsageName(p)
		}
	}
	return unless(s.HasUsage(alg.OIDUsageEmailProtection), "no emailProtection")
}
